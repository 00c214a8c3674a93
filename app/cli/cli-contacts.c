/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-list.h"
#include "enigm-cli-verbs.h"
#include "enigm-error.h"

static const char *
find_label (EnigmCli *cli, const char *contact_id)
{
  return enigm_account_find_label (enigm_cli_get_account (cli), contact_id);
}

static JsonArray *
build_ids (char **ids)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; ids[i] != NULL; i++)
    json_array_add_string_element (array, ids[i]);
  return array;
}

static void
print_choice (EnigmCli *cli, const char *heading, char **ids)
{
  enigm_cli_print (cli, "%s", heading);
  if (*ids == NULL)
    enigm_cli_print (cli, _ ("  Nobody"));
  for (gsize i = 0; ids[i] != NULL; i++)
    enigm_cli_print (cli, "  %" G_GSIZE_FORMAT ". %s  %s", i + 1, ids[i], find_label (cli, ids[i]));
}

/* Both lists of a conflict, and the one that they would make together. */
static void
print_conflict (EnigmCli *cli, JsonObject *answer)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  EnigmContactClash clash;
  g_auto (GStrv) mine =
    enigm_account_dup_contacts_choice (account, ENIGM_CONTACTS_CHOICE_MINE, NULL);
  g_auto (GStrv) theirs =
    enigm_account_dup_contacts_choice (account, ENIGM_CONTACTS_CHOICE_THEIRS, NULL);
  g_auto (GStrv) merged =
    enigm_account_dup_contacts_choice (account, ENIGM_CONTACTS_CHOICE_MERGED, &clash);
  g_autofree char *why = enigm_contact_clash_describe (clash);

  enigm_cli_print (cli, _ ("Your contacts were changed here and on another computer. Nothing was "
                           "overwritten."));
  print_choice (cli, _ ("On this computer, not sent (contacts keep-mine):"), mine);
  print_choice (cli, _ ("On the platform, in force (contacts keep-theirs):"), theirs);
  json_object_set_array_member (answer, "mine", build_ids (mine));
  json_object_set_array_member (answer, "theirs", build_ids (theirs));
  if (merged != NULL)
    {
      print_choice (cli, _ ("Both changes together (contacts merge):"), merged);
      json_object_set_array_member (answer, "merged", build_ids (merged));
    }
  else
    {
      enigm_cli_print (cli, _ ("They do not make one list. %s"), why);
      json_object_set_null_member (answer, "merged");
    }
  enigm_account_note_conflict_shown (account);
}

static void
print_waiting (EnigmCli *cli)
{
  const char *refusal = enigm_account_get_contacts_refusal (enigm_cli_get_account (cli));

  enigm_cli_print (cli, _ ("Changes made on this computer wait for the network. They are sent as "
                           "soon as the platform can be reached; contacts keep-theirs discards "
                           "them."));
  if (refusal != NULL)
    enigm_cli_print (cli, "%s", refusal);
}

static JsonObject *
print_contact (EnigmCli *cli, EnigmContact *contact)
{
  g_autofree char *state =
    enigm_contact_describe_state (contact, g_get_real_time () / G_USEC_PER_SEC);
  JsonObject *object = json_object_new ();

  enigm_cli_print (cli, "%s  %s", enigm_contact_get_contact_id (contact),
                   enigm_contact_get_label (contact));
  enigm_cli_print (cli, "  %s", state);
  if (*enigm_contact_get_note (contact) != '\0')
    enigm_cli_print (cli, "  %s", enigm_contact_get_note (contact));
  json_object_set_string_member (object, "contact_id", enigm_contact_get_contact_id (contact));
  json_object_set_string_member (object, "label", enigm_contact_get_label (contact));
  json_object_set_string_member (object, "note", enigm_contact_get_note (contact));
  json_object_set_string_member (object, "state",
                                 enigm_contact_state_to_string (enigm_contact_get_state (contact)));
  json_object_set_int_member (object, "since", enigm_contact_get_since (contact));
  json_object_set_string_member (object, "reason", enigm_contact_get_reason (contact));
  json_object_set_string_member (
    object, "waiting", enigm_contact_waiting_to_string (enigm_contact_get_waiting (contact)));
  return object;
}

static void
print_contacts (EnigmCli *cli)
{
  static const char *const states[] = { "settled", "waiting", "conflict" };
  EnigmAccount *account = enigm_cli_get_account (cli);
  GListModel *contacts = enigm_account_get_contacts (account);
  const EnigmContactsState state = enigm_account_get_contacts_state (account);
  JsonObject *answer = json_object_new ();
  JsonArray *array = json_array_new ();

  enigm_cli_begin_list (cli);
  if (g_list_model_get_n_items (contacts) == 0)
    enigm_cli_print (cli, _ ("You have no contacts. An alert would reach nobody."));
  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (contacts, i);

      json_array_add_object_element (array, print_contact (cli, contact));
    }
  json_object_set_array_member (answer, "contacts", array);
  json_object_set_string_member (answer, "edits", states[state]);
  if (state == ENIGM_CONTACTS_STATE_WAITING)
    print_waiting (cli);
  else if (state == ENIGM_CONTACTS_STATE_CONFLICT)
    print_conflict (cli, answer);
  enigm_cli_date_list (cli, answer);
  enigm_cli_print_json (cli, answer);
}

/* Each change ends with the list as it is now. */

typedef gboolean (*Finish) (EnigmAccount *account, GAsyncResult *result, GError **error);

static void
finish (EnigmCli *cli, GObject *object, GAsyncResult *result, Finish finish_func)
{
  g_autoptr (EnigmCli) self = cli;
  g_autoptr (GError) error = NULL;

  if (!finish_func (ENIGM_ACCOUNT (object), result, &error))
    enigm_cli_fail (self, error);
  else
    {
      /* What was asked for is done, or waits in plain sight with the platform away. */
      print_contacts (self);
      enigm_cli_end (self, ENIGM_CLI_OK);
    }
}

static void
on_added (GObject *object, GAsyncResult *result, gpointer user_data)
{
  finish (user_data, object, result, enigm_account_add_contact_finish);
}

static void
on_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  finish (user_data, object, result, enigm_account_remove_contact_finish);
}

static void
on_moved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  finish (user_data, object, result, enigm_account_move_contact_finish);
}

static void
on_replaced (GObject *object, GAsyncResult *result, gpointer user_data)
{
  finish (user_data, object, result, enigm_account_replace_contact_finish);
}

static void
on_settled (GObject *object, GAsyncResult *result, gpointer user_data)
{
  finish (user_data, object, result, enigm_account_settle_contacts_finish);
}

static void
on_noted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  finish (user_data, object, result, enigm_account_note_contact_finish);
}

static void
on_labelled (GObject *object, GAsyncResult *result, gpointer user_data)
{
  finish (user_data, object, result, enigm_account_label_contact_finish);
}

/* (transfer full): by contact ID, however it is typed, or by label. */
static EnigmContact *
choose_contact (EnigmCli *cli, const char *word, GError **error)
{
  GListModel *contacts = enigm_account_get_contacts (enigm_cli_get_account (cli));
  g_autofree char *contact_id = enigm_cli_canonical_contact_id (word);

  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (contacts, i);

      if (g_strcmp0 (enigm_contact_get_contact_id (contact), contact_id) == 0 ||
          (*word != '\0' && g_str_equal (enigm_contact_get_label (contact), word)))
        return g_steal_pointer (&contact);
    }
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       _ ("This is none of your contacts. Nothing was changed. List them with "
                          "enigmctl contacts."));
  return NULL;
}

/* What settles a conflict, and which list it keeps. */
static gboolean
find_choice (const char *action, EnigmContactsChoice *choice)
{
  static const char *const actions[] = { "keep-mine", "keep-theirs", "merge" };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (action, actions[i]))
      {
        *choice = (EnigmContactsChoice) i;
        return TRUE;
      }
  return FALSE;
}

/* Nothing but a small number of places either way. */
static gboolean
read_delta (const char *word, int *delta)
{
  gint64 value;

  if (g_str_equal (word, "up"))
    *delta = -1;
  else if (g_str_equal (word, "down"))
    *delta = 1;
  else if (g_ascii_string_to_signed (word, 10, -ENIGM_CONTACTS_MAX, ENIGM_CONTACTS_MAX, &value,
                                     NULL))
    *delta = (int) value;
  else
    return FALSE;
  return TRUE;
}

static void
change_contact (EnigmCli *cli, const char *action, const char *const *words)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  GCancellable *cancellable = enigm_cli_get_cancellable (cli);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmContact) contact = choose_contact (cli, words[0], &error);
  int delta = 0;

  if (contact == NULL)
    enigm_cli_fail (cli, error);
  else if (g_str_equal (action, "remove"))
    enigm_account_remove_contact_async (account, contact, cancellable, on_removed,
                                        g_object_ref (cli));
  else if (g_str_equal (action, "label"))
    enigm_account_label_contact_async (account, enigm_contact_get_contact_id (contact), words[1],
                                       cancellable, on_labelled, g_object_ref (cli));
  else if (g_str_equal (action, "note"))
    enigm_account_note_contact_async (account, enigm_contact_get_contact_id (contact), words[1],
                                      cancellable, on_noted, g_object_ref (cli));
  else if (g_str_equal (action, "replace"))
    enigm_account_replace_contact_async (account, contact, words[1],
                                         enigm_cli_get_option (cli, "label"), cancellable,
                                         on_replaced, g_object_ref (cli));
  else if (read_delta (words[1], &delta))
    enigm_account_move_contact_async (account, contact, delta, cancellable, on_moved,
                                      g_object_ref (cli));
  else
    g_assert_not_reached ();
}

/**
 * enigm_cli_contacts_check:
 * @cli: a run of `contacts`
 *
 * Returns: whether its words and options will do
 */
gboolean
enigm_cli_contacts_check (EnigmCli *cli)
{
  const char *const *words = enigm_cli_get_words (cli);
  const char *action = words[0] != NULL ? words[0] : "list";
  EnigmContactsChoice choice;
  int delta;

  if (enigm_cli_get_option (cli, "label") != NULL && !g_str_equal (action, "add") &&
      !g_str_equal (action, "replace"))
    enigm_cli_fail_usage (cli, _ ("--label goes with “contacts add” and “contacts replace”."));
  else if (g_str_equal (action, "list") || g_str_equal (action, "invitations"))
    return enigm_cli_check_words (cli, 0, 1, "contacts [list | invitations]");
  else if (g_str_equal (action, "add"))
    return enigm_cli_check_words (cli, 2, 2, "contacts add ID [--label=WORDS]");
  else if (g_str_equal (action, "label"))
    return enigm_cli_check_words (cli, 3, 3, "contacts label ID WORDS");
  else if (g_str_equal (action, "note"))
    return enigm_cli_check_words (cli, 3, 3, "contacts note ID WORDS");
  else if (g_str_equal (action, "replace"))
    return enigm_cli_check_words (cli, 3, 3, "contacts replace ID NEW-ID [--label=WORDS]");
  else if (find_choice (action, &choice))
    return enigm_cli_check_words (cli, 1, 1, "contacts keep-mine|keep-theirs|merge");
  else if (g_str_equal (action, "remove"))
    return enigm_cli_check_words (cli, 2, 2, "contacts remove ID");
  else if (g_str_equal (action, "move"))
    {
      if (!enigm_cli_check_words (cli, 3, 3, "contacts move ID up|down"))
        return FALSE;
      if (read_delta (words[2], &delta))
        return TRUE;
      enigm_cli_fail_usage (cli, _ ("A contact moves up, down, or by a number of places."));
    }
  else if (enigm_cli_is_answer (action))
    return enigm_cli_check_words (cli, 2, 2, "contacts accept|decline|leave ID");
  else
    enigm_cli_fail_usage (cli, _ ("“contacts” wants list, add ID, remove ID, replace ID NEW-ID, "
                                  "move ID up, label ID WORDS, note ID WORDS, keep-mine, "
                                  "keep-theirs, merge, invitations, accept ID, decline ID or leave "
                                  "ID."));
  return FALSE;
}

/**
 * enigm_cli_contacts:
 * @cli: a run of `contacts`
 */
void
enigm_cli_contacts (EnigmCli *cli)
{
  const char *const *words = enigm_cli_get_words (cli);
  const char *action = words[0] != NULL ? words[0] : "list";
  EnigmContactsChoice choice;

  if (g_str_equal (action, "list"))
    {
      print_contacts (cli);
      enigm_cli_end (cli, enigm_cli_list_is_known (cli) ? ENIGM_CLI_OK : ENIGM_CLI_AWAY);
    }
  else if (g_str_equal (action, "invitations"))
    enigm_cli_print_invitations (cli);
  else if (g_str_equal (action, "add"))
    enigm_account_add_contact_async (enigm_cli_get_account (cli), words[1],
                                     enigm_cli_get_option (cli, "label"),
                                     enigm_cli_get_cancellable (cli), on_added, g_object_ref (cli));
  else if (find_choice (action, &choice))
    enigm_account_settle_contacts_async (enigm_cli_get_account (cli), choice,
                                         enigm_cli_get_cancellable (cli), on_settled,
                                         g_object_ref (cli));
  else if (enigm_cli_is_answer (action))
    enigm_cli_answer_invitation (cli, action, words[1]);
  else
    change_contact (cli, action, words + 1);
}
