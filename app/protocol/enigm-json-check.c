/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-json-check.h"

/* Why this exists: json-glib's parser takes comments, bare words and any depth, and the last of two
 * members of one name, and leaks at half a surrogate pair. Here a text has to be RFC 8259 to the
 * letter before json-glib sees it. */
typedef struct
{
  const gchar *at;
  const gchar *end;
  guint depth;
} Cursor;

static gboolean check_value (Cursor *cursor);

static void
skip_space (Cursor *cursor)
{
  while (cursor->at < cursor->end && strchr (" \t\r\n", *cursor->at) != NULL)
    cursor->at++;
}

static gboolean
take (Cursor *cursor, gchar ch)
{
  if (cursor->at >= cursor->end || *cursor->at != ch)
    return FALSE;
  cursor->at++;
  return TRUE;
}

static gboolean
take_literal (Cursor *cursor, const gchar *literal)
{
  gsize length = strlen (literal);

  if ((gsize) (cursor->end - cursor->at) < length || memcmp (cursor->at, literal, length) != 0)
    return FALSE;
  cursor->at += length;
  return TRUE;
}

/* What follows "\u". */
static gboolean
take_unit (Cursor *cursor, guint *unit)
{
  *unit = 0;
  for (gint i = 0; i < 4; i++, cursor->at++)
    {
      if (cursor->at >= cursor->end || !g_ascii_isxdigit (*cursor->at))
        return FALSE;
      *unit = *unit << 4 | g_ascii_xdigit_value (*cursor->at);
    }
  return TRUE;
}

static gboolean
check_unicode_escape (Cursor *cursor)
{
  guint unit;

  if (!take_unit (cursor, &unit))
    return FALSE;
  if (unit >= 0xd800 && unit < 0xdc00)
    return take_literal (cursor, "\\u") && take_unit (cursor, &unit) && unit >= 0xdc00 &&
           unit < 0xe000;
  /* A zero would end the text early for everyone who reads it as a C string. */
  return unit != 0 && (unit < 0xdc00 || unit >= 0xe000);
}

static gboolean
check_string (Cursor *cursor)
{
  if (!take (cursor, '"'))
    return FALSE;
  while (cursor->at < cursor->end)
    {
      guchar ch = *cursor->at++;

      if (ch == '"')
        return TRUE;
      if (ch < 0x20)
        return FALSE;
      if (ch != '\\')
        continue;
      if (cursor->at >= cursor->end)
        return FALSE;
      ch = *cursor->at++;
      if (ch == 'u')
        {
          if (!check_unicode_escape (cursor))
            return FALSE;
        }
      else if (ch == '\0' || strchr ("\"\\/bfnrt", ch) == NULL)
        return FALSE;
    }
  return FALSE;
}

static gboolean
take_digits (Cursor *cursor)
{
  const gchar *start = cursor->at;

  while (cursor->at < cursor->end && g_ascii_isdigit (*cursor->at))
    cursor->at++;
  return cursor->at > start;
}

static gboolean
check_number (Cursor *cursor)
{
  take (cursor, '-');
  if (!take (cursor, '0') && !take_digits (cursor))
    return FALSE;
  if (take (cursor, '.') && !take_digits (cursor))
    return FALSE;
  if (take (cursor, 'e') || take (cursor, 'E'))
    {
      if (!take (cursor, '+'))
        take (cursor, '-');
      return take_digits (cursor);
    }
  return TRUE;
}

static gboolean
check_member (Cursor *cursor, GHashTable *names)
{
  const gchar *start = cursor->at;
  g_autofree gchar *name = NULL;

  if (!check_string (cursor))
    return FALSE;
  name = g_strndup (start, cursor->at - start);
  /* With an escape, two names that look different could be the same. */
  if (strchr (name, '\\') != NULL || !g_hash_table_add (names, g_steal_pointer (&name)))
    return FALSE;
  skip_space (cursor);
  return take (cursor, ':') && check_value (cursor);
}

static gboolean
check_object (Cursor *cursor)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  skip_space (cursor);
  if (take (cursor, '}'))
    return TRUE;
  do
    {
      skip_space (cursor);
      if (!check_member (cursor, names))
        return FALSE;
    }
  while (take (cursor, ','));
  return take (cursor, '}');
}

static gboolean
check_array (Cursor *cursor)
{
  skip_space (cursor);
  if (take (cursor, ']'))
    return TRUE;
  do
    {
      if (!check_value (cursor))
        return FALSE;
    }
  while (take (cursor, ','));
  return take (cursor, ']');
}

static gboolean
check_value (Cursor *cursor)
{
  gboolean right;

  if (++cursor->depth > ENIGM_JSON_MAX_DEPTH)
    return FALSE;
  skip_space (cursor);
  if (cursor->at >= cursor->end)
    right = FALSE;
  else if (take (cursor, '{'))
    right = check_object (cursor);
  else if (take (cursor, '['))
    right = check_array (cursor);
  else if (*cursor->at == '"')
    right = check_string (cursor);
  else if (*cursor->at == '-' || g_ascii_isdigit (*cursor->at))
    right = check_number (cursor);
  else
    right = take_literal (cursor, "true") || take_literal (cursor, "false") ||
            take_literal (cursor, "null");
  skip_space (cursor);
  cursor->depth--;
  return right;
}

/**
 * enigm_json_check:
 * @text: a text from outside
 * @length: bytes in it
 * @error: %ENIGM_ERROR_MALFORMED
 *
 * Checks that a text is one JSON value as RFC 8259 writes it, in UTF-8, with no member named twice
 * and no half of a surrogate pair (RFC 7493, section 2), no escape in a name, no zero in a string,
 * and at most %ENIGM_JSON_MAX_DEPTH levels.
 *
 * Returns: whether it is
 */
gboolean
enigm_json_check (const gchar *text, gsize length, GError **error)
{
  const gchar *start = text != NULL ? text : "";
  Cursor cursor = { start, start + length, 0 };

  g_return_val_if_fail (text != NULL || length == 0, FALSE);

  if (length > 0 && g_utf8_validate_len (text, length, NULL) && check_value (&cursor) &&
      cursor.at == cursor.end)
    return TRUE;
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "not JSON as RFC 8259 writes it");
  return FALSE;
}
