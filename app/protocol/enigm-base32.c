/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-base32.h"

#include <string.h>

#include "enigm-error.h"

/* Crockford's alphabet: no I, L, O (read as 1, 1, 0) and no U. */
static const gchar alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * enigm_base32_digit_to_char:
 * @digit: a digit, 0..31
 *
 * Returns: the canonical capital for @digit in Crockford's base32
 */
gchar
enigm_base32_digit_to_char (guint8 digit)
{
  g_return_val_if_fail (digit < 32, '0');

  return alphabet[digit];
}

/**
 * enigm_base32_char_to_digit:
 * @ch: an ASCII character of either case
 *
 * Reads look-alikes as Crockford says: O as 0, I and L as 1.
 *
 * Returns: the digit 0..31, or -1 where @ch is none
 */
gint
enigm_base32_char_to_digit (gchar ch)
{
  const gchar *found;

  ch = g_ascii_toupper (ch);
  if (ch == 'O')
    return 0;
  if (ch == 'I' || ch == 'L')
    return 1;
  if (ch == '\0')
    return -1;
  found = strchr (alphabet, ch);
  return found != NULL ? (gint) (found - alphabet) : -1;
}

/**
 * enigm_base32_normalize:
 * @text: what was typed or pasted
 * @n_expected: how many digits it must hold, at most %ENIGM_BASE32_MAX_DIGITS
 * @digits_out: (out caller-allocates) (array length=n_expected): the digits, each 0..31
 * @error: return location
 *
 * Reads a code as a person writes it: either case, look-alikes, and hyphens and spaces anywhere.
 * The error never repeats @text, which may be a secret.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED; @digits_out is then zeroed
 */
gboolean
enigm_base32_normalize (const gchar *text, gsize n_expected, guint8 *digits_out, GError **error)
{
  gsize n_digits = 0;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (n_expected > 0 && n_expected <= ENIGM_BASE32_MAX_DIGITS, FALSE);
  g_return_val_if_fail (digits_out != NULL, FALSE);

  for (gsize i = 0; text[i] != '\0'; i++)
    {
      gint digit;

      if (text[i] == '-' || text[i] == ' ')
        continue;
      digit = enigm_base32_char_to_digit (text[i]);
      if (digit < 0)
        {
          g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       "code: character %" G_GSIZE_FORMAT " is none that a code has", n_digits + 1);
          goto refused;
        }
      if (n_digits == n_expected)
        {
          g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       "code: longer than %" G_GSIZE_FORMAT " characters", n_expected);
          goto refused;
        }
      digits_out[n_digits++] = (guint8) digit;
    }

  if (n_digits < n_expected)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                   "code: shorter than %" G_GSIZE_FORMAT " characters", n_expected);
      goto refused;
    }

  return TRUE;

refused:
  memset (digits_out, 0, n_expected);
  return FALSE;
}

/**
 * enigm_base32_format:
 * @digits: (array length=n_digits): digits, each 0..31
 * @n_digits: at least 1, at most %ENIGM_BASE32_MAX_DIGITS
 * @group: a hyphen follows each @group characters but the last; 0 for none
 *
 * Returns: (transfer full): canonical capitals
 */
gchar *
enigm_base32_format (const guint8 *digits, gsize n_digits, gsize group)
{
  /* A hyphen behind each digit at most, and the end. */
  gchar text[2 * ENIGM_BASE32_MAX_DIGITS + 1];
  gsize at = 0;
  gchar *copy;

  g_return_val_if_fail (digits != NULL, NULL);
  g_return_val_if_fail (n_digits > 0 && n_digits <= ENIGM_BASE32_MAX_DIGITS, NULL);

  for (gsize i = 0; i < n_digits; i++)
    {
      if (group != 0 && i != 0 && i % group == 0)
        text[at++] = '-';
      text[at++] = enigm_base32_digit_to_char (digits[i]);
    }
  text[at] = '\0';
  copy = g_strdup (text);
  /* A setup code is a secret: leave none of it on the stack. */
  explicit_bzero (text, sizeof text);
  return copy;
}

/**
 * enigm_base32_split:
 * @bytes: (array length=n_bytes): bytes whose bits fill whole digits
 * @n_bytes: a multiple of 5, at most 20
 * @digits_out: (out caller-allocates): n_bytes * 8 / 5 digits, most significant first
 *
 * Returns: the number of digits written
 */
gsize
enigm_base32_split (const guint8 *bytes, gsize n_bytes, guint8 *digits_out)
{
  gsize n_digits = 0;

  g_return_val_if_fail (bytes != NULL && digits_out != NULL, 0);
  g_return_val_if_fail (n_bytes % 5 == 0 && n_bytes * 8 / 5 <= ENIGM_BASE32_MAX_DIGITS, 0);

  for (gsize i = 0; i < n_bytes; i += 5)
    {
      guint64 word = 0;

      for (gsize k = 0; k < 5; k++)
        word = word << 8 | bytes[i + k];
      for (gint shift = 35; shift >= 0; shift -= 5)
        digits_out[n_digits++] = word >> shift & 31;
    }
  return n_digits;
}

/**
 * enigm_base32_join:
 * @digits: (array length=n_digits): digits, each 0..31, most significant first
 * @n_digits: a multiple of 8, at most %ENIGM_BASE32_MAX_DIGITS
 * @bytes_out: (out caller-allocates): n_digits * 5 / 8 bytes
 *
 * The inverse of enigm_base32_split().
 */
void
enigm_base32_join (const guint8 *digits, gsize n_digits, guint8 *bytes_out)
{
  g_return_if_fail (digits != NULL && bytes_out != NULL);
  g_return_if_fail (n_digits % 8 == 0 && n_digits <= ENIGM_BASE32_MAX_DIGITS);

  for (gsize i = 0; i < n_digits; i += 8)
    {
      guint64 word = 0;

      for (gsize k = 0; k < 8; k++)
        word = word << 5 | (digits[i + k] & 31);
      for (gint shift = 32; shift >= 0; shift -= 8)
        *bytes_out++ = word >> shift & 0xff;
    }
}
