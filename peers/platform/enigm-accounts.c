/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-router.h"

#include "app/protocol/enigm-contact-id.h"

#include "enigm-account-changes.h"
#include "enigm-password.h"
#include "enigm-rate.h"
#include "enigm-sign-in.h"

static gboolean
check_name_free (EnigmSignIn *sign_in, GError **error)
{
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (sign_in->state->store, error, "SELECT 1 FROM accounts WHERE user_name = ?1",
                        "s", sign_in->user);
  EnigmStep step = statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR;

  if (step == ENIGM_STEP_ROW)
    enigm_problem_set (error, ENIGM_PROBLEM_NAME_TAKEN, "user", "somebody has that name");
  return step == ENIGM_STEP_DONE;
}

static gboolean
insert (EnigmSignIn *sign_in, GError **error)
{
  EnigmPlatformState *state = sign_in->state;
  guint8 contact_id[ENIGM_CONTACT_ID_SIZE];
  g_autofree gchar *contact_id_text = NULL;

  if (!enigm_contact_id_new_random (contact_id, error) ||
      !enigm_random_bytes (sign_in->account, sizeof sign_in->account, error))
    return FALSE;
  contact_id_text = enigm_contact_id_format (contact_id);
  return enigm_store_run (state->store, error,
                          "INSERT INTO accounts (id, user_name, password, pin, contact_id, created)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                          "kssssi", sign_in->account, sign_in->user, sign_in->password_hash,
                          sign_in->pin_hash, contact_id_text, enigm_platform_state_now (state)) &&
         enigm_account_changes_note_opened (state, sign_in->account, sign_in->user, contact_id_text,
                                            sign_in->password_hash, sign_in->pin_hash, error);
}

static void
on_pin_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmSignIn) sign_in = user_data;
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;

  sign_in->pin_hash = enigm_password_hash_finish (result, &error);
  /* Somebody else may have taken the name while the hashing went on. */
  if (sign_in->pin_hash == NULL ||
      (transaction = enigm_store_begin (sign_in->state->store, &error)) == NULL ||
      !check_name_free (sign_in, &error) || !insert (sign_in, &error) ||
      !enigm_sign_in_finish (sign_in, &error))
    enigm_request_reply_error (sign_in->request, error);
}

static void
on_password_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmSignIn) sign_in = user_data;
  g_autoptr (GError) error = NULL;
  EnigmSecret *pin = sign_in->pin;

  sign_in->password_hash = enigm_password_hash_finish (result, &error);
  if (sign_in->password_hash == NULL)
    enigm_request_reply_error (sign_in->request, error);
  else
    enigm_password_hash_async (pin, NULL, on_pin_hashed, g_steal_pointer (&sign_in));
}

/* Names are no secret, but a list of them is worth something to whoever tries passwords. Past the
 * limit no name is answered about, so that the limit tells nothing either. */
static gboolean
check_rate (EnigmPlatformState *state, const gchar *address, GError **error)
{
  if (enigm_rate_take (state->sign_up_rate, address, enigm_platform_state_now (state)))
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_TOO_MANY, NULL,
                     "too many accounts were asked for from this address");
  return FALSE;
}

static void
sign_up (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autofree gchar *address = enigm_request_dup_address (request);
  g_autoptr (EnigmSignIn) who = NULL;
  g_autoptr (GError) error = NULL;
  EnigmSecret *password;

  who = enigm_sign_in_new (state, request, TRUE, &error);
  if (who == NULL || !check_rate (state, address, &error) || !check_name_free (who, &error))
    {
      if (g_error_matches (error, ENIGM_PROBLEM, ENIGM_PROBLEM_NAME_TAKEN))
        enigm_rate_take_many (state->sign_up_rate, address, ENIGM_SIGN_UPS_FOR_A_NAME - 1,
                              enigm_platform_state_now (state));
      enigm_request_reply_error (request, error);
      return;
    }
  password = who->password;
  enigm_password_hash_async (password, NULL, on_password_hashed, g_steal_pointer (&who));
}

static void
get_account (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, &error, "SELECT user_name, contact_id, created FROM accounts WHERE id = ?1", "k",
    enigm_request_get_account (request));

  if (statement == NULL || enigm_statement_step (statement, &error) != ENIGM_STEP_ROW)
    {
      enigm_request_reply_error (request, error);
      return;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "user");
  json_builder_add_string_value (builder, enigm_statement_get_text (statement, 0));
  json_builder_set_member_name (builder, "contact_id");
  json_builder_add_string_value (builder, enigm_statement_get_text (statement, 1));
  json_builder_set_member_name (builder, "created");
  json_builder_add_int_value (builder, enigm_statement_get_int64 (statement, 2));
  json_builder_end_object (builder);
  enigm_request_reply_json (request, SOUP_STATUS_OK, json_builder_get_root (builder));
}

const EnigmRoute enigm_accounts_routes[] = {
  { "POST", "/v1/accounts", ENIGM_ROUTE_OPEN, sign_up },
  { "GET", "/v1/account", ENIGM_ROUTE_BEARER, get_account },
  { 0 },
};
