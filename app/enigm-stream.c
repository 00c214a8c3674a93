/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-private.h"
#include "enigm-event-parser.h"

#define READ_SIZE (16 * 1024)
/* Milliseconds to the first try again, and at most; with jitter, so that a platform that comes back
 * is not met by everybody at once. */
#define RETRY_FIRST 1000
#define RETRY_MAX (60 * 1000)

/* One connection. It outlives the account's interest in it, and perhaps the account, until its
 * callbacks are through. */
typedef struct
{
  EnigmAccount *account; /* weak */
  GCancellable *cancellable;
  EnigmEventParser *parser;
  GInputStream *stream; /* while it is not read yet */
} Connection;

static void
connection_free (Connection *connection)
{
  g_clear_weak_pointer (&connection->account);
  g_object_unref (connection->cancellable);
  enigm_event_parser_free (connection->parser);
  g_clear_object (&connection->stream);
  g_free (connection);
}

static gboolean
is_current (Connection *connection)
{
  return connection->account != NULL &&
         connection->account->stream_cancellable == connection->cancellable;
}

static gboolean
on_retry_due (gpointer data)
{
  EnigmAccount *self = data;

  self->stream_retry_id = 0;
  enigm_account_stream_update (self);
  return G_SOURCE_REMOVE;
}

/* Half of the time is chance. */
guint
enigm_account_stream_delay (guint failures, gdouble chance)
{
  guint most = MIN (RETRY_FIRST << MIN (MAX (failures, 1u) - 1, 6u), RETRY_MAX);

  return most / 2 + (guint) (most / 2 * CLAMP (chance, 0, 1));
}

/* Ends the connection, and makes the next one in a while if one is still wanted. */
static void
give_up (Connection *connection, const GError *error)
{
  EnigmAccount *self = connection->account;

  if (is_current (connection))
    {
      g_clear_object (&self->stream_cancellable);
      if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED))
        enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_SESSION_ENDED);
      else
        {
          self->stream_failures++;
          self->stream_retry_id =
            g_timeout_add (enigm_account_stream_delay (self->stream_failures, g_random_double ()),
                           on_retry_due, self);
        }
    }
  connection_free (connection);
}

/* What the stream told of has to be asked for, and the answer got lost: the stream has gone past
 * it, so it is begun anew, and with it everything is asked for. */
static void
begin_anew (EnigmAccount *self, GCancellable *cancellable, const GError *error)
{
  if (self->stream_cancellable == cancellable &&
      g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY))
    g_cancellable_cancel (cancellable);
}

/**
 * enigm_account_stream_renew:
 *
 * Something that was sent got lost: where the stream is open, it is begun anew, and what waits is
 * sent with it.
 */
void
enigm_account_stream_renew (EnigmAccount *self)
{
  if (self->stream_cancellable != NULL)
    g_cancellable_cancel (self->stream_cancellable);
}

static void
on_list_fetched (GObject *object, GAsyncResult *result, gpointer data)
{
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (GCancellable) cancellable = data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_fetch_list_finish (self, result, &error))
    {
      enigm_account_save_cache (self);
      return;
    }
  g_info ("A list could not be asked for again: %s", error->message);
  begin_anew (self, cancellable, error);
}

static void
on_refreshed (GObject *object, GAsyncResult *result, gpointer data)
{
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (GCancellable) cancellable = data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_refresh_finish (self, result, &error))
    {
      if (self->stream_cancellable == cancellable)
        self->stream_failures = 0;
      return;
    }
  g_info ("Not everything could be asked for: %s", error->message);
  begin_anew (self, cancellable, error);
}

static void
fetch (EnigmAccount *self, const EnigmListType *type, GCancellable *cancellable)
{
  enigm_account_fetch_list_async (self, type, cancellable, on_list_fetched,
                                  g_object_ref (cancellable));
}

static void
refresh (EnigmAccount *self, GCancellable *cancellable)
{
  enigm_account_refresh_async (self, cancellable, on_refreshed, g_object_ref (cancellable));
}

/* The alert itself, or an empty object where one is to be asked for again: one was deleted. */
static void
take_alert (EnigmAccount *self, const gchar *data, GCancellable *cancellable)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, strlen (data));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) json = enigm_json_parse (bytes, &error);

  if (json != NULL && json_object_get_size (json) > 0 &&
      enigm_account_merge_alert (self, json, &error))
    {
      enigm_account_save_cache (self);
      return;
    }
  if (error != NULL)
    g_info ("An alert in the stream could not be read: %s", error->message);
  fetch (self, &enigm_list_alerts, cancellable);
}

static void
on_event (const gchar *id, const gchar *event, const gchar *data, gpointer user_data)
{
  Connection *connection = user_data;
  EnigmAccount *self = connection->account;
  GCancellable *cancellable = connection->cancellable;

  if (!is_current (connection))
    return;
  if (id != NULL)
    {
      g_free (self->last_event_id);
      self->last_event_id = g_strdup (id);
    }
  if (g_str_equal (event, "event"))
    take_alert (self, data, cancellable);
  else if (g_str_equal (event, "keys"))
    fetch (self, &enigm_list_keys, cancellable);
  else if (g_str_equal (event, "contacts"))
    fetch (self, &enigm_list_contacts, cancellable);
  else if (g_str_equal (event, "invitations"))
    fetch (self, &enigm_list_invitations, cancellable);
  else if (g_str_equal (event, "session"))
    refresh (self, cancellable);
}

static void on_read (GObject *object, GAsyncResult *result, gpointer data);

static void
read_on (Connection *connection, GInputStream *stream)
{
  g_input_stream_read_bytes_async (stream, READ_SIZE, G_PRIORITY_DEFAULT, connection->cancellable,
                                   on_read, connection);
}

/* Where a stream begins is said before anything happens in it. */
static void
take_id (Connection *connection)
{
  const gchar *id = enigm_event_parser_get_id (connection->parser);
  EnigmAccount *self = connection->account;
  gboolean is_first = self->last_event_id == NULL;

  if (id == NULL || g_strcmp0 (self->last_event_id, id) == 0)
    return;
  g_free (self->last_event_id);
  self->last_event_id = g_strdup (id);
  /* Later ones are kept with what they tell. */
  if (is_first)
    enigm_account_save_cache (self);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  GInputStream *stream = G_INPUT_STREAM (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (stream, result, &error);

  if (bytes == NULL || g_bytes_get_size (bytes) == 0 || !is_current (connection) ||
      !enigm_event_parser_feed (connection->parser, g_bytes_get_data (bytes, NULL),
                                g_bytes_get_size (bytes), on_event, connection, &error))
    {
      give_up (connection, error);
      return;
    }
  /* An event's handler may have ended the connection's purpose. */
  if (!is_current (connection))
    {
      give_up (connection, NULL);
      return;
    }
  take_id (connection);
  /* A comment every thirty seconds says that what is shown is still known. */
  connection->account->heard = g_get_real_time () / G_USEC_PER_SEC;
  read_on (connection, stream);
}

static void
on_beginning_known (GObject *object, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  g_autoptr (GInputStream) stream = g_steal_pointer (&connection->stream);
  g_autoptr (GError) error = NULL;

  if (enigm_account_refresh_finish (ENIGM_ACCOUNT (object), result, &error))
    {
      if (is_current (connection))
        connection->account->stream_failures = 0;
    }
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY))
    {
      give_up (connection, error);
      return;
    }
  if (is_current (connection))
    read_on (connection, stream);
  else
    give_up (connection, NULL);
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream =
    enigm_platform_open_stream_finish (ENIGM_PLATFORM (object), result, &error);

  if (stream == NULL || !is_current (connection))
    {
      give_up (connection, error);
      return;
    }
  /* What happened while nobody listened. Who has listened before is told of it by the stream as
   * well, in order; else it is asked for before anything newer is read. */
  if (connection->account->last_event_id == NULL)
    {
      connection->stream = g_steal_pointer (&stream);
      enigm_account_refresh_async (connection->account, connection->cancellable, on_beginning_known,
                                   connection);
      return;
    }
  refresh (connection->account, connection->cancellable);
  read_on (connection, stream);
}

static void
open_stream (Connection *connection)
{
  enigm_platform_open_stream_async (connection->account->platform, "/v1/stream",
                                    connection->account->last_event_id, connection->cancellable,
                                    on_opened, connection);
}

/* A revocation that waits goes before anything else, also before what finds the network back. */
static void
on_revocations_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_send_revocations_finish (ENIGM_ACCOUNT (object), result, &error) &&
      is_current (connection))
    open_stream (connection);
  else
    give_up (connection, error);
}

/**
 * enigm_account_stream_update:
 *
 * Opens or closes the stream, as the account's state and its wish to listen have it now.
 */
void
enigm_account_stream_update (EnigmAccount *self)
{
  Connection *connection;

  if (!self->listening || self->state != ENIGM_ACCOUNT_STATE_SIGNED_IN)
    {
      g_clear_handle_id (&self->stream_retry_id, g_source_remove);
      self->stream_failures = 0;
      if (self->stream_cancellable != NULL)
        {
          g_autoptr (GCancellable) cancellable = g_steal_pointer (&self->stream_cancellable);

          g_cancellable_cancel (cancellable);
        }
      return;
    }
  if (self->stream_cancellable != NULL || self->stream_retry_id != 0)
    return;

  self->stream_cancellable = g_cancellable_new ();
  connection = g_new0 (Connection, 1);
  g_set_weak_pointer (&connection->account, self);
  connection->cancellable = g_object_ref (self->stream_cancellable);
  connection->parser = enigm_event_parser_new ();
  if (g_hash_table_size (self->revoking) > 0)
    enigm_account_send_revocations_async (self, connection->cancellable, on_revocations_sent,
                                          connection);
  else
    open_stream (connection);
}
