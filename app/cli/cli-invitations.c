/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-list.h"
#include "enigm-cli-verbs.h"
#include "enigm-error.h"
#include "enigm-readiness.h"
#include "protocol/enigm-contact-id.h"

static const char *const answers[] = { "accept", "decline", "leave", NULL };

/**
 * enigm_cli_is_answer:
 *
 * Returns: whether that is how an invitation is answered
 */
gboolean
enigm_cli_is_answer (const char *word)
{
  return g_strv_contains (answers, word);
}

/**
 * enigm_cli_canonical_contact_id:
 *
 * Returns: (transfer full) (nullable): the contact ID that was typed; %NULL if there is a slip in
 * it
 */
char *
enigm_cli_canonical_contact_id (const char *text)
{
  return enigm_contact_id_canonicalize (text, NULL);
}

static void
print_state (EnigmCli *cli, EnigmInvitationState state, const char *age)
{
  switch (state)
    {
    case ENIGM_INVITATION_STATE_WAITING:
      /* Translators: %s is an age, such as “3 days ago” */
      enigm_cli_print (cli,
                       _ ("  Asked %s. If you accept, you are told of their alerts, with a "
                          "position while one is under way."),
                       age);
      break;
    case ENIGM_INVITATION_STATE_ACCEPTED:
      /* Translators: %s is an age, such as “3 days ago” */
      enigm_cli_print (cli, _ ("  You accepted %s."), age);
      break;
    case ENIGM_INVITATION_STATE_DECLINED:
      /* Translators: %s is an age, such as “3 days ago” */
      enigm_cli_print (cli, _ ("  You declined %s."), age);
      break;
    case ENIGM_INVITATION_STATE_NOT_ELIGIBLE:
    default:
      enigm_cli_print (cli, _ ("  You are not told of their alerts any more."));
      break;
    }
}

/**
 * enigm_cli_print_invitations:
 *
 * Ends the run with the list of who asks this account, and whom it accepted.
 */
void
enigm_cli_print_invitations (EnigmCli *cli)
{
  GListModel *invitations = enigm_account_get_invitations (enigm_cli_get_account (cli));
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  JsonObject *answer = json_object_new ();
  JsonArray *array = json_array_new ();

  enigm_cli_begin_list (cli);
  if (g_list_model_get_n_items (invitations) == 0)
    enigm_cli_print (cli, _ ("Nobody asks you to be their contact."));
  for (guint i = 0; i < g_list_model_get_n_items (invitations); i++)
    {
      g_autoptr (EnigmInvitation) invitation = g_list_model_get_item (invitations, i);
      const EnigmInvitationState state = enigm_invitation_get_state (invitation);
      g_autofree char *age = enigm_describe_age (enigm_invitation_get_since (invitation), now);
      JsonObject *object = json_object_new ();

      enigm_cli_print (cli, "%s  %s", enigm_invitation_get_contact_id (invitation),
                       enigm_invitation_get_label (invitation));
      print_state (cli, state, age);
      json_object_set_string_member (object, "id", enigm_invitation_get_id (invitation));
      json_object_set_string_member (object, "contact_id",
                                     enigm_invitation_get_contact_id (invitation));
      json_object_set_string_member (object, "label", enigm_invitation_get_label (invitation));
      json_object_set_string_member (object, "state", enigm_invitation_state_to_string (state));
      json_object_set_int_member (object, "since", enigm_invitation_get_since (invitation));
      json_array_add_object_element (array, object);
    }
  json_object_set_array_member (answer, "invitations", array);
  enigm_cli_end_list (cli, answer);
}

static void
on_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_answer_invitation_finish (ENIGM_ACCOUNT (object), result, &error))
    enigm_cli_print_invitations (cli);
  else
    enigm_cli_fail (cli, error);
}

/**
 * enigm_cli_answer_invitation:
 * @answer: `accept`, `decline` or `leave`
 * @word: whose: a contact ID, however it is typed, or a label; or the invitation's own ID
 *
 * Ends the run.
 */
void
enigm_cli_answer_invitation (EnigmCli *cli, const char *answer, const char *word)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  GListModel *invitations = enigm_account_get_invitations (account);
  g_autofree char *contact_id = enigm_cli_canonical_contact_id (word);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (invitations); i++)
    {
      g_autoptr (EnigmInvitation) invitation = g_list_model_get_item (invitations, i);

      if (g_strcmp0 (enigm_invitation_get_contact_id (invitation), contact_id) == 0 ||
          (*word != '\0' && g_str_equal (enigm_invitation_get_label (invitation), word)) ||
          g_str_equal (enigm_invitation_get_id (invitation), word))
        {
          enigm_account_answer_invitation_async (account, invitation, answer,
                                                 enigm_cli_get_cancellable (cli), on_answered,
                                                 g_object_ref (cli));
          return;
        }
    }
  error = g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                               _ ("Nobody with this contact ID asks you. Nothing was changed. List "
                                  "who does with enigmctl invitations."));
  enigm_cli_fail (cli, error);
}

/**
 * enigm_cli_invitations_check:
 * @cli: a run of `invitations`
 *
 * Returns: whether its words will do
 */
gboolean
enigm_cli_invitations_check (EnigmCli *cli)
{
  const char *action = enigm_cli_get_words (cli)[0];

  if (action == NULL || g_str_equal (action, "list"))
    return enigm_cli_check_words (cli, 0, 1, "invitations [list]");
  if (enigm_cli_is_answer (action))
    return enigm_cli_check_words (cli, 2, 2, "invitations accept|decline|leave ID");
  enigm_cli_fail_usage (cli, _ ("“invitations” wants list, accept ID, decline ID or leave ID."));
  return FALSE;
}

/**
 * enigm_cli_invitations:
 * @cli: a run of `invitations`
 */
void
enigm_cli_invitations (EnigmCli *cli)
{
  const char *const *words = enigm_cli_get_words (cli);

  if (words[0] != NULL && enigm_cli_is_answer (words[0]))
    enigm_cli_answer_invitation (cli, words[0], words[1]);
  else
    enigm_cli_print_invitations (cli);
}
