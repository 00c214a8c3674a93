/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-code-format.h"

#include "protocol/enigm-base32.h"

#define GROUP 4

static gboolean
is_separator (gunichar ch)
{
  GUnicodeType type = g_unichar_type (ch);

  /* A person's word processor makes other hyphens than the one on the key. */
  return g_unichar_isspace (ch) || type == G_UNICODE_DASH_PUNCTUATION || ch == '_' || ch == '.';
}

char *
enigm_code_format (const char *text,
                   guint n_digits,
                   guint cursor,
                   guint *cursor_out,
                   gunichar *strange)
{
  GString *code = g_string_new (NULL);
  guint place = 0;
  guint digits = 0;
  guint digits_before_cursor = 0;

  g_return_val_if_fail (g_utf8_validate (text, -1, NULL), NULL);

  if (strange != NULL)
    *strange = 0;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at), place++)
    {
      const gunichar ch = g_utf8_get_char (at);
      const int digit = ch < 128 ? enigm_base32_char_to_digit ((char) ch) : -1;

      if (digit < 0)
        {
          if (!is_separator (ch) && strange != NULL && *strange == 0)
            *strange = ch;
          continue;
        }
      if (digits == n_digits)
        continue;
      if (digits > 0 && digits % GROUP == 0)
        g_string_append_c (code, '-');
      g_string_append_c (code, enigm_base32_digit_to_char (digit));
      digits++;
      if (place < cursor)
        digits_before_cursor = digits;
    }
  /* After the last digit of a group the next one is typed behind the hyphen, which comes with it.
   */
  if (cursor_out != NULL)
    *cursor_out =
      digits_before_cursor + (digits_before_cursor > 0 ? (digits_before_cursor - 1) / GROUP : 0);
  return g_string_free (code, FALSE);
}
