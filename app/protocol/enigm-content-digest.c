/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-content-digest.h"

#include <string.h>

#include "enigm-error.h"
#include "enigm-hash.h"
#include "enigm-text.h"

#define PREFIX "sha-256=:"

/**
 * enigm_content_digest_format:
 * @body: (nullable): the body's bytes; %NULL for none, which has a digest too
 *
 * Returns: (transfer full): the value of Content-Digest (RFC 9530, section 2), sha-256 alone
 */
gchar *
enigm_content_digest_format (GBytes *body)
{
  guint8 digest[ENIGM_SHA256_SIZE];
  g_autofree gchar *base64 = NULL;

  if (body != NULL)
    {
      EnigmPart part = enigm_part_bytes (body);

      enigm_sha256 (&part, 1, digest);
    }
  else
    enigm_sha256 (NULL, 0, digest);
  base64 = g_base64_encode (digest, sizeof digest);
  return g_strconcat (PREFIX, base64, ":", NULL);
}

/**
 * enigm_content_digest_check:
 * @field: (nullable): the field's value as it came
 * @n_fields: how many Content-Digest fields the message has; anything but one is refused
 * @body: (nullable): the body's bytes; %NULL for none
 * @error: return location
 *
 * Reads a Content-Digest in the one form there is, `sha-256=:…:`, and compares it with the body's
 * own digest. Other algorithms, lists, parameters and spaces are refused.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED (another form) or %ENIGM_ERROR_NOT_GENUINE
 *   (of another body)
 */
gboolean
enigm_content_digest_check (const gchar *field, guint n_fields, GBytes *body, GError **error)
{
  g_autofree gchar *expected = NULL;
  g_autofree gchar *base64 = NULL;
  g_autoptr (GBytes) digest = NULL;
  gsize len;

  if (n_fields != 1 || field == NULL)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           n_fields > 1 ? "Content-Digest: is there more than once"
                                        : "Content-Digest: is missing");
      return FALSE;
    }
  len = strlen (field);
  if (g_str_has_prefix (field, PREFIX) && len > strlen (PREFIX) && field[len - 1] == ':')
    {
      base64 = g_strndup (field + strlen (PREFIX), len - strlen (PREFIX) - 1);
      digest = enigm_base64_decode (base64, ENIGM_SHA256_SIZE, ENIGM_SHA256_SIZE);
    }
  if (digest == NULL)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "Content-Digest: is not one sha-256 digest");
      return FALSE;
    }
  /* The form is canonical, so the text says it all; a digest is no secret. */
  expected = enigm_content_digest_format (body);
  if (strcmp (expected, field) != 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                           "Content-Digest: is of another body");
      return FALSE;
    }
  return TRUE;
}
