/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-account-changes.h"
#include "enigm-contacts.h"
#include "enigm-router.h"

/* The same row as the owner's contact, seen from the other side. */
typedef struct
{
  const gchar *answer;
  const gchar *from;
  const gchar *to;
  const gchar *reason;
} Answer;

static const Answer answers[] = {
  { "accept", "invited", "eligible", NULL },
  { "decline", "invited", "declined", NULL },
  { "leave", "eligible", "not-eligible", "left" },
};

static void
get_invitations (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, &error,
    "SELECT c.id, a.contact_id, c.state, c.since FROM contacts c JOIN accounts a ON a.id = c.owner"
    " WHERE c.contact = ?1 AND c.state IN ('invited', 'eligible') ORDER BY c.since DESC, c.id",
    "k", enigm_request_get_account (request));
  EnigmStep step = ENIGM_STEP_ERROR;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "invitations");
  json_builder_begin_array (builder);
  while (statement != NULL && (step = enigm_statement_step (statement, &error)) == ENIGM_STEP_ROW)
    {
      g_autofree gchar *id_text = NULL;
      guint8 id[ENIGM_ID_SIZE];

      enigm_statement_get_id (statement, 0, id);
      id_text = enigm_hex_encode (id, sizeof id);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "id");
      json_builder_add_string_value (builder, id_text);
      json_builder_set_member_name (builder, "contact_id");
      json_builder_add_string_value (builder, enigm_statement_get_text (statement, 1));
      json_builder_set_member_name (builder, "state");
      json_builder_add_string_value (builder, enigm_statement_get_text (statement, 2));
      json_builder_set_member_name (builder, "since");
      json_builder_add_int_value (builder, enigm_statement_get_int64 (statement, 3));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (step == ENIGM_STEP_ERROR)
    enigm_request_reply_error (request, error);
  else
    enigm_request_reply_json (request, SOUP_STATUS_OK, json_builder_get_root (builder));
}

static const Answer *
read_answer (EnigmRequest *request, GError **error)
{
  const gchar *text = enigm_request_get_string (request, "answer", 1, 16, error);

  if (text == NULL || !enigm_request_end (request, error))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      if (g_str_equal (answers[i].answer, text))
        return &answers[i];
    }
  enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "answer", "not accept, decline or leave");
  return NULL;
}

static gboolean
answer (EnigmPlatformState *state, EnigmRequest *request, GError **error)
{
  const guint8 *account = enigm_request_get_account (request);
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (EnigmStatement) statement = NULL;
  const Answer *wanted = read_answer (request, error);
  guint8 id[ENIGM_ID_SIZE], owner[ENIGM_ID_SIZE];

  if (wanted == NULL || !enigm_request_get_path_id (request, 0, id, error))
    return FALSE;
  transaction = enigm_store_begin (state->store, error);
  if (transaction == NULL)
    return FALSE;
  statement = enigm_store_select (
    state->store, error, "SELECT owner, state FROM contacts WHERE id = ?1 AND contact = ?2", "kk",
    id, account);
  switch (statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      break;
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "there is no such invitation");
      return FALSE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
  if (!g_str_equal (enigm_statement_get_text (statement, 1), wanted->from))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, "answer", "the invitation is %s",
                         enigm_statement_get_text (statement, 1));
      return FALSE;
    }
  enigm_statement_get_id (statement, 0, owner);
  return enigm_store_run (state->store, error,
                          "UPDATE contacts SET state = ?1, reason = ?2, since = ?3 WHERE id = ?4",
                          "ssik", wanted->to, wanted->reason, enigm_platform_state_now (state),
                          id) &&
         (wanted->reason == NULL || enigm_contacts_hide_events (state, owner, account, error)) &&
         enigm_account_changes_note_contacts (state, owner, error) &&
         enigm_hub_post (state->hub, owner, ENIGM_HUB_CONTACTS, NULL, error) &&
         enigm_hub_post (state->hub, account, ENIGM_HUB_INVITATIONS, NULL, error) &&
         enigm_store_commit (state->store, error);
}

static void
answer_invitation (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (answer (state, request, &error))
    enigm_request_reply_nothing (request);
  else
    enigm_request_reply_error (request, error);
}

const EnigmRoute enigm_invitations_routes[] = {
  { "GET", "/v1/invitations", ENIGM_ROUTE_BEARER, get_invitations },
  { "POST", "/v1/invitations/{}", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, answer_invitation },
  { 0 },
};
