/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-uuid.h"

#include <string.h>

/* Bluetooth Core, volume 3, part B, 2.5.1 */
#define BASE_TAIL "-0000-1000-8000-00805f9b34fb"

/**
 * radio_uuid_normalize:
 * @text: a UUID of 16, 32 or 128 bits as BlueZ takes them: `180f`, `0x180f`,
 *   `0000180f`, or all 36 characters
 *
 * Returns: (transfer full) (nullable): 36 characters in lower case, or %NULL if
 *   it is not a UUID
 */
char *
radio_uuid_normalize (const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  const char *digits = g_str_has_prefix (lower, "0x") ? lower + 2 : lower;
  gsize length = strlen (digits);

  if (length == 36)
    return g_uuid_string_is_valid (digits) ? g_strdup (digits) : NULL;
  if (length != 4 && length != 8)
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isxdigit (digits[i]))
      return NULL;
  return g_strconcat (length == 4 ? "0000" : "", digits, BASE_TAIL, NULL);
}

/**
 * radio_uuid_get_size:
 * @uuid: a normalized UUID
 *
 * Returns: bytes it takes in an advertisement: 2, 4 or 16
 */
guint
radio_uuid_get_size (const char *uuid)
{
  g_return_val_if_fail (strlen (uuid) == 36, 16);

  if (!g_str_has_suffix (uuid, BASE_TAIL))
    return 16;
  return g_str_has_prefix (uuid, "0000") ? 2 : 4;
}
