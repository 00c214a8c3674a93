/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "enigm-error.h"
#include "enigm-message.h"

static const EnigmMessageType types[] = {
  ENIGM_MESSAGE_START,        ENIGM_MESSAGE_SHARE,          ENIGM_MESSAGE_CONFIRM,
  ENIGM_MESSAGE_REFUSED,      ENIGM_MESSAGE_SEALED,         ENIGM_MESSAGE_RESUME,
  ENIGM_MESSAGE_RESUME_SHARE, ENIGM_MESSAGE_RESUME_CONFIRM, ENIGM_MESSAGE_CERTIFICATE,
  ENIGM_MESSAGE_RELEASE,      ENIGM_MESSAGE_OFFER,          ENIGM_MESSAGE_WAITING,
  ENIGM_MESSAGE_ATTESTATION,  ENIGM_MESSAGE_RECEIPT,        ENIGM_MESSAGE_STATE,
  ENIGM_MESSAGE_RELAY,        ENIGM_MESSAGE_RELAYED,        ENIGM_MESSAGE_ASK,
  ENIGM_MESSAGE_VIBRATE,      ENIGM_MESSAGE_ORDER,          ENIGM_MESSAGE_KEEP,
  ENIGM_MESSAGE_DONE,         ENIGM_MESSAGE_DECLINED,
};

/* A message of the type with something in every field that any type has. */
static EnigmMessage *
new_full (EnigmMessageType type)
{
  EnigmMessage *message = enigm_message_new (type);

  memset (message->point, 0x11, sizeof message->point);
  memset (message->nonce, 0x22, sizeof message->nonce);
  memset (message->mac, 0x33, sizeof message->mac);
  memset (message->signature, 0x44, sizeof message->signature);
  memset (message->binding, 0x55, sizeof message->binding);
  memset (message->computer, 0x66, sizeof message->computer);
  message->blob = g_bytes_new ("seventeen bytes..", 17);
  message->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (message->chain, g_bytes_new ("leaf", 4));
  g_ptr_array_add (message->chain, g_bytes_new ("maker", 5));
  message->has_binding = TRUE;
  message->secret = enigm_secret_new_random (32, NULL);
  message->reason = ENIGM_REASON_WAIT;
  message->seconds = 10;
  message->done = ENIGM_MESSAGE_ORDER;
  message->has_signature = TRUE;
  message->state = ENIGM_REPORTED_TRUSTED;
  message->reached = ENIGM_REACHED_OWN;
  message->battery = ENIGM_BATTERY_UNKNOWN;
  message->open_event = 1;
  message->path = g_strdup ("/key/v1/proof");
  message->status = 200;
  message->digest_field = g_strdup ("sha-256=:x:");
  message->input_field = g_strdup ("enigm=()");
  message->signature_field = g_strdup ("enigm=:y:");
  return message;
}

static void
test_round_trip (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (EnigmMessage) message = new_full (types[i]);
      g_autoptr (GBytes) bytes = enigm_message_encode (message);
      const gboolean sealed = enigm_message_type_is_sealed (types[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (EnigmMessage) again = enigm_message_decode (bytes, sealed, &error);
      g_autoptr (GBytes) bytes_again = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (again->type, ==, types[i]);
      bytes_again = enigm_message_encode (again);
      g_assert_true (g_bytes_equal (bytes, bytes_again));
      g_assert_cmpstr (enigm_message_type_get_name (types[i]), !=, "unknown");

      g_assert_null (enigm_message_decode (bytes, !sealed, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

static void
test_truncated_and_extended (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (EnigmMessage) message = new_full (types[i]);
      g_autoptr (GBytes) bytes = enigm_message_encode (message);
      const gboolean sealed = enigm_message_type_is_sealed (types[i]);
      const guint8 *data = g_bytes_get_data (bytes, NULL);
      const gsize size = g_bytes_get_size (bytes);
      g_autofree guint8 *longer = g_malloc0 (size + 1);
      g_autoptr (GBytes) extended = NULL;

      for (gsize n = 0; n < size; n++)
        {
          g_autoptr (GBytes) prefix = g_bytes_new (data, n);
          g_autoptr (GError) error = NULL;

          g_assert_null (enigm_message_decode (prefix, sealed, &error));
          g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
        }
      memcpy (longer, data, size);
      extended = g_bytes_new (longer, size + 1);
      g_assert_null (enigm_message_decode (extended, sealed, NULL));
    }
}

/* Every flipped bit is refused, or changes what is read: there is one encoding only. */
static void
test_flipped (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (EnigmMessage) message = new_full (types[i]);
      g_autoptr (GBytes) bytes = enigm_message_encode (message);
      const gsize size = g_bytes_get_size (bytes);

      for (gsize bit = 0; bit < size * 8; bit++)
        {
          g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
          g_autoptr (GBytes) flipped = NULL;
          g_autoptr (EnigmMessage) other = NULL;
          g_autoptr (GBytes) encoded = NULL;

          data[bit / 8] ^= 1 << bit % 8;
          flipped = g_bytes_new (data, size);
          other = enigm_message_decode (flipped, enigm_message_type_is_sealed (types[i]), NULL);
          if (other == NULL)
            continue;
          encoded = enigm_message_encode (other);
          g_assert_true (g_bytes_equal (encoded, flipped));
        }
    }
}

static void
test_without_binding (void)
{
  g_autoptr (EnigmMessage) message = new_full (ENIGM_MESSAGE_STATE);
  g_autoptr (EnigmMessage) again = NULL;
  g_autoptr (GBytes) bytes = NULL;

  message->has_binding = FALSE;
  bytes = enigm_message_encode (message);
  again = enigm_message_decode (bytes, TRUE, NULL);
  g_assert_false (again->has_binding);
  g_assert_cmpuint (again->battery, ==, ENIGM_BATTERY_UNKNOWN);
}

static void
assert_refused (const char *bytes, gsize size, gboolean sealed, const char *pattern)
{
  g_autoptr (GBytes) message = g_bytes_new (bytes, size);
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_message_decode (message, sealed, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_true (g_pattern_match_simple (pattern, error->message));
}

static void
test_bounds (void)
{
  /* Types that do not exist. */
  assert_refused ("\x81\x00", 2, FALSE, "*type*");
  assert_refused ("\x81\x18\x1f", 3, TRUE, "*type*");
  /* One element too many, one too few. */
  assert_refused ("\x82\x18\x19\x00", 4, TRUE, "*ask*");
  assert_refused ("\x82\x04\x01", 3, FALSE, "*refused*");
  /* A battery of 102 per cent; a state of 4; a binding ID of one byte. */
  assert_refused ("\x86\x16\x02\x01\x18\x66\x40\x00", 8, TRUE, "*battery*");
  assert_refused ("\x86\x16\x04\x01\x18\x64\x40\x00", 8, TRUE, "*state*");
  assert_refused ("\x86\x16\x02\x01\x18\x64\x41\x00\x00", 9, TRUE, "*binding*");
  /* No certificate, and four of them. */
  assert_refused ("\x84\x10\x80\x58\x20", 5, TRUE, "*chain*");
  assert_refused ("\x84\x10\x84\x41\x00\x41\x00\x41\x00\x41\x00", 11, TRUE, "*chain*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/message/round-trip", test_round_trip);
  g_test_add_func ("/protocol/message/truncated-and-extended", test_truncated_and_extended);
  g_test_add_func ("/protocol/message/flipped", test_flipped);
  g_test_add_func ("/protocol/message/without-binding", test_without_binding);
  g_test_add_func ("/protocol/message/bounds", test_bounds);
  return g_test_run ();
}
