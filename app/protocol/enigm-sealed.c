/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-sealed.h"

#include "enigm-gcm-private.h"

/* Seven letters and the version of what follows: 12 bytes of nonce, ciphertext, 16 bytes of tag. */
static const guint8 header[8] = { 'e', 'n', 'i', 'g', 'm', 's', 'b', 0x01 };

G_STATIC_ASSERT (sizeof header + ENIGM_GCM_NONCE_SIZE + ENIGM_GCM_TAG_SIZE ==
                 ENIGM_SEALED_OVERHEAD);

/**
 * enigm_sealed_seal:
 * @key: 32 bytes, used for nothing but sealing, fewer than 2³² times
 * @label: what and whose this is; not secret, not stored, and needed again to open
 * @plain: up to %ENIGM_SEALED_MAX bytes
 * @error: return location for an error
 *
 * Seals a blob for a file or a database's column: AES-256-GCM under a random nonce, with the header
 * and @label as additional data. The label keeps a blob from being put in another's place; an older
 * blob under the same label still opens.
 *
 * Returns: (transfer full): the blob, or %NULL with %ENIGM_ERROR_RANDOMNESS
 */
GBytes *
enigm_sealed_seal (EnigmSecret *key, const char *label, GBytes *plain, GError **error)
{
  guint8 nonce[ENIGM_GCM_NONCE_SIZE];
  guint8 *blob;
  gsize len;

  g_return_val_if_fail (key != NULL && enigm_secret_get_length (key) == ENIGM_GCM_KEY_SIZE, NULL);
  g_return_val_if_fail (label != NULL && *label != '\0', NULL);
  g_return_val_if_fail (plain != NULL && g_bytes_get_size (plain) <= ENIGM_SEALED_MAX, NULL);

  if (!enigm_random_bytes (nonce, sizeof nonce, error))
    return NULL;

  len = g_bytes_get_size (plain) + ENIGM_SEALED_OVERHEAD;
  blob = g_malloc (len);
  memcpy (blob, header, sizeof header);
  memcpy (blob + sizeof header, nonce, sizeof nonce);
  enigm_gcm_seal (key, nonce, ENIGM_PARTS ({ header, sizeof header }, { label, strlen (label) }),
                  plain, blob + sizeof header + sizeof nonce);

  return g_bytes_new_take (blob, len);
}

/**
 * enigm_sealed_open:
 * @key: the key it was sealed with
 * @label: the label it was sealed with
 * @sealed: the blob
 * @error: return location for an error
 *
 * Returns: (transfer full): what was sealed, in memory that is wiped with it, or %NULL with
 *   %ENIGM_ERROR_MALFORMED where @sealed is no such blob, or %ENIGM_ERROR_NOT_GENUINE where it was
 *   changed, or sealed under another key or label
 */
GBytes *
enigm_sealed_open (EnigmSecret *key, const char *label, GBytes *sealed, GError **error)
{
  const guint8 *data;
  gsize len;
  GBytes *plain;

  g_return_val_if_fail (key != NULL && enigm_secret_get_length (key) == ENIGM_GCM_KEY_SIZE, NULL);
  g_return_val_if_fail (label != NULL && *label != '\0', NULL);
  g_return_val_if_fail (sealed != NULL, NULL);

  data = g_bytes_get_data (sealed, &len);
  if (len < ENIGM_SEALED_OVERHEAD || len > ENIGM_SEALED_MAX + ENIGM_SEALED_OVERHEAD ||
      memcmp (data, header, sizeof header) != 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "sealed blob: length or header is not one of ours");
      return NULL;
    }

  plain = enigm_gcm_open (
    key, data + sizeof header, ENIGM_PARTS ({ header, sizeof header }, { label, strlen (label) }),
    data + sizeof header + ENIGM_GCM_NONCE_SIZE, len - sizeof header - ENIGM_GCM_NONCE_SIZE);
  if (plain == NULL)
    g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                         "sealed blob: changed, or under another key or label");

  return plain;
}
