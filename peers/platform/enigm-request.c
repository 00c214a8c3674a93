/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-request.h"

struct _EnigmRequest
{
  gatomicrefcount ref_count;
  EnigmPlatformState *state;
  SoupServerMessage *message;
  GBytes *body;
  EnigmObject *object;
  GStrv path_arguments;
  guint8 account[ENIGM_ID_SIZE];
  guint8 computer[ENIGM_ID_SIZE];
  gint64 session_expires;
  gboolean answered;
};

/**
 * enigm_request_new:
 * @state: the platform
 * @message: a message that came in whole and is not answered
 *
 * Takes over @message: it waits until the request is answered.
 *
 * Returns: (transfer full): the request
 */
EnigmRequest *
enigm_request_new (EnigmPlatformState *state, SoupServerMessage *message)
{
  EnigmRequest *self = g_new0 (EnigmRequest, 1);
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  g_atomic_ref_count_init (&self->ref_count);
  self->state = state;
  self->message = g_object_ref (message);
  /* A body that was too large was not kept. */
  self->body = soup_message_body_get_accumulate (body) ? soup_message_body_flatten (body)
                                                       : g_bytes_new (NULL, 0);
  soup_server_message_pause (message);
  return self;
}

/**
 * enigm_request_ref:
 * @self: a request
 *
 * Returns: (transfer full): @self
 */
EnigmRequest *
enigm_request_ref (EnigmRequest *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * enigm_request_unref:
 * @self: (transfer full): a request
 */
void
enigm_request_unref (EnigmRequest *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (!self->answered)
    {
      g_critical ("%s was left without an answer", soup_server_message_get_method (self->message));
      enigm_request_reply_problem (self, ENIGM_PROBLEM_INTERNAL, NULL, NULL);
    }
  g_clear_object (&self->message);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->object, enigm_object_free);
  g_clear_pointer (&self->path_arguments, g_strfreev);
  g_free (self);
}

/**
 * enigm_request_get_method:
 * @self: a request
 *
 * Returns: (transfer none): its method
 */
const gchar *
enigm_request_get_method (EnigmRequest *self)
{
  return soup_server_message_get_method (self->message);
}

/**
 * enigm_request_get_path:
 * @self: a request
 *
 * Returns: (transfer none): its path, as it came
 */
const gchar *
enigm_request_get_path (EnigmRequest *self)
{
  return g_uri_get_path (soup_server_message_get_uri (self->message));
}

/**
 * enigm_request_get_body:
 * @self: a request
 *
 * Returns: (transfer none): its body, at most %ENIGM_SERVER_MAX_BODY bytes
 */
GBytes *
enigm_request_get_body (EnigmRequest *self)
{
  return self->body;
}

/**
 * enigm_request_get_header:
 * @self: a request
 * @name: name of a field
 *
 * Returns: (transfer none) (nullable): its value; several lines are joined with commas (RFC 9110,
 *   section 5.3)
 */
const gchar *
enigm_request_get_header (EnigmRequest *self, const gchar *name)
{
  return soup_message_headers_get_list (soup_server_message_get_request_headers (self->message),
                                        name);
}

/**
 * enigm_request_count_header:
 * @self: a request
 * @name: name of a field
 *
 * Returns: on how many lines it stands; what is signed must stand on one
 */
guint
enigm_request_count_header (EnigmRequest *self, const gchar *name)
{
  SoupMessageHeadersIter iter;
  const gchar *field, *value;
  guint count = 0;

  soup_message_headers_iter_init (&iter, soup_server_message_get_request_headers (self->message));
  while (soup_message_headers_iter_next (&iter, &field, &value))
    count += g_ascii_strcasecmp (field, name) == 0;
  return count;
}

/**
 * enigm_request_dup_address:
 * @self: a request
 *
 * Returns: (transfer full): the address it came from: all of an IPv4 one, the network of an IPv6
 * one
 */
gchar *
enigm_request_dup_address (EnigmRequest *self)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (self->message);
  GInetAddress *address;
  const guint8 *bytes;

  if (!G_IS_INET_SOCKET_ADDRESS (remote))
    return g_strdup ("");
  address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return g_inet_address_to_string (address);
  bytes = g_inet_address_to_bytes (address);
  return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1], bytes[2],
                          bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
}

/**
 * enigm_request_get_message:
 * @self: a request
 *
 * Returns: (transfer none): libsoup's side of it, for the stream
 */
SoupServerMessage *
enigm_request_get_message (EnigmRequest *self)
{
  return self->message;
}

/**
 * enigm_request_get_path_argument:
 * @self: a request
 * @index: which `{}` of its route's pattern, from 0
 *
 * Returns: (transfer none): what stands there, as it came
 */
const gchar *
enigm_request_get_path_argument (EnigmRequest *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < g_strv_length (self->path_arguments), NULL);
  return self->path_arguments[index];
}

/**
 * enigm_request_get_path_id:
 * @self: a request
 * @index: which `{}` of the route's pattern, from 0
 * @id: (out caller-allocates) (array fixed-size=16): the identifier there
 * @error: %ENIGM_PROBLEM_UNKNOWN: nothing can have that name
 *
 * Returns: whether there is one
 */
gboolean
enigm_request_get_path_id (EnigmRequest *self,
                           guint index,
                           guint8 id[ENIGM_ID_SIZE],
                           GError **error)
{
  g_return_val_if_fail (
    self->path_arguments != NULL && index < g_strv_length (self->path_arguments), FALSE);

  if (enigm_text_to_id (self->path_arguments[index], id))
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "not an identifier");
  return FALSE;
}

/**
 * enigm_request_get_object:
 * @self: a request
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer none) (nullable): the JSON object in its body
 */
EnigmObject *
enigm_request_get_object (EnigmRequest *self, GError **error)
{
  const gchar *type;

  if (self->object != NULL)
    return self->object;
  type = soup_message_headers_get_content_type (
    soup_server_message_get_request_headers (self->message), NULL);
  if (type == NULL || !g_str_equal (type, "application/json"))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "Content-Type",
                         "it is not application/json");
      return NULL;
    }
  self->object = enigm_object_parse (self->body, error);
  return self->object;
}

/**
 * enigm_request_get_string:
 * @self: a request
 * @name: a member of its object
 * @min: least number of bytes
 * @max: greatest number of bytes
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer none) (nullable): its text
 */
const gchar *
enigm_request_get_string (EnigmRequest *self,
                          const gchar *name,
                          gsize min,
                          gsize max,
                          GError **error)
{
  EnigmObject *object = enigm_request_get_object (self, error);

  return object != NULL ? enigm_object_get_string (object, name, min, max, error) : NULL;
}

/**
 * enigm_request_get_bytes:
 * @self: a request
 * @name: a member of its object
 * @min: least number of bytes, decoded
 * @max: greatest number of bytes, decoded
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer full) (nullable): what its base64url stands for
 */
GBytes *
enigm_request_get_bytes (EnigmRequest *self,
                         const gchar *name,
                         gsize min,
                         gsize max,
                         GError **error)
{
  EnigmObject *object = enigm_request_get_object (self, error);

  return object != NULL ? enigm_object_get_bytes (object, name, min, max, error) : NULL;
}

/**
 * enigm_request_get_boolean:
 * @self: a request
 * @name: a member of its object
 * @value: (out): its value
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: whether it is there
 */
gboolean
enigm_request_get_boolean (EnigmRequest *self, const gchar *name, gboolean *value, GError **error)
{
  EnigmObject *object = enigm_request_get_object (self, error);

  return object != NULL && enigm_object_get_boolean (object, name, value, error);
}

/**
 * enigm_request_end:
 * @self: a request
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: whether its object holds nothing that was not asked for
 */
gboolean
enigm_request_end (EnigmRequest *self, GError **error)
{
  EnigmObject *object = enigm_request_get_object (self, error);

  return object != NULL && enigm_object_end (object, error);
}

/**
 * enigm_request_get_account:
 * @self: a request with a session or a signature
 *
 * Returns: (transfer none) (array fixed-size=16): ID of the account that asks
 */
const guint8 *
enigm_request_get_account (EnigmRequest *self)
{
  return self->account;
}

/**
 * enigm_request_get_computer:
 * @self: a request with a session or a signature
 *
 * Returns: (transfer none) (array fixed-size=16): ID of the computer that asks
 */
const guint8 *
enigm_request_get_computer (EnigmRequest *self)
{
  return self->computer;
}

/**
 * enigm_request_get_session_expiry:
 * @self: a request with a session
 *
 * Returns: when its session ends, Unix seconds
 */
gint64
enigm_request_get_session_expiry (EnigmRequest *self)
{
  return self->session_expires;
}

/**
 * enigm_request_is_answered:
 * @self: a request
 *
 * Returns: whether it has its answer
 */
gboolean
enigm_request_is_answered (EnigmRequest *self)
{
  return self->answered;
}

/**
 * enigm_request_set_header:
 * @self: a request without an answer
 * @name: name of a field
 * @value: its value
 *
 * Sets a field of the answer, before it is given.
 */
void
enigm_request_set_header (EnigmRequest *self, const gchar *name, const gchar *value)
{
  g_return_if_fail (!self->answered);
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message), name,
                                value);
}

/**
 * enigm_request_reply:
 * @self: a request without an answer
 * @status: HTTP status; not 204, after which libsoup's TLS connection cannot be used again
 * @type: media type
 * @body: what to say
 */
void
enigm_request_reply (EnigmRequest *self, guint status, const gchar *type, GBytes *body)
{
  gsize size;
  gconstpointer data;

  g_return_if_fail (!self->answered && status != SOUP_STATUS_NO_CONTENT);

  self->answered = TRUE;
  data = g_bytes_get_data (body, &size);
  soup_server_message_set_status (self->message, status, NULL);
  soup_server_message_set_response (self->message, type, SOUP_MEMORY_COPY, data, size);
  soup_server_message_unpause (self->message);
}

/**
 * enigm_request_reply_json:
 * @self: a request without an answer
 * @status: HTTP status
 * @body: (transfer full): what to say
 */
void
enigm_request_reply_json (EnigmRequest *self, guint status, JsonNode *body)
{
  g_autoptr (GBytes) bytes = NULL;
  gchar *text = json_to_string (body, FALSE);

  bytes = g_bytes_new_take (text, strlen (text));
  json_node_unref (body);
  enigm_request_reply (self, status, "application/json", bytes);
}

/**
 * enigm_request_reply_nothing:
 * @self: a request without an answer
 *
 * Says that it is done: 200 with an empty object.
 */
void
enigm_request_reply_nothing (EnigmRequest *self)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, json_object_new ());
  enigm_request_reply_json (self, SOUP_STATUS_OK, node);
}

/**
 * enigm_request_reply_cbor:
 * @self: a request without an answer
 * @status: HTTP status
 * @body: the encoded message
 */
void
enigm_request_reply_cbor (EnigmRequest *self, guint status, GBytes *body)
{
  enigm_request_reply (self, status, "application/cbor", body);
}

static void
reply_problem_document (EnigmRequest *self,
                        guint status,
                        const gchar *type,
                        const gchar *title,
                        const gchar *detail,
                        const gchar *field)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GBytes) bytes = NULL;
  gchar *text;

  json_object_set_string_member (object, "type", type);
  json_object_set_string_member (object, "title", title);
  json_object_set_int_member (object, "status", status);
  if (detail != NULL)
    json_object_set_string_member (object, "detail", detail);
  if (field != NULL)
    json_object_set_string_member (object, "field", field);
  json_node_set_object (node, object);
  text = json_to_string (node, FALSE);
  bytes = g_bytes_new_take (text, strlen (text));
  enigm_request_reply (self, status, "application/problem+json", bytes);
}

/**
 * enigm_request_reply_problem:
 * @self: a request without an answer
 * @problem: which one
 * @detail: (nullable): what is wrong this time; never a secret
 * @field: (nullable): the member or header field that is wrong
 *
 * Answers with problem+json (RFC 9457).
 */
void
enigm_request_reply_problem (EnigmRequest *self,
                             EnigmProblem problem,
                             const gchar *detail,
                             const gchar *field)
{
  g_autofree gchar *type =
    g_strconcat ("urn:enigm:problem:", enigm_problem_get_name (problem), NULL);

  reply_problem_document (self, enigm_problem_get_status (problem), type,
                          enigm_problem_get_title (problem), detail, field);
}

/**
 * enigm_request_reply_wait:
 * @self: a request without an answer
 * @seconds: until a try makes sense
 * @detail: what there were too many of
 *
 * Answers `too-many`, with Retry-After.
 */
void
enigm_request_reply_wait (EnigmRequest *self, gint64 seconds, const gchar *detail)
{
  g_autofree gchar *text = g_strdup_printf ("%" G_GINT64_FORMAT, seconds);

  enigm_request_set_header (self, "Retry-After", text);
  enigm_request_reply_problem (self, ENIGM_PROBLEM_TOO_MANY, detail, NULL);
}

/**
 * enigm_request_reply_error:
 * @self: a request without an answer
 * @error: (nullable): why it was not done; %NULL where the database lacks what must be there
 *
 * Answers with the problem that @error is. What is not a problem of the person who asked, a full
 * disk for example, is logged here and answered `internal` without a word more.
 */
void
enigm_request_reply_error (EnigmRequest *self, const GError *error)
{
  if (error != NULL && error->domain == ENIGM_PROBLEM)
    {
      enigm_request_reply_problem (self, error->code, error->message,
                                   enigm_problem_get_field (error));
      return;
    }
  g_warning ("not done: %s", error != NULL ? error->message : "a row is missing");
  enigm_request_reply_problem (self, ENIGM_PROBLEM_INTERNAL, NULL, NULL);
}

/**
 * enigm_request_reply_method:
 * @self: a request without an answer
 * @allowed: the methods that its path knows, with commas between
 *
 * Answers 405. The list of problems has no name for it, so it carries none (RFC 9457, section
 * 4.2.1).
 */
void
enigm_request_reply_method (EnigmRequest *self, const gchar *allowed)
{
  enigm_request_set_header (self, "Allow", allowed);
  reply_problem_document (self, SOUP_STATUS_METHOD_NOT_ALLOWED, "about:blank", "Method Not Allowed",
                          NULL, NULL);
}

/**
 * enigm_request_take_over:
 * @self: a request without an answer
 *
 * Says that the caller writes the answer to the message itself, piece by piece.
 */
void
enigm_request_take_over (EnigmRequest *self)
{
  g_return_if_fail (!self->answered);
  self->answered = TRUE;
}

/**
 * enigm_request_set_path_arguments:
 * @self: a request
 * @arguments: (transfer full): what stands for each `{}` of the route's pattern
 */
void
enigm_request_set_path_arguments (EnigmRequest *self, GStrv arguments)
{
  g_strfreev (self->path_arguments);
  self->path_arguments = arguments;
}

/**
 * enigm_request_set_who:
 * @self: a request
 * @account: (array fixed-size=16): ID of the account that asks
 * @computer: (array fixed-size=16): ID of its computer
 * @session_expires: when the session ends, Unix seconds, or 0 without one
 */
void
enigm_request_set_who (EnigmRequest *self,
                       const guint8 *account,
                       const guint8 *computer,
                       gint64 session_expires)
{
  memcpy (self->account, account, ENIGM_ID_SIZE);
  memcpy (self->computer, computer, ENIGM_ID_SIZE);
  self->session_expires = session_expires;
}
