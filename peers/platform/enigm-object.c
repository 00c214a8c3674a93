/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-object.h"

#include "app/protocol/enigm-json-check.h"

struct _EnigmObject
{
  /* What keeps the members alive: the parser of the outermost object. */
  JsonNode *node;
  JsonObject *object;
  /* Names that were asked for. */
  GHashTable *asked;
};

static EnigmObject *
object_new (JsonNode *node)
{
  EnigmObject *self = g_new0 (EnigmObject, 1);

  self->node = json_node_ref (node);
  self->object = json_node_get_object (node);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * enigm_object_parse:
 * @text: a request's body
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer full) (nullable): the JSON object it is
 */
EnigmObject *
enigm_object_parse (GBytes *text, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize size;
  const gchar *data;

  g_return_val_if_fail (text != NULL, NULL);

  data = g_bytes_get_data (text, &size);
  if (!enigm_json_check (data, size, NULL) ||
      !json_parser_load_from_data (parser, data, size, NULL))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, NULL, "the body is not JSON");
      return NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, NULL, "the body is not an object");
      return NULL;
    }
  return object_new (json_parser_get_root (parser));
}

/**
 * enigm_object_free:
 * @self: (transfer full): an object
 */
void
enigm_object_free (EnigmObject *self)
{
  json_node_unref (self->node);
  g_hash_table_unref (self->asked);
  g_free (self);
}

static JsonNode *
get_member (EnigmObject *self, const gchar *name, GError **error)
{
  JsonNode *node = json_object_get_member (self->object, name);

  g_hash_table_add (self->asked, g_strdup (name));
  if (node == NULL)
    enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name, "it is missing");
  return node;
}

/**
 * enigm_object_get_string:
 * @self: an object
 * @name: a member
 * @min: least number of bytes
 * @max: greatest number of bytes
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer none) (nullable): its text, valid as long as @self
 */
const gchar *
enigm_object_get_string (EnigmObject *self, const gchar *name, gsize min, gsize max, GError **error)
{
  JsonNode *node;
  const gchar *value;

  g_return_val_if_fail (self != NULL && name != NULL && min <= max, NULL);

  node = get_member (self, name, error);
  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name, "it is not text");
      return NULL;
    }
  value = json_node_get_string (node);
  if (strlen (value) < min || strlen (value) > max)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name,
                         "it does not have %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT " bytes", min,
                         max);
      return NULL;
    }
  return value;
}

/**
 * enigm_object_get_integer:
 * @self: an object
 * @name: a member
 * @min: least value
 * @max: greatest value
 * @value: (out): the number
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: whether it is there and within bounds
 */
gboolean
enigm_object_get_integer (EnigmObject *self,
                          const gchar *name,
                          gint64 min,
                          gint64 max,
                          gint64 *value,
                          GError **error)
{
  JsonNode *node;

  g_return_val_if_fail (self != NULL && name != NULL && value != NULL, FALSE);

  node = get_member (self, name, error);
  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 ||
      json_node_get_int (node) < min || json_node_get_int (node) > max)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name,
                         "it is not a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min,
                         max);
      return FALSE;
    }
  *value = json_node_get_int (node);
  return TRUE;
}

/**
 * enigm_object_get_boolean:
 * @self: an object
 * @name: a member
 * @value: (out): its value
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: whether it is there and true or false
 */
gboolean
enigm_object_get_boolean (EnigmObject *self, const gchar *name, gboolean *value, GError **error)
{
  JsonNode *node;

  g_return_val_if_fail (self != NULL && name != NULL && value != NULL, FALSE);

  node = get_member (self, name, error);
  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name, "it is not true or false");
      return FALSE;
    }
  *value = json_node_get_boolean (node);
  return TRUE;
}

/**
 * enigm_object_get_bytes:
 * @self: an object
 * @name: a member
 * @min: least number of bytes, decoded
 * @max: greatest number of bytes, decoded
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer full) (nullable): what its base64url stands for
 */
GBytes *
enigm_object_get_bytes (EnigmObject *self, const gchar *name, gsize min, gsize max, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  const gchar *text =
    enigm_object_get_string (self, name, (min * 4 + 2) / 3, (max * 4 + 2) / 3, error);

  if (text == NULL)
    return NULL;
  bytes = enigm_base64url_decode (text, min, max);
  if (bytes == NULL)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name,
                         "it is not base64url without padding of the right length");
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

/**
 * enigm_object_get_id:
 * @self: an object
 * @name: a member
 * @id: (out caller-allocates) (array fixed-size=16): the identifier
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: whether it is there and an identifier
 */
gboolean
enigm_object_get_id (EnigmObject *self, const gchar *name, guint8 id[ENIGM_ID_SIZE], GError **error)
{
  const gchar *text =
    enigm_object_get_string (self, name, ENIGM_ID_SIZE * 2, ENIGM_ID_SIZE * 2, error);

  if (text == NULL)
    return FALSE;
  if (enigm_text_to_id (text, id))
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name, "it is not 32 lower-case hex digits");
  return FALSE;
}

/**
 * enigm_object_get_object:
 * @self: an object
 * @name: a member
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer full) (nullable): the object in it, to be ended for itself
 */
EnigmObject *
enigm_object_get_object (EnigmObject *self, const gchar *name, GError **error)
{
  JsonNode *node;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  node = get_member (self, name, error);
  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name, "it is not an object");
      return NULL;
    }
  return object_new (node);
}

/**
 * enigm_object_get_strings:
 * @self: an object
 * @name: a member
 * @max_items: greatest number of items
 * @max_length: greatest number of bytes in one
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer full) (nullable): the texts in its array
 */
GStrv
enigm_object_get_strings (EnigmObject *self,
                          const gchar *name,
                          gsize max_items,
                          gsize max_length,
                          GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonNode *node;
  JsonArray *array;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  node = get_member (self, name, error);
  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) > max_items)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name,
                         "it is not an array of at most %" G_GSIZE_FORMAT, max_items);
      return NULL;
    }
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (item) || json_node_get_value_type (item) != G_TYPE_STRING ||
          strlen (json_node_get_string (item)) > max_length)
        {
          enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name,
                             "an item is not text of at most %" G_GSIZE_FORMAT " bytes",
                             max_length);
          return NULL;
        }
      g_strv_builder_add (builder, json_node_get_string (item));
    }
  return g_strv_builder_end (builder);
}

/**
 * enigm_object_is_null:
 * @self: an object
 * @name: a member
 *
 * Returns: whether it is missing or null; for what may be left out
 */
gboolean
enigm_object_is_null (EnigmObject *self, const gchar *name)
{
  JsonNode *node;

  g_return_val_if_fail (self != NULL && name != NULL, FALSE);

  node = get_member (self, name, NULL);
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

/**
 * enigm_object_has:
 * @self: an object
 * @name: a member
 *
 * Returns: whether it is there; for what may be left out
 */
gboolean
enigm_object_has (EnigmObject *self, const gchar *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, FALSE);
  return json_object_has_member (self->object, name);
}

/**
 * enigm_object_end:
 * @self: an object
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: whether every member was asked for; one that was not is refused
 */
gboolean
enigm_object_end (EnigmObject *self, GError **error)
{
  JsonObjectIter iter;
  const gchar *name;

  g_return_val_if_fail (self != NULL, FALSE);

  json_object_iter_init (&iter, self->object);
  while (json_object_iter_next (&iter, &name, NULL))
    {
      if (!g_hash_table_contains (self->asked, name))
        {
          enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, strlen (name) <= 64 ? name : NULL,
                             "there is no such member here");
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * enigm_text_to_id:
 * @text: from outside
 * @id: (out caller-allocates) (array fixed-size=16): the identifier
 *
 * Returns: whether @text is 32 lower-case hex digits
 */
gboolean
enigm_text_to_id (const gchar *text, guint8 id[ENIGM_ID_SIZE])
{
  return enigm_hex_decode (text, id, ENIGM_ID_SIZE);
}

/**
 * enigm_object_set_time_or_null:
 * @object: an object that goes out
 * @name: a member
 * @time: Unix seconds, or 0 for a time that has not come
 */
void
enigm_object_set_time_or_null (JsonObject *object, const gchar *name, gint64 time)
{
  if (time > 0)
    json_object_set_int_member (object, name, time);
  else
    json_object_set_null_member (object, name);
}
