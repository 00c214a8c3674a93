/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as text, in the one canonical form each: what is decoded encodes to the same text again.
 * Otherwise one value would have several spellings, and a look-up, a signature or a replay check
 * could be led past one of them. */
#include "enigm-text.h"

#include <string.h>

static const gchar base64_alphabet[] =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const gchar base64url_alphabet[] =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * enigm_hex_encode:
 * @data: (array length=len): bytes
 * @len: how many
 *
 * Returns: (transfer full): 2 * @len lower-case characters
 */
gchar *
enigm_hex_encode (gconstpointer data, gsize len)
{
  static const gchar digits[] = "0123456789abcdef";
  const guint8 *bytes = data;
  gchar *text;

  g_return_val_if_fail (data != NULL || len == 0, NULL);

  text = g_malloc (2 * len + 1);
  for (gsize i = 0; i < len; i++)
    {
      text[2 * i] = digits[bytes[i] >> 4];
      text[2 * i + 1] = digits[bytes[i] & 15];
    }
  text[2 * len] = '\0';
  return text;
}

/**
 * enigm_hex_decode:
 * @text: what came from outside
 * @data_out: (out caller-allocates) (array length=len): the bytes; zeroed if @text does not fit
 * @len: the exact number of bytes
 *
 * Returns: whether @text is exactly 2 * @len lower-case hex characters
 */
gboolean
enigm_hex_decode (const gchar *text, guint8 *data_out, gsize len)
{
  g_return_val_if_fail (text != NULL && data_out != NULL, FALSE);

  if (strlen (text) != 2 * len)
    {
      memset (data_out, 0, len);
      return FALSE;
    }
  for (gsize i = 0; i < len; i++)
    {
      if (!g_ascii_isxdigit (text[2 * i]) || g_ascii_isupper (text[2 * i]) ||
          !g_ascii_isxdigit (text[2 * i + 1]) || g_ascii_isupper (text[2 * i + 1]))
        {
          memset (data_out, 0, len);
          return FALSE;
        }
      data_out[i] =
        (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
    }
  return TRUE;
}

/**
 * enigm_base64url_encode:
 * @data: (array length=len): bytes
 * @len: how many
 *
 * Returns: (transfer full): base64url without padding (RFC 4648, sections 5 and 3.2)
 */
gchar *
enigm_base64url_encode (gconstpointer data, gsize len)
{
  gchar *text;

  g_return_val_if_fail (data != NULL || len == 0, NULL);

  text = g_base64_encode (data, len);
  text[strcspn (text, "=")] = '\0';
  return g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
}

static GBytes *
decode (const gchar *text, gsize n_chars, const gchar *alphabet, gsize min_len, gsize max_len)
{
  gsize len = n_chars / 4 * 3 + (n_chars % 4 == 0 ? 0 : n_chars % 4 - 1);
  g_autofree guint8 *data = NULL;
  gsize at = 0;
  guint32 word = 0;
  guint n_bits = 0;

  if (n_chars % 4 == 1 || len < min_len || len > max_len)
    return NULL;
  data = g_malloc (len + 1);
  for (gsize i = 0; i < n_chars; i++)
    {
      const gchar *found = strchr (alphabet, text[i]);

      if (found == NULL)
        return NULL;
      word = (word << 6 | (guint32) (found - alphabet)) & 0xffff;
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          data[at++] = word >> n_bits & 0xff;
        }
    }
  g_assert (at == len);
  /* Bits behind the last byte would give one value several spellings. */
  if ((word & ((1u << n_bits) - 1)) != 0)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), len);
}

/**
 * enigm_base64url_decode:
 * @text: what came from outside
 * @min_len: bytes, at least
 * @max_len: bytes, at most
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL unless @text is their canonical
 *   base64url without padding
 */
GBytes *
enigm_base64url_decode (const gchar *text, gsize min_len, gsize max_len)
{
  g_return_val_if_fail (text != NULL, NULL);

  return decode (text, strlen (text), base64url_alphabet, min_len, max_len);
}

/**
 * enigm_base64_decode:
 * @text: what came from outside
 * @min_len: bytes, at least
 * @max_len: bytes, at most
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL unless @text is their canonical base64
 *   with padding (RFC 4648, section 4), as structured fields have it
 */
GBytes *
enigm_base64_decode (const gchar *text, gsize min_len, gsize max_len)
{
  gsize n_chars;

  g_return_val_if_fail (text != NULL, NULL);

  n_chars = strlen (text);
  if (n_chars % 4 != 0)
    return NULL;
  if (n_chars > 0 && text[n_chars - 1] == '=')
    n_chars -= text[n_chars - 2] == '=' ? 2 : 1;
  return decode (text, n_chars, base64_alphabet, min_len, max_len);
}
