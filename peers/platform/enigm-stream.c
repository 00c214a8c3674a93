/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-event-view.h"
#include "enigm-router.h"
#include "enigm-server-connection.h"

/* A comment this often keeps the way open through whatever lies between. */
#define KEEP_ALIVE_SECONDS 30
/* A reader that leaves this much unread is dropped; it resumes where it was. */
#define MAX_UNREAD (256 * 1024)
/* How long a reader may take to fetch the end of a stream. */
#define END_SECONDS 15
/* Hex digits of the epoch in an item's id: numbers start anew after a restore. */
#define EPOCH_DIGITS 8

/* One app that listens to its account's news. */
typedef struct
{
  EnigmPlatformState *state;
  SoupServerMessage *message;
  EnigmListener *listener;
  guint8 account[ENIGM_ID_SIZE];
  gint64 last;
  gsize unread;
  guint keep_alive;
  guint expiry;
  gboolean ended;
} Stream;

static void
stream_free (Stream *self)
{
  g_signal_handlers_disconnect_by_data (self->message, self);
  enigm_hub_leave (self->state->hub, self->listener);
  g_clear_handle_id (&self->keep_alive, g_source_remove);
  g_clear_handle_id (&self->expiry, g_source_remove);
  g_object_unref (self->message);
  g_free (self);
}

static void
write_text (Stream *self, gchar *text)
{
  gsize size = strlen (text);

  if (self->ended || self->unread + size > MAX_UNREAD)
    {
      g_free (text);
      if (!self->ended)
        enigm_server_connection_shut (enigm_server_connection_of (self->message));
      self->ended = TRUE;
      return;
    }
  self->unread += size;
  soup_message_body_append_take (soup_server_message_get_response_body (self->message),
                                 (guchar *) text, size);
  soup_server_message_unpause (self->message);
}

static gchar *
format_id (Stream *self, gint64 number)
{
  g_autofree gchar *epoch = enigm_hex_encode (self->state->epoch, sizeof self->state->epoch);

  return g_strdup_printf ("%.*s-%" G_GINT64_FORMAT, EPOCH_DIGITS, epoch, number);
}

static void
write_item (Stream *self, gint64 number, const gchar *kind, JsonNode *data)
{
  g_autofree gchar *id = format_id (self, number);
  g_autofree gchar *json = data != NULL ? json_to_string (data, FALSE) : g_strdup ("{}");

  write_text (self, g_strdup_printf ("id: %s\nevent: %s\ndata: %s\n\n", id, kind, json));
}

/* Of several items about one thing one says it all, in the place of the first: what began first is
 * told first, however much became of what began later. The ID of each item is that of the last one
 * before the next thing begins, so that who is cut off between two of them misses nothing. */
static gboolean
write_news (Stream *self, GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    self->state->store, error,
    "SELECT coalesce (lead (first) OVER (ORDER BY first) - 1, max (last) OVER ()), kind, event"
    " FROM (SELECT min (number) AS first, max (number) AS last, kind, event FROM stream_items"
    "  WHERE account = ?1 AND number > ?2 GROUP BY kind, event) ORDER BY first",
    "ki", self->account, self->last);
  EnigmStep step = ENIGM_STEP_ERROR;

  while (statement != NULL && (step = enigm_statement_step (statement, error)) == ENIGM_STEP_ROW)
    {
      g_autoptr (JsonNode) data = NULL;
      guint8 event[ENIGM_ID_SIZE];

      self->last = enigm_statement_get_int64 (statement, 0);
      if (!enigm_statement_is_null (statement, 2))
        {
          enigm_statement_get_id (statement, 2, event);
          /* An event that is gone, or that they may see no more, is an empty item. */
          data = enigm_event_view (self->state, event, self->account, FALSE, NULL);
        }
      write_item (self, self->last, enigm_statement_get_text (statement, 1), data);
    }
  return step == ENIGM_STEP_DONE;
}

static void
end (Stream *self)
{
  if (self->ended)
    return;
  write_item (self, self->last, enigm_hub_kind_to_string (ENIGM_HUB_SESSION), NULL);
  self->ended = TRUE;
  g_clear_handle_id (&self->keep_alive, g_source_remove);
  g_clear_handle_id (&self->expiry, g_source_remove);
  soup_message_body_complete (soup_server_message_get_response_body (self->message));
  soup_server_message_unpause (self->message);
  /* Who does not read the end of it either is not waited for. */
  enigm_server_connection_release (enigm_server_connection_of (self->message), END_SECONDS);
}

static void
on_hub_woke (gboolean ended, gpointer user_data)
{
  Stream *self = user_data;
  g_autoptr (GError) error = NULL;

  if (ended)
    end (self);
  else if (!write_news (self, &error))
    {
      g_warning ("stream: %s", error->message);
      enigm_server_connection_shut (enigm_server_connection_of (self->message));
    }
}

static gboolean
on_keep_alive_due (gpointer user_data)
{
  write_text (user_data, g_strdup (":\n\n"));
  return G_SOURCE_CONTINUE;
}

static gboolean
on_session_expired (gpointer user_data)
{
  Stream *self = user_data;

  self->expiry = 0;
  end (self);
  return G_SOURCE_REMOVE;
}

static void
on_message_wrote_body_data (SoupServerMessage *message, guint size, gpointer user_data)
{
  Stream *self = user_data;

  self->unread -= MIN (self->unread, size);
}

static void
on_message_finished (SoupServerMessage *message, gpointer user_data)
{
  stream_free (user_data);
}

static gboolean
read_last_number (Stream *self, gint64 *last, GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    self->state->store, error, "SELECT seq FROM sqlite_sequence WHERE name = 'stream_items'", "");
  EnigmStep step = statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR;

  *last = step == ENIGM_STEP_ROW ? enigm_statement_get_int64 (statement, 0) : 0;
  return step != ENIGM_STEP_ERROR;
}

/* Finds what a reader that was here before has missed. Returns FALSE where that cannot be known:
 * the id is of another epoch, or of nothing that was ever sent, or too old. */
static gboolean
parse_last_id (Stream *self, const gchar *text, gint64 newest, gint64 *number)
{
  g_autofree gchar *canonical = NULL;

  if (strlen (text) <= EPOCH_DIGITS || text[EPOCH_DIGITS] != '-' ||
      !g_ascii_string_to_signed (text + EPOCH_DIGITS + 1, 10, 0, newest, number, NULL))
    return FALSE;
  canonical = format_id (self, *number);
  return g_str_equal (canonical, text);
}

/* "Ask again", of everything. */
static void
write_all_again (Stream *self)
{
  for (gint kind = ENIGM_HUB_EVENT; kind <= ENIGM_HUB_INVITATIONS; kind++)
    write_item (self, self->last, enigm_hub_kind_to_string (kind), NULL);
}

static void
begin (Stream *self, EnigmRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  gint64 left = enigm_request_get_session_expiry (request) - enigm_platform_state_now (self->state);

  self->listener = enigm_hub_listen (self->state->hub, self->account,
                                     enigm_request_get_computer (request), on_hub_woke, self);
  enigm_request_take_over (request);
  enigm_server_connection_hold (enigm_server_connection_of (self->message));
  soup_server_message_set_status (self->message, SOUP_STATUS_OK, NULL);
  soup_message_headers_set_content_type (headers, "text/event-stream", NULL);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (self->message), FALSE);
  g_signal_connect (self->message, "wrote-body-data", G_CALLBACK (on_message_wrote_body_data),
                    self);
  g_signal_connect (self->message, "finished", G_CALLBACK (on_message_finished), self);
  self->keep_alive = g_timeout_add_seconds (KEEP_ALIVE_SECONDS, on_keep_alive_due, self);
  self->expiry = g_timeout_add_seconds (CLAMP (left, 1, G_MAXINT), on_session_expired, self);
}

static void
open_stream (EnigmPlatformState *state, EnigmRequest *request)
{
  const gchar *last_id = enigm_request_get_header (request, "Last-Event-ID");
  Stream *self = g_new0 (Stream, 1);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *id = NULL;
  gint64 newest;

  self->state = state;
  self->message = g_object_ref (enigm_request_get_message (request));
  memcpy (self->account, enigm_request_get_account (request), ENIGM_ID_SIZE);
  if (!read_last_number (self, &newest, &error))
    {
      enigm_request_reply_error (request, error);
      g_object_unref (self->message);
      g_free (self);
      return;
    }
  begin (self, request);
  if (last_id != NULL && parse_last_id (self, last_id, newest, &self->last))
    {
      /* Also where nothing was missed the reader sees at once that it is connected. */
      write_text (self, g_strdup (":\n"));
      on_hub_woke (FALSE, self);
      return;
    }
  self->last = newest;
  /* A new reader learns where it begins, so that it can resume also if nothing happens; and sees at
   * once that it is connected. */
  id = format_id (self, newest);
  write_text (self, g_strdup_printf (":\nid: %s\n\n", id));
  if (last_id != NULL)
    write_all_again (self);
}

const EnigmRoute enigm_stream_routes[] = {
  { "GET", "/v1/stream", ENIGM_ROUTE_BEARER, open_stream },
  { 0 },
};
