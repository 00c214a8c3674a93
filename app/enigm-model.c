/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-json.h"
#include "enigm-model-private.h"
#include "protocol/enigm-contact-id.h"

/* Longest reason or other word of the platform's, in bytes. */
#define MAX_WORD 64

void
enigm_model_set_string (GObject *object, gchar **field, const gchar *value, GParamSpec *pspec)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (object, pspec);
}

/**
 * enigm_model_read_contact_id:
 *
 * Reads a contact ID and checks its check digits; @out is in the canonical form.
 */
gboolean
enigm_model_read_contact_id (JsonObject *json, const gchar *field, gchar **out, GError **error)
{
  g_autofree gchar *text = NULL;
  g_autofree gchar *canonical = NULL;

  if (!enigm_json_read_string (json, field, 64, &text, error))
    return FALSE;
  canonical = enigm_contact_id_canonicalize (text, NULL);
  if (canonical == NULL)
    {
      g_autoptr (JsonObject) empty = json_object_new ();

      /* Refused in the words of any other field that is wrong. */
      return enigm_json_read_string (empty, field, 0, out, error);
    }
  *out = g_steal_pointer (&canonical);
  return TRUE;
}

gboolean
enigm_model_read_word_or_null (JsonObject *json, const gchar *field, gchar **out, GError **error)
{
  JsonNode *node = json_object_get_member (json, field);

  if (node != NULL && JSON_NODE_HOLDS_NULL (node))
    {
      *out = g_strdup ("");
      return TRUE;
    }
  return enigm_json_read_string (json, field, MAX_WORD, out, error);
}
