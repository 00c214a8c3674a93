/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "race.h"

typedef struct
{
  Race *race;
  Signed *made;
  gboolean after;
} Sent;

static void
on_key_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sent *sent = user_data;
  Race *race = sent->race;
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  EnigmKeyAnswer answer;

  body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
  enigm_key_answer_decode (body, soup_message_get_status (message), &answer, &error);
  g_assert_no_error (error);
  if (answer.outcome == ENIGM_KEY_OUTCOME_ACCEPTED)
    {
      race->accepted++;
      race->accepted_after += sent->after;
    }
  else
    {
      /* One that is overtaken on its way has a number that is too low by then. */
      g_assert_true (answer.outcome == ENIGM_KEY_OUTCOME_GONE ||
                     answer.outcome == ENIGM_KEY_OUTCOME_SEQUENCE);
      race->refused++;
      if (answer.outcome == ENIGM_KEY_OUTCOME_GONE && race->first_refusal == 0)
        race->first_refusal = g_get_monotonic_time ();
    }
  race->under_way--;
  signed_free (sent->made);
  g_free (sent);
}

/* What waits in this process for a connection to be free has not been begun. */
static void
on_starting (SoupMessage *message, gpointer user_data)
{
  Sent *sent = user_data;

  sent->after = sent->race->revoked;
}

/* One alert of the key's, each with an event of its own. */
void
race_send (Race *race)
{
  Sent *sent = g_new0 (Sent, 1);
  EnigmKeyRequest request = key_request (race->world, race->key, ENIGM_KEY_REQUEST_ALERT);
  g_autoptr (SoupMessage) message = NULL;

  sent->race = race;
  sent->made = key_sign (race->world, race->key, &request, g_get_real_time () / G_USEC_PER_SEC);
  message = signed_message (race->world, sent->made);
  /* Or it would not take a connection that is open. */
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  soup_message_set_request_body_from_bytes (message, sent->made->content_type, sent->made->body);
  g_signal_connect (message, "starting", G_CALLBACK (on_starting), sent);
  race->under_way++;
  soup_session_send_and_read_async (race->soup, message, G_PRIORITY_DEFAULT, NULL, on_key_answered,
                                    sent);
}

static void
on_owner_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Race *race = user_data;
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;

  body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  race->revoked = TRUE;
  race->under_way--;
}

void
race_revoke (Race *race)
{
  static const char wanted[] = "{\"to\":\"revoked\",\"reason\":\"stolen\"}";
  g_autofree char *path = key_path (race->key, "/state");
  g_autoptr (GBytes) body = g_bytes_new_static (wanted, strlen (wanted));
  g_autoptr (SoupMessage) message = NULL;

  race->world->now = g_get_real_time () / G_USEC_PER_SEC;
  race->clicked = g_get_monotonic_time ();
  message = person_message (race->world, race->person, "POST", path, TRUE, body);
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  race->under_way++;
  soup_session_send_and_read_async (race->world->soup, message, G_PRIORITY_DEFAULT, NULL,
                                    on_owner_answered, race);
}

void
race_settle (Race *race)
{
  while (race->under_way > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* Nothing of the platform's leads back from a revocation, so the database is written to. The events
 * end with it: no key has hundreds that are open, each of which its contacts are told about. */
void
race_rearm (Race *race)
{
  static const char *const changes[] = {
    "UPDATE events SET ended = received, ended_by = 'app' WHERE ended IS NULL",
    "DELETE FROM binding_history",
    "UPDATE bindings SET state = 2",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (race->store, &error);

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    enigm_store_run (race->store, &error, changes[i], "");
  enigm_store_commit (race->store, &error);
  g_assert_no_error (error);
  race->revoked = FALSE;
  race->first_refusal = 0;
}

/* The key's requests go over so many connections at most. */
void
race_open (Race *race, World *world, Person *person, Key *key, guint connections)
{
  g_autoptr (GError) error = NULL;

  *race = (Race){ .world = world, .person = person, .key = key };
  race->soup = soup_session_new_with_options (
    "max-conns", connections, "max-conns-per-host", connections, "tls-database",
    soup_session_get_tls_database (world->soup), "timeout", 0, NULL);
  race->store = enigm_store_open (world->state->config->database, &error);
  g_assert_no_error (error);
}

void
race_close (Race *race)
{
  soup_session_abort (race->soup);
  g_clear_object (&race->soup);
  g_clear_pointer (&race->store, enigm_store_free);
}
