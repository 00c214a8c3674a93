/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A key that says one thing wrong, once: enigm-key, with what it says changed on its way out. The
 * file that ENIGM_ODD names says what, "HOW TYPE N":
 *
 *   field TYPE N   a bit turns in the Nth place of the next message of that type; its places are
 *                  the head of each array, each number and each string, long strings having three
 *   cut TYPE N     that message ends N bytes early
 *   twice TYPE 0   it is said twice, each time sealed properly
 *   again TYPE 0   its bytes are sent twice
 *   late TYPE 0    it comes after the one that follows it
 *   back TYPE 0    in its place the app hears what it said last
 *   no TYPE N      in its place it says *refused*, or sealed *declined*, for reason N
 *
 * TYPE 0 is Information. Once that is done, the file says so: "done", or "last" for the last place.
 */

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enigm-bluez.h"
#include "enigm-channel.h"
#include "enigm-message.h"
#include "key-gatt.h"
#include "key-session.h"

#define LONG 64

GBytes *__real_enigm_channel_seal (EnigmChannel *self, GBytes *plain, GError **error);
GBytes *__wrap_enigm_channel_seal (EnigmChannel *self, GBytes *plain, GError **error);
void __real_enigm_key_gatt_send (EnigmKeyGatt *self, GBytes *message);
void __wrap_enigm_key_gatt_send (EnigmKeyGatt *self, GBytes *message);
void __real_enigm_key_session_receive (EnigmKeySession *self, GBytes *bytes);
void __wrap_enigm_key_session_receive (EnigmKeySession *self, GBytes *bytes);
void __real_enigm_bluez_gatt_characteristic1_complete_read_value (
  EnigmBluezGattCharacteristic1 *characteristic,
  GDBusMethodInvocation *invocation,
  GVariant *value);
void __wrap_enigm_bluez_gatt_characteristic1_complete_read_value (
  EnigmBluezGattCharacteristic1 *characteristic,
  GDBusMethodInvocation *invocation,
  GVariant *value);

static EnigmChannel *last_channel; /* what was sealed last, and with what */
static GBytes *last_plain;
static GBytes *last_heard;
static GBytes *held;

static void
remember (GBytes **slot, GBytes *bytes)
{
  g_clear_pointer (slot, g_bytes_unref);
  *slot = bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

/* A message's type, in the one or two bytes after the array's head. */
static int
get_type (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return size < 3 ? -1 : data[1] == 0x18 ? data[2] : data[1];
}

/* Whether the next thing to do is @how to a message of @type. */
static gboolean
is_next (const char *how, int type, int *n)
{
  const char *path = g_getenv ("ENIGM_ODD");
  g_autofree char *text = NULL;
  char asked[16];
  int asked_type;

  return path != NULL && g_file_get_contents (path, &text, NULL, NULL) &&
         sscanf (text, "%15s %d %d", asked, &asked_type, n) == 3 && g_str_equal (asked, how) &&
         asked_type == type;
}

static void
say_done (gboolean is_last)
{
  g_file_set_contents (g_getenv ("ENIGM_ODD"), is_last ? "last" : "done", -1, NULL);
}

/* The byte of the nth place (RFC 8949, section 3: a head, and what follows it). */
static gsize
find_place (const guint8 *data, gsize size, int n, gboolean *is_last)
{
  gsize found = 0;
  int place = 0;

  for (gsize at = 0; at < size;)
    {
      const guint major = data[at] >> 5, info = data[at] & 31;
      const gsize head = info < 24 ? 1 : info == 24 ? 2 : info == 25 ? 3 : info == 26 ? 5 : 9;
      const gboolean is_string = major == 2 || major == 3;
      gsize length = info;
      guint n_places = 1;

      if (info >= 24)
        {
          length = 0;
          for (gsize i = 1; i < head; i++)
            length = length << 8 | data[at + i];
        }
      if (is_string && length >= LONG)
        n_places = 3;
      for (guint i = 0; i < n_places; i++, place++)
        if (place == n)
          found = !is_string || length == 0
                    ? at + head - 1
                    : at + head + (n_places == 1 ? length / 2 : i * (length - 1) / 2);
      at += head + (is_string ? length : 0);
    }
  g_assert (n < place);
  *is_last = n == place - 1;

  return found;
}

static GBytes *
make_no (EnigmMessageType type, int reason)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (type);

  message->reason = reason;
  message->seconds = 2;
  return enigm_message_encode (message);
}

/* What is said instead of @bytes, which is of @type; @no is how this key says no there. */
static GBytes *
make_odd (GBytes *bytes, int type, EnigmMessageType no)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint8 *copy;
  gboolean is_last;
  int n;

  if (is_next ("no", type, &n))
    {
      say_done (TRUE);
      return make_no (no, n);
    }
  if (is_next ("cut", type, &n))
    {
      say_done (TRUE);
      return g_bytes_new_from_bytes (bytes, 0, MAX ((gssize) size - n, 1));
    }
  if (!is_next ("field", type, &n))
    return g_bytes_ref (bytes);
  copy = g_memdup2 (data, size);
  copy[find_place (data, size, n, &is_last)] ^= 1;
  say_done (is_last);
  return g_bytes_new_take (copy, size);
}

GBytes *
__wrap_enigm_channel_seal (EnigmChannel *self, GBytes *plain, GError **error)
{
  g_autoptr (GBytes) odd = make_odd (plain, get_type (plain), ENIGM_MESSAGE_DECLINED);

  remember (&last_plain, odd);
  g_clear_pointer (&last_channel, enigm_channel_unref);
  last_channel = enigm_channel_ref (self);
  return __real_enigm_channel_seal (self, odd, error);
}

static void
send_sealed_again (EnigmKeyGatt *gatt)
{
  g_autoptr (EnigmMessage) sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);
  g_autoptr (GBytes) bytes = NULL;

  sealed->blob = __real_enigm_channel_seal (last_channel, last_plain, NULL);
  bytes = enigm_message_encode (sealed);
  __real_enigm_key_gatt_send (gatt, bytes);
}

void
__wrap_enigm_key_gatt_send (EnigmKeyGatt *self, GBytes *message)
{
  const int outer = get_type (message);
  const gboolean is_sealed = outer == ENIGM_MESSAGE_SEALED;
  const int type = is_sealed ? get_type (last_plain) : outer;
  g_autoptr (GBytes) odd = make_odd (message, outer, ENIGM_MESSAGE_REFUSED);
  int n;

  if (is_next ("late", type, &n))
    {
      say_done (TRUE);
      remember (&held, odd);
      return;
    }
  if (is_next ("back", type, &n))
    {
      say_done (TRUE);
      __real_enigm_key_gatt_send (self, last_heard);
      return;
    }
  __real_enigm_key_gatt_send (self, odd);
  if (held != NULL)
    {
      __real_enigm_key_gatt_send (self, held);
      remember (&held, NULL);
    }
  if (is_next ("again", type, &n) || (!is_sealed && is_next ("twice", type, &n)))
    {
      say_done (TRUE);
      __real_enigm_key_gatt_send (self, odd);
    }
  else if (is_next ("twice", type, &n))
    {
      say_done (TRUE);
      send_sealed_again (self);
    }
}

void
__wrap_enigm_key_session_receive (EnigmKeySession *self, GBytes *bytes)
{
  remember (&last_heard, bytes);
  __real_enigm_key_session_receive (self, bytes);
}

void
__wrap_enigm_bluez_gatt_characteristic1_complete_read_value (
  EnigmBluezGattCharacteristic1 *characteristic,
  GDBusMethodInvocation *invocation,
  GVariant *value)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (sunk);
  g_autoptr (GBytes) odd = make_odd (bytes, 0, ENIGM_MESSAGE_REFUSED);

  remember (&held, NULL);
  __real_enigm_bluez_gatt_characteristic1_complete_read_value (
    characteristic, invocation, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, odd, TRUE));
}
