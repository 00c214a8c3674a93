/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-json.h"
#include "enigm-model-private.h"
#include "protocol/enigm-base32.h"

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

/* Digits of a contact ID, and how they are grouped (PROTOCOL.md, section 1). */
#define N_DIGITS 20
#define GROUP 4

/* A contact ID as typed, in its canonical form; %NULL if it is not one. */
gchar *
enigm_model_canonical_contact_id (const gchar *text)
{
  guint8 digits[N_DIGITS];

  if (!enigm_base32_normalize (text, N_DIGITS, digits, NULL))
    return NULL;
  return enigm_base32_format (digits, N_DIGITS, GROUP);
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
  canonical = enigm_model_canonical_contact_id (text);
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
