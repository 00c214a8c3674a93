/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command-client.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#define GROUP "session"
#define ANSWER_SECONDS 60
/* What an answer may have: five hundred keys or records are a fraction. */
#define MAX_ANSWER (8 * 1024 * 1024)

struct _CommandClient
{
  char *file;
  char *origin;
  char *ca;
  EnigmSecret *token;
  SoupSession *soup;
};

G_DEFINE_QUARK (enigm - command - error - quark, command_error)

/* Scheme, host and port, and nothing else. */
static char *
read_origin (const char *text, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (uri != NULL && !g_str_equal (g_uri_get_scheme (uri), "https"))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "over %s:// anybody on the way could read your password. Nothing was sent. "
                   "A platform's address begins with https://",
                   g_uri_get_scheme (uri));
      return NULL;
    }
  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL ||
      g_uri_get_path (uri)[strspn (g_uri_get_path (uri), "/")] != '\0' ||
      g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "“%s” is no address of a platform; one is like https://keys.example.org:8443",
                   text);
      return NULL;
    }
  return g_uri_join (G_URI_FLAGS_NONE, "https", NULL, host, g_uri_get_port (uri), "", NULL, NULL);
}

static gboolean
start (CommandClient *self, const char *origin, GError **error)
{
  g_autoptr (GTlsDatabase) database = NULL;

  self->origin = read_origin (origin, error);
  if (self->origin == NULL)
    return FALSE;

  self->soup = soup_session_new_with_options ("timeout", ANSWER_SECONDS, NULL);
  /* Without an authority of its own, the platform's has to be one of the system's. */
  if (self->ca == NULL)
    return TRUE;
  database = g_tls_file_database_new (self->ca, error);
  if (database == NULL)
    return FALSE;
  soup_session_set_tls_database (self->soup, database);
  return TRUE;
}

/* Says who it is about where nobody is signed in. */
CommandClient *
command_client_open (const char *session_file, GError **error)
{
  g_autoptr (CommandClient) self = g_new0 (CommandClient, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *origin = NULL;
  g_autofree char *token = NULL;

  self->file = g_strdup (session_file);
  if (!g_key_file_load_from_file (file, session_file, G_KEY_FILE_NONE, NULL) ||
      (origin = g_key_file_get_string (file, GROUP, "platform", NULL)) == NULL ||
      (token = g_key_file_get_string (file, GROUP, "token", NULL)) == NULL)
    {
      g_set_error_literal (error, COMMAND_ERROR, COMMAND_ERROR_SESSION,
                           "you are not signed in; run enigm-command sign-in");
      return NULL;
    }
  self->ca = g_key_file_get_string (file, GROUP, "ca", NULL);
  self->token = enigm_secret_new_copy ((const guint8 *) token, strlen (token) + 1);
  explicit_bzero (token, strlen (token));
  return start (self, origin, error) ? g_steal_pointer (&self) : NULL;
}

/* For a sign-in. */
CommandClient *
command_client_new (const char *session_file, const char *origin, const char *ca, GError **error)
{
  g_autoptr (CommandClient) self = g_new0 (CommandClient, 1);

  self->file = g_strdup (session_file);
  self->ca = ca != NULL ? g_canonicalize_filename (ca, NULL) : NULL;
  return start (self, origin, error) ? g_steal_pointer (&self) : NULL;
}

void
command_client_free (CommandClient *self)
{
  g_free (self->file);
  g_free (self->origin);
  g_free (self->ca);
  g_clear_pointer (&self->token, enigm_secret_unref);
  g_clear_object (&self->soup);
  g_free (self);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static GBytes *
send (CommandClient *self, SoupMessage *message, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  soup_session_send_and_read_async (self->soup, message, G_PRIORITY_DEFAULT, NULL, on_answered,
                                    &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return soup_session_send_and_read_finish (self->soup, result, error);
}

static JsonObject *
parse (GBytes *body)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  if (g_bytes_get_size (body) > MAX_ANSWER ||
      !json_parser_load_from_data (parser, g_bytes_get_data (body, NULL),
                                   (gssize) g_bytes_get_size (body), NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  return json_object_ref (json_node_get_object (root));
}

static const char *
get_text (JsonObject *object, const char *name)
{
  return object != NULL && json_object_has_member (object, name)
           ? json_object_get_string_member_with_default (object, name, "")
           : "";
}

static void
refuse (JsonObject *problem, guint status, GError **error)
{
  const char *type = get_text (problem, "type");
  const char *detail = get_text (problem, "detail");
  const char *title = get_text (problem, "title");

  if (g_str_has_suffix (type, ":session-ended"))
    g_set_error_literal (error, COMMAND_ERROR, COMMAND_ERROR_SESSION,
                         "your session is over; run enigm-command sign-in");
  else
    g_set_error (error, COMMAND_ERROR, COMMAND_ERROR_REFUSED, "%s%s%s",
                 *title != '\0' ? title : "the platform refused", *detail != '\0' ? ": " : "",
                 detail);
}

/* Returns what the platform said, or NULL where it refused or could not be reached. */
JsonObject *
command_client_call (CommandClient *self,
                     const char *method,
                     const char *path,
                     JsonObject *body,
                     GError **error)
{
  g_autofree char *uri = g_strconcat (self->origin, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) failed = NULL;
  guint status;

  /* No platform sends its administrators elsewhere. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (self->token != NULL)
    {
      g_autofree char *bearer =
        g_strconcat ("Bearer ", (const char *) enigm_secret_peek (self->token, NULL), NULL);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                   bearer);
    }
  if (body != NULL)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
      g_autoptr (GBytes) bytes = NULL;
      char *text;

      json_node_set_object (node, body);
      text = json_to_string (node, FALSE);
      bytes = g_bytes_new_take (text, strlen (text));
      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  answer = send (self, message, &failed);
  if (answer == NULL)
    {
      g_set_error (error, COMMAND_ERROR, COMMAND_ERROR_UNREACHABLE,
                   "the platform did not answer (%s); whether it was done, its keys and audit tell",
                   failed->message);
      return NULL;
    }
  status = soup_message_get_status (message);
  object = parse (answer);
  if (status >= 200 && status < 300 && object != NULL)
    return g_steal_pointer (&object);
  refuse (object, status, error);
  return NULL;
}

/* Keeps a session for later calls, in a file of its owner's alone. */
gboolean
command_client_keep (CommandClient *self, JsonObject *session, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *folder = g_path_get_dirname (self->file);
  g_autofree char *text = NULL;
  gsize size;

  g_key_file_set_string (file, GROUP, "platform", self->origin);
  if (self->ca != NULL)
    g_key_file_set_string (file, GROUP, "ca", self->ca);
  g_key_file_set_string (file, GROUP, "token", get_text (session, "token"));
  text = g_key_file_to_data (file, &size, NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0 && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s cannot be made", folder);
      return FALSE;
    }
  return g_file_set_contents_full (self->file, text, (gssize) size,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

void
command_client_forget (CommandClient *self)
{
  g_unlink (self->file);
}
