/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-contact-id.h"

#include <string.h>

#include "enigm-base32.h"
#include "enigm-error.h"
#include "enigm-hash.h"
#include "enigm-secret.h"

#define N_ID_DIGITS 16
#define N_CHECK_DIGITS 4
#define N_DIGITS (N_ID_DIGITS + N_CHECK_DIGITS)
#define GROUP 4

/* The first 20 bits of a hash: any slip, however many characters it touches, passes with a chance
 * of one in a million, and no two IDs lie close to each other. */
static void
check_digits (const guint8 id[ENIGM_CONTACT_ID_SIZE], guint8 check[N_CHECK_DIGITS])
{
  guint8 digest[ENIGM_SHA256_SIZE];
  guint32 bits;

  enigm_sha256 (ENIGM_PARTS (ENIGM_TEXT ("enigm contact id 1"), { id, ENIGM_CONTACT_ID_SIZE }),
                digest);
  bits = (guint32) digest[0] << 12 | (guint32) digest[1] << 4 | digest[2] >> 4;
  for (gint i = 0; i < N_CHECK_DIGITS; i++)
    check[i] = bits >> 5 * (N_CHECK_DIGITS - 1 - i) & 31;
}

/**
 * enigm_contact_id_new_random:
 * @id_out: (out): 80 random bits
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_RANDOMNESS
 */
gboolean
enigm_contact_id_new_random (guint8 id_out[ENIGM_CONTACT_ID_SIZE], GError **error)
{
  g_return_val_if_fail (id_out != NULL, FALSE);

  return enigm_random_bytes (id_out, ENIGM_CONTACT_ID_SIZE, error);
}

/**
 * enigm_contact_id_format:
 * @id: a contact ID
 *
 * Returns: (transfer full): its one canonical text, `XXXX-XXXX-XXXX-XXXX-XXXX`: 16 characters of
 *   Crockford's base32 and 4 of check, the first 20 bits of SHA-256 over `"enigm contact id 1"` and
 *   the 10 bytes
 */
gchar *
enigm_contact_id_format (const guint8 id[ENIGM_CONTACT_ID_SIZE])
{
  guint8 digits[N_DIGITS];

  g_return_val_if_fail (id != NULL, NULL);

  enigm_base32_split (id, ENIGM_CONTACT_ID_SIZE, digits);
  check_digits (id, digits + N_ID_DIGITS);
  return enigm_base32_format (digits, N_DIGITS, GROUP);
}

/**
 * enigm_contact_id_parse:
 * @text: a contact ID as somebody typed or pasted it
 * @id_out: (out): the ID; zeroed if @text is none
 * @error: return location
 *
 * Reads either case, O as 0, I and L as 1, and hyphens and spaces anywhere.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED (not 20 characters of the alphabet) or
 *   %ENIGM_ERROR_CODE_MISTYPED (the check does not fit)
 */
gboolean
enigm_contact_id_parse (const gchar *text, guint8 id_out[ENIGM_CONTACT_ID_SIZE], GError **error)
{
  guint8 digits[N_DIGITS];
  guint8 check[N_CHECK_DIGITS];

  g_return_val_if_fail (text != NULL && id_out != NULL, FALSE);

  memset (id_out, 0, ENIGM_CONTACT_ID_SIZE);
  if (!enigm_base32_normalize (text, N_DIGITS, digits, error))
    return FALSE;
  enigm_base32_join (digits, N_ID_DIGITS, id_out);
  check_digits (id_out, check);
  if (memcmp (check, digits + N_ID_DIGITS, N_CHECK_DIGITS) == 0)
    return TRUE;
  memset (id_out, 0, ENIGM_CONTACT_ID_SIZE);
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_CODE_MISTYPED,
                       "contact ID: a character is wrong");
  return FALSE;
}

/**
 * enigm_contact_id_canonicalize:
 * @text: a contact ID as somebody typed or pasted it
 * @error: return location
 *
 * Returns: (transfer full) (nullable): its one canonical text, or %NULL as
 *   enigm_contact_id_parse() fails
 */
gchar *
enigm_contact_id_canonicalize (const gchar *text, GError **error)
{
  guint8 id[ENIGM_CONTACT_ID_SIZE];

  g_return_val_if_fail (text != NULL, NULL);

  if (!enigm_contact_id_parse (text, id, error))
    return NULL;
  return enigm_contact_id_format (id);
}
