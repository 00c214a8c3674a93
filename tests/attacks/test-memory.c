/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Looks for what was secret in the memory of app, key and platform, after it was used. The app is
 * this process. */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "attacker.h"
#include "memory.h"
#include "key-factory.h"
#include "key-memory.h"
#include "protocol/enigm-credential.h"
#include "protocol/enigm-secret.h"
#include "protocol/enigm-text.h"

/* As party.c has it; and characters in a session's token. */
#define PASSWORD "practice password"
#define TOKEN_SIZE 43

static Party *party;
static char *said_path;

/* Every secret that this process made and dropped, as it was when its last holder let go. */
static Needles *dropped;
/* What names a session to the platform is drawn with its keys, and no secret: it is in the offer.
 */
static guint8 session_value[ENIGM_CHANNEL_SESSION_VALUE_SIZE];

/* The linker puts these in the place of those in app/protocol/ (meson.build). */
void __real_enigm_secret_unref (EnigmSecret *self);
void __wrap_enigm_secret_unref (EnigmSecret *self);
const guint8 *__real_enigm_channel_get_session_value (EnigmChannel *self);
const guint8 *__wrap_enigm_channel_get_session_value (EnigmChannel *self);

const guint8 *
__wrap_enigm_channel_get_session_value (EnigmChannel *self)
{
  memcpy (session_value, __real_enigm_channel_get_session_value (self), sizeof session_value);
  return __real_enigm_channel_get_session_value (self);
}

static void
add_text (Needles *needles, const char *name, const char *kind, char *text)
{
  g_autofree char *text_name = g_strconcat (name, " ", kind, NULL);

  needles_add (needles, text_name, text, strcspn (text, "="));
  explicit_bzero (text, strlen (text));
  g_free (text);
}

/* As it is, and as it would be written in JSON, kept in a keyring, or logged. */
static void
add (Needles *needles, const char *name, gconstpointer data, gsize size)
{
  needles_add (needles, name, data, size);
  add_text (needles, name, "in base64", g_base64_encode (data, size));
  add_text (needles, name, "in base64url", enigm_base64url_encode (data, size));
  add_text (needles, name, "in hex", enigm_hex_encode (data, size));
}

void
__wrap_enigm_secret_unref (EnigmSecret *self)
{
  if (dropped != NULL && self != NULL && g_atomic_ref_count_compare ((gatomicrefcount *) self, 1))
    {
      gsize size;
      const guint8 *data = enigm_secret_peek (self, &size);
      g_autofree char *name = NULL;

      if (size == strlen (PASSWORD) && memcmp (data, PASSWORD, size) == 0)
        name = g_strdup ("password");
      else if (size == TOKEN_SIZE)
        name = g_strdup ("session token");
      else
        name =
          g_strdup_printf ("secret %u, %" G_GSIZE_FORMAT " bytes", needles_count (dropped), size);

      if (size != sizeof session_value || memcmp (data, session_value, size) != 0)
        add (dropped, name, data, size);
    }
  __real_enigm_secret_unref (self);
}

/* What is in the memory of @process, which is this one if it is NULL. */
static GHashTable *
search (Needles *needles, GSubprocess *process, const char *where)
{
  g_autoptr (GError) error = NULL;
  GHashTable *found = needles_search (
    needles, process != NULL ? atoi (g_subprocess_get_identifier (process)) : getpid (), &error);

  /* A container may keep from its root what a machine's root can do. Whoever runs this sees that it
   * did not look, and ./check takes no skip for a pass. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    {
      g_autofree char *why = g_strdup_printf ("%s: nobody here may read its memory", where);

      g_test_skip (why);
      return NULL;
    }
  g_assert_no_error (error);
  needles_report (found, where);
  return found;
}

/* Fails if anything is there but what @allowed names. */
static void
assert_clean (Needles *needles, GSubprocess *process, const char *where, const char *allowed)
{
  g_autoptr (GHashTable) found = search (needles, process, where);

  if (found == NULL)
    return;
  if (allowed != NULL)
    g_hash_table_remove (found, allowed);
  g_assert_cmpuint (g_hash_table_size (found), ==, 0);
}

/* What a process has to keep is found in it, and nothing else is: so what is not found elsewhere
 * was looked for. */
static void
assert_keeps (Needles *needles, GSubprocess *process, const char *where, const char *kept)
{
  g_autoptr (GHashTable) found = search (needles, process, where);

  if (found == NULL)
    return;
  g_assert_true (g_hash_table_remove (found, kept));
  g_assert_cmpuint (g_hash_table_size (found), ==, 0);
}

/* What others see of a process: its command line and its environment, and, where it leaves a core,
 * a file with everything in it. */
static void
assert_shows_nothing (Needles *needles, GSubprocess *process, PartyKey *key)
{
  static const char *const seen[] = { "cmdline", "environ" };
  const char *pid = process != NULL ? g_subprocess_get_identifier (process) : "self";
  g_autofree char *limits_path = g_build_filename ("/proc", pid, "limits", NULL);
  g_autofree char *limits = NULL;
  g_autoptr (GRegex) no_core = g_regex_new ("Max core file size +0 +0 ", 0, 0, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (seen); i++)
    {
      g_autofree char *path = g_build_filename ("/proc", pid, seen[i], NULL);
      g_autofree char *data = NULL;
      gsize size;

      if (!g_file_get_contents (path, &data, &size, NULL))
        continue; /* closed even to this user */
      g_assert_cmpuint (needles_report_in (needles, data, size, path), ==, 0);
      g_assert_null (memmem (data, size, enigm_setup_code_get_text (key->code), 14));
    }
  if (process == NULL)
    return;
  g_assert_true (g_file_get_contents (limits_path, &limits, NULL, NULL));
  g_assert_true (g_regex_match (no_core, limits, 0, NULL));
}

/* Everything that app, key and platform have said so far. */
static void
assert_said_nothing (Needles *needles, PartyKey *key)
{
  g_autofree char *said = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (said_path, &said, &size, NULL));
  g_assert_cmpuint (size, >, 1000);
  g_assert_cmpuint (needles_report_in (needles, said, size, "what was logged"), ==, 0);
  g_assert_null (strstr (said, PASSWORD));
  g_assert_null (strstr (said, enigm_setup_code_get_text (key->code)));
}

/* What the key keeps for as long as it is bound, and what key and platform derive from that. */
static void
take_what_key_keeps (PartyKey *key, Needles *credentials, Needles *shared)
{
  g_autofree char *path = g_build_filename (key->state, "state", NULL);
  g_autoptr (EnigmKeyMemory) memory = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmSecret) request_key = NULL;
  g_autoptr (EnigmSecret) answer_key = NULL;
  EnigmKeyComputer *computer;
  char *data;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, &error));
  bytes = g_bytes_new_static (data, size);
  memory = enigm_key_memory_decode (bytes, &error);
  g_assert_no_error (error);
  explicit_bzero (data, size);
  g_free (data);
  g_assert_nonnull (memory->current);
  request_key = enigm_credential_derive_request_key (memory->current->credential);
  answer_key = enigm_credential_derive_answer_key (memory->current->credential);
  add (credentials, "credential", enigm_secret_peek (memory->current->credential, NULL), 32);
  add (credentials, "request key", enigm_secret_peek (request_key, NULL), 32);
  add (credentials, "answer key", enigm_secret_peek (answer_key, NULL), 32);
  g_assert_cmpuint (memory->computers->len, ==, 1);
  computer = memory->computers->pdata[0];
  add (shared, "management secret", enigm_secret_peek (computer->secret, NULL), 32);
}

/* The verifier of the code, which the factory left. */
static void
forget_verifier (PartyKey *key, Needles *needles)
{
  g_autoptr (EnigmKeyFactory) factory = NULL;
  int folder = open (key->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  factory = enigm_key_factory_load (folder, NULL);
  close (folder);
  g_assert_nonnull (factory);
  needles_remove (needles, enigm_secret_peek (factory->w0, NULL), 32);
}

/* From signing up to signing out. Nothing but what a library copies is left of anything, and
 * SECURITY.md names that: a password in the HTTP library's buffers, and a session's token there. */
static void
test_pairing (void)
{
  g_autoptr (EnigmAccount) account = NULL;
  g_autoptr (PartyKey) key = NULL;
  g_autoptr (Needles) of_sign_up = NULL;
  g_autoptr (Needles) of_pairing = NULL;
  g_autoptr (Needles) of_sign_out = NULL;
  g_autoptr (Needles) credentials = needles_new ();
  g_autoptr (Needles) shared = needles_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *binding = NULL;

  dropped = needles_new ();
  account = party_sign_up (party, "memory");
  of_sign_up = g_steal_pointer (&dropped);
  assert_clean (of_sign_up, NULL, "app, signed up", "password");
  assert_clean (of_sign_up, party->platform, "platform, signed up", "password");

  key = party_key_new (party, "memory", NULL, NULL);
  dropped = needles_new ();
  binding = party_key_pair (key, account);
  of_pairing = g_steal_pointer (&dropped);
  g_test_message ("%u secrets were used in the pairing", needles_count (of_pairing) / 4);
  g_assert_cmpuint (needles_count (of_pairing), >, 40);
  take_what_key_keeps (key, credentials, shared);
  assert_clean (of_pairing, NULL, "app, paired", NULL);
  assert_clean (of_pairing, party->platform, "platform, paired", NULL);
  assert_clean (credentials, NULL, "app, paired", NULL);
  assert_clean (credentials, party->platform, "platform, paired", NULL);
  assert_clean (shared, party->platform, "platform, paired", NULL);
  for (guint i = 0; i < 3; i++)
    {
      GSubprocess *process = i == 0 ? NULL : i == 1 ? key->process : party->platform;

      assert_shows_nothing (of_sign_up, process, key);
      assert_shows_nothing (of_pairing, process, key);
      assert_shows_nothing (credentials, process, key);
      assert_shows_nothing (shared, process, key);
    }
  assert_said_nothing (of_sign_up, key);
  assert_said_nothing (of_pairing, key);
  assert_said_nothing (credentials, key);
  assert_said_nothing (shared, key);
  /* The key is told of the end of the link a moment later. */
  attacker_let_seconds_pass (1);
  forget_verifier (key, of_pairing);
  needles_remove_all (of_pairing, shared);
  assert_clean (of_pairing, key->process, "key, paired", NULL);
  assert_keeps (credentials, key->process, "key, paired", "credential");
  assert_keeps (shared, key->process, "key, paired", "management secret");

  dropped = needles_new ();
  enigm_account_sign_out_async (account, FALSE, NULL, attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  g_assert_true (enigm_account_sign_out_finish (account, result, NULL));
  g_clear_object (&account);
  of_sign_out = g_steal_pointer (&dropped);
  g_assert_cmpuint (needles_count (of_sign_out), >, 0);
  assert_clean (of_sign_out, NULL, "app, signed out", "session token");
  assert_clean (of_pairing, NULL, "app, signed out", NULL);
  assert_clean (credentials, NULL, "app, signed out", NULL);
  assert_clean (shared, NULL, "app, signed out", NULL);
  assert_clean (of_pairing, party->platform, "platform, signed out", NULL);
  assert_clean (of_sign_out, party->platform, "platform, signed out", "session token");
  assert_clean (credentials, party->platform, "platform, signed out", NULL);
  assert_clean (shared, party->platform, "platform, signed out", NULL);
  /* The key hears of the computer's end with its next answer. Its own credential stays in force. */
  party_key_do (key, "press5", NULL);
  party_key_await (key, "event drill accepted");
  assert_clean (of_pairing, key->process, "key, signed out", NULL);
  assert_clean (of_sign_out, key->process, "key, signed out", NULL);
  assert_clean (shared, key->process, "key, signed out", NULL);
  assert_keeps (credentials, key->process, "key, signed out", "credential");
}

/* What an owner calls a contact is nobody else's: with everything that the platform ever read still
 * there, it is not among it. */
static void
test_label (void)
{
  g_autoptr (EnigmAccount) owner = party_sign_up (party, "label-owner");
  g_autoptr (EnigmAccount) contact = party_sign_up (party, "label-contact");
  g_autoptr (Needles) labels = needles_new ();
  g_autoptr (Needles) ids = needles_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const char *label = "Aunt Mathilde, across the yard";
  const char *id = enigm_account_get_contact_id (contact);

  needles_add (labels, "label", label, strlen (label));
  needles_add (ids, "contact ID", id, strlen (id));
  enigm_account_add_contact_async (owner, id, label, NULL, attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  g_assert_true (enigm_account_add_contact_finish (owner, result, &error));
  g_assert_no_error (error);
  party_refresh (owner);
  g_assert_cmpstr (enigm_account_find_label (owner, id), ==, label);
  assert_clean (labels, party->platform, "platform", NULL);
  /* The request itself is: so a label in it would have been found. */
  assert_keeps (ids, party->platform, "platform", "contact ID");
}

/* What is there is found: without this the rest would say nothing. */
static void
test_search (void)
{
  g_autoptr (Needles) needles = needles_new ();
  g_autoptr (GHashTable) nothing = NULL;
  g_autoptr (GHashTable) found = NULL;
  guint8 *forgotten = g_malloc (64);
  guint8 other[64];

  g_assert_true (enigm_random_bytes (forgotten, 64, NULL));
  needles_add (needles, "forgotten", forgotten + 3, 32);
  g_free (forgotten);
  g_assert_true (enigm_random_bytes (other, sizeof other, NULL));
  needles_add (needles, "wiped", other, sizeof other);
  g_assert_true (enigm_random_bytes (other, sizeof other, NULL));
  found = needles_search (needles, getpid (), NULL);
  g_assert_true (g_hash_table_contains (found, "forgotten"));
  g_assert_false (g_hash_table_contains (found, "wiped"));
}

int
main (int argc, char *argv[])
{
  int code, said, own_stderr;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/memory/search", test_search);
  g_test_add_func ("/attacks/memory/pairing", test_pairing);
  g_test_add_func ("/attacks/memory/label", test_label);

  said = g_file_open_tmp ("enigm-said-XXXXXX", &said_path, NULL);
  g_assert_cmpint (said, >=, 0);
  own_stderr = dup (STDERR_FILENO);
  g_assert_cmpint (dup2 (said, STDERR_FILENO), >=, 0);
  /* The app says all it can; the others would mix it with what they are asked to print. To standard
   * error, as in a program: GLib's tests would have it among their own results. */
  g_log_set_default_handler (g_log_default_handler, NULL);
  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_debug_enabled (TRUE);
  party = party_new ();
  code = g_test_run ();
  party_free (party);
  dup2 (own_stderr, STDERR_FILENO);
  close (own_stderr);
  close (said);
  unlink (said_path);
  g_free (said_path);
  return code;
}
