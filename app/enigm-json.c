/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-json.h"
#include "protocol/enigm-json-check.h"
#include "protocol/enigm-text.h"

static gboolean
refuse (const gchar *field, GError **error)
{
  g_set_error (
    error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER,
    /* Translators: %s is the name of a field of the protocol */
    _ ("The platform answered something this version does not understand (“%s”). Nothing "
       "on this computer was changed. Look for an update, or ask whoever runs the "
       "platform."),
    field);
  return FALSE;
}

/**
 * enigm_json_parse:
 * @bytes: a JSON text whose root is an object
 * @error: return location for %ENIGM_ERROR_PLATFORM_ANSWER
 *
 * Returns: (transfer full) (nullable): the object
 */
JsonObject *
enigm_json_parse (GBytes *bytes, GError **error)
{
  return enigm_json_parse_bounded (bytes, ENIGM_JSON_MAX_BYTES, error);
}

/**
 * enigm_json_parse_bounded:
 * @max_bytes: most that is looked at
 *
 * As enigm_json_parse(), with another bound.
 */
JsonObject *
enigm_json_parse_bounded (GBytes *bytes, gsize max_bytes, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  gsize len;
  const gchar *text = g_bytes_get_data (bytes, &len);
  JsonNode *root;

  /* json-glib takes much that is not JSON, at any depth, and loses memory over some of it. */
  if (len > max_bytes || !enigm_json_check (text, len, NULL))
    {
      refuse ("JSON", error);
      return NULL;
    }

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, len, NULL) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      refuse ("JSON", error);
      return NULL;
    }
  return json_node_dup_object (root);
}

static JsonNode *
get_value (JsonObject *object, const gchar *field, GType type)
{
  JsonNode *node = json_object_get_member (object, field);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return NULL;
  return node;
}

gboolean
enigm_json_read_string (JsonObject *object,
                        const gchar *field,
                        gsize max_bytes,
                        gchar **out,
                        GError **error)
{
  JsonNode *node = get_value (object, field, G_TYPE_STRING);

  if (node == NULL || strlen (json_node_get_string (node)) > max_bytes)
    return refuse (field, error);
  *out = json_node_dup_string (node);
  return TRUE;
}

gboolean
enigm_is_hex (const gchar *text, gsize n_chars)
{
  return strlen (text) == n_chars && strspn (text, "0123456789abcdef") == n_chars;
}

gboolean
enigm_json_read_hex (JsonObject *object,
                     const gchar *field,
                     gsize n_chars,
                     gchar **out,
                     GError **error)
{
  JsonNode *node = get_value (object, field, G_TYPE_STRING);

  if (node == NULL || !enigm_is_hex (json_node_get_string (node), n_chars))
    return refuse (field, error);
  *out = json_node_dup_string (node);
  return TRUE;
}

gboolean
enigm_json_read_bytes (JsonObject *object,
                       const gchar *field,
                       gsize min,
                       gsize max,
                       GBytes **out,
                       GError **error)
{
  JsonNode *node = get_value (object, field, G_TYPE_STRING);
  g_autoptr (GBytes) bytes = NULL;

  if (node != NULL)
    bytes = enigm_base64url_decode (json_node_get_string (node), min, max);
  if (bytes == NULL)
    return refuse (field, error);
  *out = g_steal_pointer (&bytes);
  return TRUE;
}

gboolean
enigm_json_read_int (JsonObject *object,
                     const gchar *field,
                     gint64 min,
                     gint64 max,
                     gint64 *out,
                     GError **error)
{
  JsonNode *node = get_value (object, field, G_TYPE_INT64);
  gint64 value;

  if (node == NULL)
    return refuse (field, error);
  value = json_node_get_int (node);
  if (value < min || value > max)
    return refuse (field, error);
  *out = value;
  return TRUE;
}

gboolean
enigm_json_read_number (JsonObject *object,
                        const gchar *field,
                        gdouble min,
                        gdouble max,
                        gdouble *out,
                        GError **error)
{
  JsonNode *node = get_value (object, field, G_TYPE_DOUBLE);
  gdouble value;

  if (node == NULL && (node = get_value (object, field, G_TYPE_INT64)) == NULL)
    return refuse (field, error);
  value = json_node_get_double (node);
  /* Written so that not-a-number is refused as well. */
  if (!(value >= min && value <= max))
    return refuse (field, error);
  *out = value;
  return TRUE;
}

gboolean
enigm_json_read_bool (JsonObject *object, const gchar *field, gboolean *out, GError **error)
{
  JsonNode *node = get_value (object, field, G_TYPE_BOOLEAN);

  if (node == NULL)
    return refuse (field, error);
  *out = json_node_get_boolean (node);
  return TRUE;
}

gboolean
enigm_json_read_time (JsonObject *object, const gchar *field, gint64 *out, GError **error)
{
  return enigm_json_read_int (object, field, 0, ENIGM_JSON_MAX_TIME, out, error);
}

static gboolean
is_null (JsonObject *object, const gchar *field)
{
  JsonNode *node = json_object_get_member (object, field);

  return node != NULL && JSON_NODE_HOLDS_NULL (node);
}

/* Zero stands for null. */
gboolean
enigm_json_read_time_or_null (JsonObject *object, const gchar *field, gint64 *out, GError **error)
{
  if (is_null (object, field))
    {
      *out = 0;
      return TRUE;
    }
  return enigm_json_read_time (object, field, out, error);
}

/* @out is the index of the member's value in @names. */
gboolean
enigm_json_read_choice (JsonObject *object,
                        const gchar *field,
                        const gchar *const *names,
                        guint *out,
                        GError **error)
{
  JsonNode *node = get_value (object, field, G_TYPE_STRING);

  if (node != NULL)
    for (guint i = 0; names[i] != NULL; i++)
      if (g_str_equal (json_node_get_string (node), names[i]))
        {
          *out = i;
          return TRUE;
        }
  return refuse (field, error);
}

gboolean
enigm_json_read_object (JsonObject *object, const gchar *field, JsonObject **out, GError **error)
{
  JsonNode *node = json_object_get_member (object, field);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return refuse (field, error);
  *out = json_node_get_object (node);
  return TRUE;
}

gboolean
enigm_json_read_object_or_null (JsonObject *object,
                                const gchar *field,
                                JsonObject **out,
                                GError **error)
{
  if (is_null (object, field))
    {
      *out = NULL;
      return TRUE;
    }
  return enigm_json_read_object (object, field, out, error);
}

gboolean
enigm_json_read_array (JsonObject *object,
                       const gchar *field,
                       guint max,
                       JsonArray **out,
                       GError **error)
{
  JsonNode *node = json_object_get_member (object, field);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return refuse (field, error);
  array = json_node_get_array (node);
  if (json_array_get_length (array) > max)
    return refuse (field, error);
  *out = array;
  return TRUE;
}

JsonObject *
enigm_json_element_object (JsonArray *array, const gchar *field, guint index, GError **error)
{
  JsonNode *node = json_array_get_element (array, index);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      refuse (field, error);
      return NULL;
    }
  return json_node_get_object (node);
}
