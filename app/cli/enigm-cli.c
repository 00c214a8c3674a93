/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-cli.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"
#include "enigm-error.h"

/**
 * EnigmCli:
 *
 * One run of one verb of `enigmctl`, in its own process or in the running app, which owns the
 * account's state then. It speaks to two streams, blocks nothing, and ends with a code.
 */
struct _EnigmCli
{
  GObject parent_instance;

  EnigmAccount *account;
  GStrv argv;
  const EnigmCliVerb *verb;
  GHashTable *options;
  GPtrArray *words;
  GHashTable *secrets;
  GOutputStream *out;
  GOutputStream *err;
  GTask *task;
  GQueue chunks;
  gboolean writing;
  gboolean ended;
  int code;
};

typedef struct
{
  GOutputStream *stream;
  char *text;
} Chunk;

G_DEFINE_FINAL_TYPE (EnigmCli, enigm_cli, G_TYPE_OBJECT)

static void
chunk_free (Chunk *chunk)
{
  g_free (chunk->text);
  g_free (chunk);
}

static void
enigm_cli_finalize (GObject *object)
{
  EnigmCli *self = ENIGM_CLI (object);

  g_clear_object (&self->account);
  g_strfreev (self->argv);
  g_hash_table_unref (self->options);
  g_ptr_array_unref (self->words);
  g_clear_pointer (&self->secrets, g_hash_table_unref);
  g_clear_object (&self->out);
  g_clear_object (&self->err);
  g_queue_clear_full (&self->chunks, (GDestroyNotify) chunk_free);
  G_OBJECT_CLASS (enigm_cli_parent_class)->finalize (object);
}

static void
enigm_cli_class_init (EnigmCliClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = enigm_cli_finalize;
}

static void
enigm_cli_init (EnigmCli *self)
{
  self->options = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->words = g_ptr_array_new ();
  g_queue_init (&self->chunks);
}

/* Output: written behind the verb's back, so that a reader who is slow holds up nobody. */

static void write_next (EnigmCli *self);

static void
on_chunk_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) self = user_data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, NULL);
  chunk_free (g_queue_pop_head (&self->chunks));
  self->writing = FALSE;
  write_next (self);
}

static void
write_next (EnigmCli *self)
{
  Chunk *chunk = g_queue_peek_head (&self->chunks);

  if (self->writing)
    return;
  if (chunk != NULL)
    {
      self->writing = TRUE;
      g_output_stream_write_all_async (chunk->stream, chunk->text, strlen (chunk->text),
                                       G_PRIORITY_DEFAULT, NULL, on_chunk_written,
                                       g_object_ref (self));
    }
  else if (self->ended && self->task != NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->task);

      g_task_return_int (task, self->code);
    }
}

static void
say (EnigmCli *self, GOutputStream *stream, char *text)
{
  Chunk *chunk = g_new (Chunk, 1);

  chunk->stream = stream;
  chunk->text = text;
  g_queue_push_tail (&self->chunks, chunk);
  write_next (self);
}

/**
 * enigm_cli_print:
 *
 * Says a line to a person; nothing with `--json`.
 */
void
enigm_cli_print (EnigmCli *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  g_return_if_fail (ENIGM_IS_CLI (self));
  if (enigm_cli_get_json (self))
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  say (self, self->out, g_strconcat (text, "\n", NULL));
}

/**
 * enigm_cli_print_json:
 * @object: (transfer full): one result
 *
 * Says one line to a script; nothing without `--json`.
 */
void
enigm_cli_print_json (EnigmCli *self, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  g_return_if_fail (ENIGM_IS_CLI (self));
  json_node_take_object (node, object);
  if (!enigm_cli_get_json (self))
    return;
  text = json_to_string (node, FALSE);
  say (self, self->out, g_strconcat (text, "\n", NULL));
}

/**
 * enigm_cli_end:
 * @code: an #EnigmCliExit
 *
 * Ends the run once everything is written.
 */
void
enigm_cli_end (EnigmCli *self, int code)
{
  g_return_if_fail (ENIGM_IS_CLI (self));
  g_return_if_fail (!self->ended);

  self->ended = TRUE;
  self->code = code;
  write_next (self);
}

static int
exit_for_error (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return ENIGM_CLI_INTERRUPTED;
  if (error->domain != ENIGM_ERROR)
    return ENIGM_CLI_FAILED;
  switch ((EnigmError) error->code)
    {
    case ENIGM_ERROR_NO_ACCOUNT:
    case ENIGM_ERROR_SESSION_ENDED:
      return ENIGM_CLI_SIGNED_OUT;
    case ENIGM_ERROR_PLATFORM_AWAY:
    case ENIGM_ERROR_PLATFORM_CERTIFICATE:
      return ENIGM_CLI_AWAY;
    case ENIGM_ERROR_KEYRING_LOCKED:
    case ENIGM_ERROR_KEYRING_MISSING:
      return ENIGM_CLI_KEYRING;
    case ENIGM_ERROR_KEY_WAIT:
    case ENIGM_ERROR_KEY_CLOSED:
    case ENIGM_ERROR_KEY_BUSY:
    case ENIGM_ERROR_KEY_GONE:
    case ENIGM_ERROR_KEY_OWNED:
    case ENIGM_ERROR_KEY_NOT_PRESSED:
    case ENIGM_ERROR_KEY_REFUSED:
    case ENIGM_ERROR_KEY_UNKNOWN:
    case ENIGM_ERROR_CODE_MISTYPED:
    case ENIGM_ERROR_CODE_WRONG:
    case ENIGM_ERROR_NOT_GENUINE:
    case ENIGM_ERROR_RADIO_OFF:
    case ENIGM_ERROR_RADIO_NO_ADAPTER:
    case ENIGM_ERROR_RADIO_NO_SERVICE:
    case ENIGM_ERROR_RADIO_NO_ACCESS:
      return ENIGM_CLI_KEY;
    case ENIGM_ERROR_PLATFORM_REFUSED:
    case ENIGM_ERROR_SIGN_IN_WRONG:
    case ENIGM_ERROR_PIN_WRONG:
    case ENIGM_ERROR_CONFLICT:
      return ENIGM_CLI_REFUSED;
    case ENIGM_ERROR_MALFORMED:
    case ENIGM_ERROR_PLATFORM_ANSWER:
    case ENIGM_ERROR_STORAGE:
    case ENIGM_ERROR_IN_USE:
    case ENIGM_ERROR_RANDOMNESS:
    case ENIGM_ERROR_DESKTOP_REFUSED:
    case ENIGM_ERROR_DESKTOP_MISSING:
    default:
      return ENIGM_CLI_FAILED;
    }
}

/**
 * enigm_cli_error_to_json:
 * @message: a sentence for a person
 * @code: an #EnigmCliExit
 *
 * Returns: (transfer full): the same for a script
 */
JsonObject *
enigm_cli_error_to_json (const char *message, int code)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "error", message);
  json_object_set_int_member (object, "exit", code);
  return object;
}

static void
refuse (EnigmCli *self, int code, const char *message)
{
  enigm_cli_print_json (self, enigm_cli_error_to_json (message, code));
  say (self, self->err, g_strconcat (message, "\n", NULL));
  enigm_cli_end (self, code);
}

/**
 * enigm_cli_fail:
 * @error: why
 *
 * Says the error's sentence and ends the run with the code that stands for it.
 */
void
enigm_cli_fail (EnigmCli *self, const GError *error)
{
  g_return_if_fail (ENIGM_IS_CLI (self));
  refuse (self, exit_for_error (error), error->message);
}

/**
 * enigm_cli_fail_usage:
 *
 * Says what is wrong with the command line and ends the run.
 */
void
enigm_cli_fail_usage (EnigmCli *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *message = NULL;
  va_list args;

  g_return_if_fail (ENIGM_IS_CLI (self));
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  message = g_strdup_printf (_ ("enigmctl: %s See enigmctl --help."), text);
  refuse (self, ENIGM_CLI_USAGE, message);
}

/**
 * enigm_cli_check_words:
 * @least: how many words have to follow the verb
 * @most: and how many may
 * @usage: how it is written, without `enigmctl`
 *
 * Ends the run if there are fewer or more, or the first says nothing: a script's variable that is
 * not set must not stand for some key.
 *
 * Returns: whether to go on
 */
gboolean
enigm_cli_check_words (EnigmCli *self, guint least, guint most, const char *usage)
{
  const char *const *words = enigm_cli_get_words (self);
  const guint n = self->words->len - 1;

  g_return_val_if_fail (ENIGM_IS_CLI (self), FALSE);
  if (n >= least && n <= most && (n == 0 || *words[0] != '\0'))
    return TRUE;
  enigm_cli_fail_usage (self, _ ("It is written “enigmctl %s”."), usage);
  return FALSE;
}

/**
 * enigm_cli_check_none:
 *
 * Returns: whether no word follows the verb; the run is ended otherwise
 */
gboolean
enigm_cli_check_none (EnigmCli *self)
{
  return enigm_cli_check_words (self, 0, 0, enigm_cli_get_name (self));
}

/* The command line */

static gboolean
take_option (EnigmCli *self, const char *text, const char *next, gboolean *took_next)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = equals != NULL ? g_strndup (text, equals - text) : g_strdup (text);
  g_autofree char *valued = g_strconcat (name, "=", NULL);

  *took_next = FALSE;
  if (g_str_equal (name, "json") && equals == NULL)
    {
      g_hash_table_insert (self->options, g_steal_pointer (&name), NULL);
      return TRUE;
    }
  for (gsize i = 0; i < ENIGM_CLI_MAX_OPTIONS && self->verb->options[i] != NULL; i++)
    {
      if (g_str_equal (self->verb->options[i], name) && equals == NULL)
        {
          g_hash_table_insert (self->options, g_steal_pointer (&name), NULL);
          return TRUE;
        }
      if (g_str_equal (self->verb->options[i], valued) && (equals != NULL || next != NULL))
        {
          *took_next = equals == NULL;
          g_hash_table_insert (self->options, g_steal_pointer (&name),
                               g_strdup (equals != NULL ? equals + 1 : next));
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
parse (EnigmCli *self)
{
  gboolean only_words = FALSE;

  for (gsize i = 1; self->argv[i] != NULL; i++)
    {
      gboolean took_next;

      if (!only_words && g_str_equal (self->argv[i], "--"))
        only_words = TRUE;
      else if (!only_words && g_str_has_prefix (self->argv[i], "--"))
        {
          if (!take_option (self, self->argv[i] + 2, self->argv[i + 1], &took_next))
            {
              enigm_cli_fail_usage (self, _ ("“%s” does not know “%s”."), self->verb->name,
                                    self->argv[i]);
              return FALSE;
            }
          i += took_next ? 1 : 0;
        }
      else
        g_ptr_array_add (self->words, self->argv[i]);
    }
  g_ptr_array_add (self->words, NULL);
  return self->verb->check (self);
}

static void
on_refreshed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) self = user_data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_refresh_finish (self->account, result, &error) ||
      (self->verb->needs == ENIGM_CLI_NEEDS_LISTS &&
       g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY)))
    self->verb->run (self);
  else
    enigm_cli_fail (self, error);
}

static void
prepare (EnigmCli *self)
{
  const EnigmAccountState state = enigm_account_get_state (self->account);

  if (self->verb->needs == ENIGM_CLI_NEEDS_NOTHING)
    self->verb->run (self);
  else if (state == ENIGM_ACCOUNT_STATE_SESSION_ENDED)
    {
      g_autoptr (GError) error = g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED,
        _ ("The platform closed this computer. Your keys go on working. Sign in again with "
           "enigmctl sign-in."));

      enigm_cli_fail (self, error);
    }
  else if (state != ENIGM_ACCOUNT_STATE_SIGNED_IN)
    {
      g_autoptr (GError) error = g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT,
        _ (
          "Nobody is signed in on this computer. Sign in with enigmctl sign-in, or make an account "
          "with enigmctl sign-up."));

      enigm_cli_fail (self, error);
    }
  else if (self->verb->needs >= ENIGM_CLI_NEEDS_LISTS)
    enigm_account_refresh_async (self->account, enigm_cli_get_cancellable (self), on_refreshed,
                                 g_object_ref (self));
  else
    self->verb->run (self);
}

/**
 * enigm_cli_wants_json:
 * @argv: the verb and what follows it
 *
 * Returns: whether `--json` is among the options
 */
gboolean
enigm_cli_wants_json (const char *const *argv)
{
  for (gsize i = 0; argv[i] != NULL && !g_str_equal (argv[i], "--"); i++)
    if (g_str_equal (argv[i], "--json"))
      return TRUE;
  return FALSE;
}

/**
 * enigm_cli_new:
 * @account: the account, loaded
 * @argv: the verb and what follows it
 * @secrets: (nullable) (element-type utf8 EnigmSecret): what was asked or read, by name
 * @out: for results
 * @err: for what went wrong
 *
 * Returns: (transfer full): a run that has not begun
 */
EnigmCli *
enigm_cli_new (EnigmAccount *account,
               const char *const *argv,
               GHashTable *secrets,
               GOutputStream *out,
               GOutputStream *err)
{
  EnigmCli *self;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (account), NULL);
  g_return_val_if_fail (argv != NULL && argv[0] != NULL, NULL);

  self = g_object_new (ENIGM_TYPE_CLI, NULL);
  self->account = g_object_ref (account);
  self->argv = g_strdupv ((char **) argv);
  self->verb = enigm_cli_verb_find (argv[0]);
  /* Known before anything else is, so that what is wrong with the rest is said to a script too. */
  if (enigm_cli_wants_json (argv))
    g_hash_table_insert (self->options, g_strdup ("json"), NULL);
  self->secrets = secrets != NULL ? g_hash_table_ref (secrets) : NULL;
  self->out = g_object_ref (out);
  self->err = g_object_ref (err);
  return self;
}

/**
 * enigm_cli_run_async:
 *
 * Runs the verb. Cancelling makes it end as soon as it can, with what was done undone or said.
 */
void
enigm_cli_run_async (EnigmCli *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (ENIGM_IS_CLI (self));
  g_return_if_fail (self->task == NULL && !self->ended);

  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, enigm_cli_run_async);
  g_task_set_check_cancellable (self->task, FALSE);
  if (self->verb == NULL)
    enigm_cli_fail_usage (self, _ ("There is no “%s”."), self->argv[0]);
  else if (parse (self))
    prepare (self);
}

/**
 * enigm_cli_refuse_async:
 * @error: why it cannot run
 *
 * Instead of enigm_cli_run_async(): says @error in the way the command line asks for, and ends.
 * With a keyring that is locked or missing, for instance, no account could be loaded.
 */
void
enigm_cli_refuse_async (EnigmCli *self,
                        const GError *error,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (ENIGM_IS_CLI (self));
  g_return_if_fail (self->task == NULL && !self->ended);

  self->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->task, enigm_cli_run_async);
  if (self->verb == NULL)
    enigm_cli_fail_usage (self, _ ("There is no “%s”."), self->argv[0]);
  else if (parse (self))
    enigm_cli_fail (self, error);
}

/**
 * enigm_cli_run_finish:
 *
 * Returns: an #EnigmCliExit
 */
int
enigm_cli_run_finish (EnigmCli *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), ENIGM_CLI_FAILED);
  return g_task_propagate_int (G_TASK (result), NULL);
}

/**
 * enigm_cli_get_name:
 *
 * Returns: (transfer none): the verb, for those that share a function
 */
const char *
enigm_cli_get_name (EnigmCli *self)
{
  g_return_val_if_fail (ENIGM_IS_CLI (self), NULL);
  return self->argv[0];
}

/**
 * enigm_cli_get_account:
 *
 * Returns: (transfer none): the account
 */
EnigmAccount *
enigm_cli_get_account (EnigmCli *self)
{
  g_return_val_if_fail (ENIGM_IS_CLI (self), NULL);
  return self->account;
}

/**
 * enigm_cli_get_cancellable:
 *
 * Returns: (transfer none) (nullable): cancelled when the person interrupts
 */
GCancellable *
enigm_cli_get_cancellable (EnigmCli *self)
{
  g_return_val_if_fail (ENIGM_IS_CLI (self) && self->task != NULL, NULL);
  return g_task_get_cancellable (self->task);
}

/**
 * enigm_cli_get_json:
 *
 * Returns: whether `--json` was given
 */
gboolean
enigm_cli_get_json (EnigmCli *self)
{
  g_return_val_if_fail (ENIGM_IS_CLI (self), FALSE);
  return g_hash_table_contains (self->options, "json");
}

/**
 * enigm_cli_get_secret:
 * @name: one of the verb's secrets
 *
 * Returns: (transfer none) (nullable): what was asked or read
 */
EnigmSecret *
enigm_cli_get_secret (EnigmCli *self, const char *name)
{
  g_return_val_if_fail (ENIGM_IS_CLI (self), NULL);
  return self->secrets != NULL ? g_hash_table_lookup (self->secrets, name) : NULL;
}

/**
 * enigm_cli_get_option:
 * @name: one of the verb's options, without `=`
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
enigm_cli_get_option (EnigmCli *self, const char *name)
{
  g_return_val_if_fail (ENIGM_IS_CLI (self), NULL);
  return g_hash_table_lookup (self->options, name);
}

/**
 * enigm_cli_get_flag:
 * @name: one of the verb's options that take no value
 *
 * Returns: whether it was given
 */
gboolean
enigm_cli_get_flag (EnigmCli *self, const char *name)
{
  g_return_val_if_fail (ENIGM_IS_CLI (self), FALSE);
  return g_hash_table_contains (self->options, name);
}

/**
 * enigm_cli_get_words:
 *
 * Returns: (transfer none): what follows the verb and is no option, %NULL-terminated
 */
const char *const *
enigm_cli_get_words (EnigmCli *self)
{
  g_return_val_if_fail (ENIGM_IS_CLI (self), NULL);
  return (const char *const *) self->words->pdata;
}
