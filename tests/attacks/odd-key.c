/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A key that says one thing wrong: enigm-key, with what it sends changed on its way out. The file
 * that ENIGM_ODD names says what: "TYPE AT", and the bit of byte AT of the next message of that
 * type turns; "TYPE -N", and the message ends N bytes early. Negative types are answered in place:
 * "-TYPE OTHER" makes the message claim to be another one. */

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enigm-channel.h"
#include "enigm-frame.h"

GBytes *__real_enigm_channel_seal (EnigmChannel *self, GBytes *plain, GError **error);
GBytes *__wrap_enigm_channel_seal (EnigmChannel *self, GBytes *plain, GError **error);
GPtrArray *__real_enigm_frame_cut (GBytes *message, guint mtu);
GPtrArray *__wrap_enigm_frame_cut (GBytes *message, guint mtu);

/* A message's type, in the one or two bytes after the array's head. */
static guint
get_type (const guint8 *data, gsize size)
{
  return size < 3 ? 0 : data[1] == 0x18 ? data[2] : data[1];
}

static GBytes *
make_odd (GBytes *bytes)
{
  const char *path = g_getenv ("ENIGM_ODD");
  g_autofree char *text = NULL;
  g_autofree guint8 *copy = NULL;
  gsize size = g_bytes_get_size (bytes);
  int type, at;

  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL) ||
      sscanf (text, "%d %d", &type, &at) != 2)
    return g_bytes_ref (bytes);
  copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
  if ((int) get_type (copy, size) != abs (type))
    return g_bytes_ref (bytes);
  if (type < 0)
    copy[copy[1] == 0x18 ? 2 : 1] = at;
  else if (at < 0)
    size = MAX ((int) size + at, 1);
  else
    copy[at % size] ^= 1 << at % 8;
  return g_bytes_new (copy, size);
}

GBytes *
__wrap_enigm_channel_seal (EnigmChannel *self, GBytes *plain, GError **error)
{
  g_autoptr (GBytes) odd = make_odd (plain);

  return __real_enigm_channel_seal (self, odd, error);
}

GPtrArray *
__wrap_enigm_frame_cut (GBytes *message, guint mtu)
{
  g_autoptr (GBytes) odd = make_odd (message);

  return __real_enigm_frame_cut (odd, mtu);
}
