/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-offer.h"

#include <string.h>

#include "app/protocol/enigm-attestation.h"
#include "app/protocol/enigm-error.h"
#include "app/protocol/enigm-join.h"
#include "app/protocol/enigm-message.h"
#include "app/protocol/enigm-order.h"
#include "app/protocol/enigm-receipt.h"
#include "app/protocol/enigm-release.h"
#include "sweep.h"
#include "vectors.h"

/* P-256's base point: what a valid point looks like. */
static const guint8 base_point[ENIGM_P256_POINT_SIZE] = {
  0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5,
  0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4,
  0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a,
  0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33,
  0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5
};

static EnigmOffer
some_offer (void)
{
  EnigmOffer offer = { 0 };

  memset (offer.binding, 0x11, sizeof offer.binding);
  memset (offer.handle, 0x12, sizeof offer.handle);
  memset (offer.pseudonym, 0x13, sizeof offer.pseudonym);
  memset (offer.certificate_hash, 0x14, sizeof offer.certificate_hash);
  memset (offer.key_nonce, 0x15, sizeof offer.key_nonce);
  memset (offer.session_value, 0x16, sizeof offer.session_value);
  g_strlcpy (offer.origin, "https://keys.example.org:8443", sizeof offer.origin);
  memset (offer.pins[0], 0x17, sizeof offer.pins[0]);
  memset (offer.pins[1], 0x18, sizeof offer.pins[1]);
  memcpy (offer.ephemeral, base_point, sizeof base_point);
  memset (offer.nonce, 0x19, sizeof offer.nonce);
  memset (offer.epoch, 0x1a, sizeof offer.epoch);
  offer.time = 1790000000;
  offer.expiry = 1790000600;
  return offer;
}

static GBytes *
recode_offer (GBytes *bytes, GError **error)
{
  EnigmOffer offer;

  return enigm_offer_decode (bytes, &offer, error) ? enigm_offer_encode (&offer) : NULL;
}

static GBytes *
recode_receipt (GBytes *bytes, GError **error)
{
  EnigmReceipt receipt;

  return enigm_receipt_decode (bytes, &receipt, error) ? enigm_receipt_encode (&receipt) : NULL;
}

static GBytes *
recode_release (GBytes *bytes, GError **error)
{
  EnigmRelease release;

  return enigm_release_decode (bytes, &release, error) ? enigm_release_encode (&release) : NULL;
}

static GBytes *
recode_order (GBytes *bytes, GError **error)
{
  EnigmOrder order;

  return enigm_order_decode (bytes, &order, error) ? enigm_order_encode (&order) : NULL;
}

static GBytes *
recode_attestation (GBytes *bytes, GError **error)
{
  EnigmAttestation attestation;

  return enigm_attestation_decode (bytes, &attestation, error)
           ? enigm_attestation_encode (&attestation)
           : NULL;
}

static void
test_offer (void)
{
  EnigmOffer offer = some_offer ();
  EnigmOffer back;
  g_autoptr (GBytes) bytes = enigm_offer_encode (&offer);
  g_autoptr (GError) error = NULL;
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  /* [1, 1, h'1111…: an array of 15, version, purpose, 16 bytes. */
  g_assert_cmphex (data[0], ==, 0x8f);
  g_assert_cmphex (data[1], ==, 0x01);
  g_assert_cmphex (data[2], ==, 0x01);
  g_assert_cmphex (data[3], ==, 0x50);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, ENIGM_OFFER_MAX_SIZE);
  g_assert_true (enigm_offer_decode (bytes, &back, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (back.pins, sizeof back.pins, offer.pins, sizeof offer.pins);
  g_assert_cmpstr (back.origin, ==, offer.origin);
  g_assert_cmpuint (back.time, ==, offer.time);
  g_assert_cmpuint (back.expiry, ==, offer.expiry);
  test_sweep (bytes, recode_offer);
}

static void
assert_offer_refused (const EnigmOffer *offer, const gchar *field)
{
  g_autoptr (GBytes) bytes = enigm_offer_encode (offer);
  g_autoptr (GError) error = NULL;
  EnigmOffer back;

  g_assert_false (enigm_offer_decode (bytes, &back, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  if (field != NULL)
    g_assert_true (g_str_has_prefix (error->message, field));
  g_assert_cmpuint (back.time, ==, 0);
}

static void
test_offer_times_and_point (void)
{
  EnigmOffer offer = some_offer ();
  g_autoptr (GBytes) bytes = NULL;
  EnigmOffer back;

  offer.expiry = offer.time;
  bytes = enigm_offer_encode (&offer);
  g_assert_true (enigm_offer_decode (bytes, &back, NULL));
  offer.expiry = offer.time + 601;
  assert_offer_refused (&offer, "expiry: ");
  offer.expiry = offer.time - 1;
  assert_offer_refused (&offer, "expiry: ");
  offer.time = G_GUINT64_CONSTANT (1) << 40;
  offer.expiry = offer.time;
  assert_offer_refused (&offer, "time: ");

  offer = some_offer ();
  offer.ephemeral[64] ^= 1;
  assert_offer_refused (&offer, NULL);
  offer = some_offer ();
  memset (offer.ephemeral, 0, sizeof offer.ephemeral);
  assert_offer_refused (&offer, NULL);
}

static void
test_origins (void)
{
  g_autofree gchar *host = g_strnfill (200, 'a');
  g_autofree gchar *too_long = g_strconcat ("https://", host, NULL);
  const gchar *good[] = { "https://a", "https://keys.example.org", "https://keys.example.org:8443",
                          "https://127.0.0.1:44443", "https://[::1]:44443" };
  const gchar *bad[] = { "",
                         "https://",
                         "http://keys.example.org",
                         "HTTPS://keys.example.org",
                         "https://Keys.example.org",
                         "https://keys.example.org:443",
                         "https://keys.example.org/",
                         "https://keys.example.org/a",
                         "https://keys.example.org?a",
                         "https://keys.example.org#a",
                         "https://user@keys.example.org",
                         "https://keys.example.org:",
                         "https://keys.example.org:0",
                         "https://keys.example.org:65536",
                         "https://keys.example.org x",
                         "https://keys.example.org\n",
                         too_long };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (enigm_origin_check (good[i], &error));
      g_assert_no_error (error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (enigm_origin_check (bad[i], &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

static void
test_receipt (void)
{
  EnigmReceipt receipt = { .state = ENIGM_RECEIPT_PENDING, .time = 1790000000 };
  g_autoptr (GBytes) bytes = NULL;

  memset (receipt.binding, 0x21, sizeof receipt.binding);
  memset (receipt.binding_hash, 0x22, sizeof receipt.binding_hash);
  bytes = enigm_receipt_encode (&receipt);
  test_sweep (bytes, recode_receipt);
}

static void
test_release (void)
{
  EnigmRelease release;
  g_autoptr (GBytes) bytes = NULL;

  memset (release.certificate_hash, 0x31, sizeof release.certificate_hash);
  memset (release.binding, 0x32, sizeof release.binding);
  memset (release.key_nonce, 0x33, sizeof release.key_nonce);
  bytes = enigm_release_encode (&release);
  test_sweep (bytes, recode_release);
}

static void
test_order (void)
{
  EnigmOrder order = { .time = 1790000000 };

  memset (order.binding, 0x41, sizeof order.binding);
  memset (order.session_value, 0x42, sizeof order.session_value);
  memset (order.nonce, 0x43, sizeof order.nonce);
  memset (order.computer, 0x44, sizeof order.computer);
  for (guint purpose = ENIGM_ORDER_JOIN; purpose <= ENIGM_ORDER_WIPE; purpose++)
    {
      g_autoptr (GBytes) bytes = NULL;

      order.purpose = purpose;
      bytes = enigm_order_encode (&order);
      test_sweep (bytes, recode_order);
    }
  for (guint purpose = 0; purpose <= 4; purpose += 4)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      EnigmOrder back;

      order.purpose = purpose;
      bytes = enigm_order_encode (&order);
      g_assert_false (enigm_order_decode (bytes, &back, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

/* PROTOCOL.md, section 9; the signature was worked out apart from this code, as RFC 6979 does. */
static void
test_join (void)
{
  g_autoptr (EnigmMessage) done = enigm_message_new (ENIGM_MESSAGE_DONE);
  g_autoptr (GBytes) signature =
    test_bytes_from_hex ("ce75689c81141a320dee4a861e3430240ee6c9ad0b6df973507575e4cd8e9583"
                         "f191155c587b6438e72324a9a8f5fbd6ec3c4278667dac264e5a76aeddb3d26c");
  g_autoptr (EnigmSecret) scalar =
    test_secret_from_hex ("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
  g_autoptr (EnigmP256Key) key = enigm_p256_key_new_from_scalar (scalar, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *plain_hex = NULL;
  EnigmOrder order = { .purpose = ENIGM_ORDER_JOIN, .time = 1790000000 };

  memset (order.binding, 0x41, sizeof order.binding);
  memset (order.session_value, 0x42, sizeof order.session_value);
  memset (order.nonce, 0x43, sizeof order.nonce);
  memset (order.computer, 0x44, sizeof order.computer);
  bytes = enigm_order_encode (&order);
  g_assert_true (enigm_join_verify (bytes, enigm_p256_key_get_point (key),
                                    g_bytes_get_data (signature, NULL), NULL));

  done->done = ENIGM_MESSAGE_ORDER;
  done->has_signature = TRUE;
  memcpy (done->signature, g_bytes_get_data (signature, NULL), sizeof done->signature);
  message = enigm_message_encode (done);
  hex = test_hex_from_bytes (g_bytes_get_data (message, NULL), 8);
  g_assert_cmpstr (hex, ==, "83181d181b5840ce");
  done->done = ENIGM_MESSAGE_KEEP;
  done->has_signature = FALSE;
  plain = enigm_message_encode (done);
  plain_hex = test_hex_from_bytes (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
  g_assert_cmpstr (plain_hex, ==, "83181d181c40");
}

static void
test_attestation (void)
{
  EnigmAttestation attestation, back;
  EnigmOffer offer = some_offer ();
  g_autoptr (EnigmP256Key) key = enigm_p256_key_generate (NULL);
  g_autoptr (EnigmP256Key) other = enigm_p256_key_generate (NULL);
  g_autoptr (GBytes) offer_bytes = enigm_offer_encode (&offer);
  g_autoptr (GBytes) other_offer = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint8 hash[ENIGM_SHA256_SIZE], other_hash[ENIGM_SHA256_SIZE];

  offer.handle[0] ^= 1;
  other_offer = enigm_offer_encode (&offer);
  memcpy (attestation.ephemeral, enigm_p256_key_get_point (other), ENIGM_P256_POINT_SIZE);
  g_assert_true (enigm_attestation_sign (&attestation, offer_bytes, key, &error));
  g_assert_no_error (error);
  bytes = enigm_attestation_encode (&attestation);
  g_assert_true (enigm_attestation_decode (bytes, &back, &error));
  g_assert_true (
    enigm_attestation_verify (&back, offer_bytes, enigm_p256_key_get_point (key), &error));
  g_assert_no_error (error);
  test_sweep (bytes, recode_attestation);

  /* Of another offer, by another key, over another ephemeral key. */
  g_assert_false (
    enigm_attestation_verify (&back, other_offer, enigm_p256_key_get_point (key), &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
  g_clear_error (&error);
  g_assert_false (
    enigm_attestation_verify (&back, offer_bytes, enigm_p256_key_get_point (other), &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
  g_clear_error (&error);
  memcpy (back.ephemeral, enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE);
  g_assert_false (
    enigm_attestation_verify (&back, offer_bytes, enigm_p256_key_get_point (key), &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);

  enigm_binding_hash (offer_bytes, bytes, hash);
  enigm_binding_hash (other_offer, bytes, other_hash);
  g_assert_cmpint (memcmp (hash, other_hash, sizeof hash), !=, 0);
}

typedef gboolean (*Sign) (GBytes *, EnigmP256Key *, guint8 *, GError **);
typedef gboolean (*Verify) (GBytes *, const guint8 *, const guint8 *, GError **);

/* A signature holds for its own bytes, identity and kind of statement, and for no other. */
static void
test_signatures (void)
{
  const struct
  {
    Sign sign;
    Verify verify;
  } kinds[] = { { enigm_offer_sign, enigm_offer_verify },
                { enigm_receipt_sign, enigm_receipt_verify },
                { enigm_release_sign, enigm_release_verify },
                { enigm_order_sign, enigm_order_verify },
                { enigm_join_sign, enigm_join_verify } };
  g_autoptr (EnigmP256Key) identity = enigm_p256_key_generate (NULL);
  g_autoptr (EnigmP256Key) other = enigm_p256_key_generate (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("statement", 9);
  g_autoptr (GBytes) other_bytes = g_bytes_new_static ("statemenT", 9);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
      g_autoptr (GError) error = NULL;

      g_assert_true (kinds[i].sign (bytes, identity, signature, &error));
      g_assert_no_error (error);
      for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
        g_assert_cmpint (
          kinds[k].verify (bytes, enigm_p256_key_get_point (identity), signature, NULL), ==,
          k == i);
      g_assert_false (
        kinds[i].verify (other_bytes, enigm_p256_key_get_point (identity), signature, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
      g_clear_error (&error);
      g_assert_false (kinds[i].verify (bytes, enigm_p256_key_get_point (other), signature, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
      g_clear_error (&error);
      signature[40] ^= 1;
      g_assert_false (
        kinds[i].verify (bytes, enigm_p256_key_get_point (identity), signature, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/offer/offer", test_offer);
  g_test_add_func ("/offer/times-and-point", test_offer_times_and_point);
  g_test_add_func ("/offer/origins", test_origins);
  g_test_add_func ("/offer/receipt", test_receipt);
  g_test_add_func ("/offer/release", test_release);
  g_test_add_func ("/offer/order", test_order);
  g_test_add_func ("/offer/join", test_join);
  g_test_add_func ("/offer/attestation", test_attestation);
  g_test_add_func ("/offer/signatures", test_signatures);
  return g_test_run ();
}
