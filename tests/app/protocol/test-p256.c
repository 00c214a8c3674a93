/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-p256.h"

#include "vectors.h"

/* RFC 6979, appendix A.2.5. */
#define SIGNER_SCALAR "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define SIGNER_POINT                                                                               \
  "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"                             \
  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define SAMPLE_SIGNATURE                                                                           \
  "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"                               \
  "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"

/* RFC 5903, section 8.1. */
#define ECDH_I "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"
#define ECDH_R_POINT                                                                               \
  "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"                             \
  "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab"
#define ECDH_SHARED "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"

#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static EnigmP256Key *
key_from_hex (const char *hex)
{
  g_autoptr (EnigmSecret) scalar = test_secret_from_hex (hex);
  g_autoptr (GError) error = NULL;
  EnigmP256Key *key = enigm_p256_key_new_from_scalar (scalar, &error);

  g_assert_no_error (error);

  return key;
}

static EnigmP256Key *
key_generate (void)
{
  g_autoptr (GError) error = NULL;
  EnigmP256Key *key = enigm_p256_key_generate (&error);

  g_assert_no_error (error);

  return key;
}

static void
test_p256_rfc6979_verifies (void)
{
  g_autoptr (EnigmP256Key) key = key_from_hex (SIGNER_SCALAR);
  g_autoptr (GBytes) signature = test_bytes_from_hex (SAMPLE_SIGNATURE);
  g_autofree char *point = NULL;
  g_autoptr (GError) error = NULL;

  point = test_hex_from_bytes (enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE);
  g_assert_cmpstr (point, ==, SIGNER_POINT);

  enigm_p256_verify_raw (enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE, "sample", 6,
                         g_bytes_get_data (signature, NULL), g_bytes_get_size (signature), &error);
  g_assert_no_error (error);
}

static void
test_p256_rfc5903_ecdh (void)
{
  g_autoptr (EnigmP256Key) key = key_from_hex (ECDH_I);
  g_autoptr (GBytes) peer = test_bytes_from_hex (ECDH_R_POINT);
  g_autoptr (EnigmSecret) x = NULL;
  g_autofree char *hex = NULL;
  g_autoptr (GError) error = NULL;

  x = enigm_p256_key_ecdh (key, g_bytes_get_data (peer, NULL), g_bytes_get_size (peer), &error);
  g_assert_no_error (error);
  hex = test_hex_from_secret (x);
  g_assert_cmpstr (hex, ==, ECDH_SHARED);
}

static void
test_p256_ecdh_agrees (void)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (EnigmP256Key) a = key_generate ();
      g_autoptr (EnigmP256Key) b = key_generate ();
      g_autoptr (EnigmSecret) at_a =
        enigm_p256_key_ecdh (a, enigm_p256_key_get_point (b), ENIGM_P256_POINT_SIZE, NULL);
      g_autoptr (EnigmSecret) at_b =
        enigm_p256_key_ecdh (b, enigm_p256_key_get_point (a), ENIGM_P256_POINT_SIZE, NULL);

      g_assert_true (enigm_secret_equal (at_a, at_b));
    }
}

/* Every way in for an outside point refuses the same ones. */
static void
assert_point_refused (const guint8 *point, gsize len)
{
  g_autoptr (EnigmP256Key) key = key_from_hex (ECDH_I);
  const guint8 signature[ENIGM_P256_SIGNATURE_SIZE] = { 1 };
  g_autoptr (GError) checking = NULL, agreeing = NULL, verifying = NULL;

  g_assert_false (enigm_p256_check_point (point, len, &checking));
  g_assert_error (checking, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_null (enigm_p256_key_ecdh (key, point, len, &agreeing));
  g_assert_error (agreeing, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_false (
    enigm_p256_verify (point, len, "label", NULL, 0, signature, sizeof signature, &verifying));
  g_assert_error (verifying, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

static void
test_p256_bad_points (void)
{
  g_autoptr (GBytes) good = test_bytes_from_hex (SIGNER_POINT);
  const guint8 *good_data = g_bytes_get_data (good, NULL);
  guint8 point[ENIGM_P256_POINT_SIZE + 1] = { 0 };

  /* Nothing, the identity as SEC 1 writes it, and every wrong length. */
  assert_point_refused (NULL, 0);
  assert_point_refused (point, 1);
  for (gsize len = 1; len < ENIGM_P256_POINT_SIZE; len++)
    assert_point_refused (good_data, len);
  memcpy (point, good_data, ENIGM_P256_POINT_SIZE);
  assert_point_refused (point, sizeof point);

  /* Compressed, and hybrid with the parity that would fit. */
  point[0] = 0x03;
  assert_point_refused (point, 33);
  point[0] = 0x07;
  assert_point_refused (point, ENIGM_P256_POINT_SIZE);
  point[0] = 0x06;
  assert_point_refused (point, ENIGM_P256_POINT_SIZE);
  point[0] = 0x00;
  assert_point_refused (point, ENIGM_P256_POINT_SIZE);

  /* Beside the curve by any one bit. */
  for (guint bit = 8; bit < 8 * ENIGM_P256_POINT_SIZE; bit += 7)
    {
      memcpy (point, good_data, ENIGM_P256_POINT_SIZE);
      point[bit / 8] ^= (guint8) (1 << bit % 8);
      assert_point_refused (point, ENIGM_P256_POINT_SIZE);
    }

  /* All zero, and coordinates beyond the field. */
  memset (point, 0, sizeof point);
  point[0] = 0x04;
  assert_point_refused (point, ENIGM_P256_POINT_SIZE);
  memset (point + 1, 0xff, 64);
  assert_point_refused (point, ENIGM_P256_POINT_SIZE);
}

static void
test_p256_bad_scalars (void)
{
  const char *bad[] = { "0000000000000000000000000000000000000000000000000000000000000000", ORDER,
                        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "01",
                        SIGNER_SCALAR "00" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (EnigmSecret) scalar = test_secret_from_hex (bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (enigm_p256_key_new_from_scalar (scalar, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

static void
test_p256_pem_keeps_the_key (void)
{
  g_autoptr (EnigmP256Key) key = key_from_hex (SIGNER_SCALAR);
  g_autoptr (EnigmSecret) pem = enigm_p256_key_to_pem (key);
  g_autoptr (EnigmP256Key) back = NULL;
  g_autofree char *point = NULL;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix ((const char *) enigm_secret_peek (pem, NULL),
                                   "-----BEGIN PRIVATE KEY-----\n"));
  back = enigm_p256_key_new_from_pem (pem, &error);
  g_assert_no_error (error);
  point = test_hex_from_bytes (enigm_p256_key_get_point (back), ENIGM_P256_POINT_SIZE);
  g_assert_cmpstr (point, ==, SIGNER_POINT);

  enigm_p256_sign_raw (back, "sample", 6, signature, &error);
  g_assert_no_error (error);
  enigm_p256_verify_raw (enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE, "sample", 6,
                         signature, sizeof signature, &error);
  g_assert_no_error (error);
}

static void
test_p256_bad_pem (void)
{
  /* Another curve, another algorithm and an encrypted key: each right in itself. */
  const char *bad[] = {
    "no key",
    "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCaojq5kyrxIOYARBh8\n"
    "nA1SVt+J/dbEhexxzrFloNldp9EC6VGsd6NMdaEiWIQkZnWhZANiAARgIpCcA0VD\n"
    "GLwVBUiixv7Tn/uazaTjnIfARJ2bO4vsrqDJ+Lxf8UzlvFA2N/AxCCscDGi+mhG7\n"
    "KmGzoNLdJV6AwNpzg4/VXTy4aSSZYWRqQGh+NnvYpz6hyXKogDl56HY=\n"
    "-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEICPu448QZr87x6G//b8nEXZG6VK4nYBsG0kvuZYYFIcK\n"
    "-----END PRIVATE KEY-----\n",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAipWMZSZbYb4gICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOcVIt5AaGguUy0GvMxhSIYEgZCD\n"
    "MNBWmU8w/UZlb1e1fAq9r1h0AocCvS9pf45lxA/1BXK0kTOOzfJ/iNgBCQbdWg8M\n"
    "Q6P1RIVBG2SZJ1rj6hUuietHzrqg4O62kqZdDEl4UbjUbQKY6e0OCwtLHF09ucBY\n"
    "iSEEq9yI09dUbWdwDihKB1QLMQcEQi7gBDoEzyboDh7XmRAqx+CZ4bgVfKvywcw=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESG6AeF7AfRtIIuA6pLiJvF0OXT3r\n"
    "M005+bLET1cDzDOEZ9tZ32Zob8EX+dhUi4ujX870BXtm0OsHIix0B7VeKw==\n"
    "-----END PUBLIC KEY-----\n",
  };
  g_autoptr (EnigmP256Key) key = key_generate ();
  g_autoptr (EnigmSecret) good = enigm_p256_key_to_pem (key);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (EnigmSecret) pem =
        enigm_secret_new_copy ((const guint8 *) bad[i], strlen (bad[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (enigm_p256_key_new_from_pem (pem, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
  for (gsize len = 1; len < enigm_secret_get_length (good) - 30; len++)
    {
      g_autoptr (EnigmSecret) cut = enigm_secret_new_slice (good, 0, len);
      g_autoptr (GError) error = NULL;

      g_assert_null (enigm_p256_key_new_from_pem (cut, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

typedef struct
{
  EnigmP256Key *key;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
} Signed;

static void
assert_signature_refused (Signed *it, const char *label, const char *message, gsize signature_len)
{
  const EnigmPart part = { message, strlen (message) };
  int code =
    signature_len == ENIGM_P256_SIGNATURE_SIZE ? ENIGM_ERROR_NOT_GENUINE : ENIGM_ERROR_MALFORMED;
  g_autoptr (GError) error = NULL;

  g_assert_false (enigm_p256_verify (enigm_p256_key_get_point (it->key), ENIGM_P256_POINT_SIZE,
                                     label, &part, 1, it->signature, signature_len, &error));
  g_assert_error (error, ENIGM_ERROR, code);
}

static void
test_p256_signature_fits_one_label_and_message (void)
{
  g_autoptr (EnigmP256Key) key = key_generate ();
  g_autoptr (EnigmP256Key) other = key_generate ();
  Signed it = { key };
  const char plain[] = "offer 1\0message";
  g_autoptr (GError) error = NULL;

  enigm_p256_sign (key, "offer 1", ENIGM_PARTS (ENIGM_TEXT ("mes"), ENIGM_TEXT ("sage")),
                   it.signature, &error);
  g_assert_no_error (error);
  enigm_p256_verify (enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE, "offer 1",
                     ENIGM_PARTS (ENIGM_TEXT ("message")), it.signature, sizeof it.signature,
                     &error);
  g_assert_no_error (error);
  /* What is signed is the label, a zero byte and the message, and nothing else. */
  enigm_p256_verify_raw (enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE, plain,
                         sizeof plain - 1, it.signature, sizeof it.signature, &error);
  g_assert_no_error (error);

  assert_signature_refused (&it, "offer", "message", 64);
  assert_signature_refused (&it, "offer 2", "message", 64);
  assert_signature_refused (&it, "offer 1", "messag", 64);
  assert_signature_refused (&it, "offer 1", "message.", 64);
  assert_signature_refused (&it, "offer 1m", "essage", 64);
  assert_signature_refused (&it, "offer 1", "message", 63);
  assert_signature_refused (&it, "offer 1", "message", 0);
  it.key = other;
  assert_signature_refused (&it, "offer 1", "message", 64);
  it.key = key;
  for (guint bit = 0; bit < 512; bit += 5)
    {
      it.signature[bit / 8] ^= (guint8) (1 << bit % 8);
      assert_signature_refused (&it, "offer 1", "message", 64);
      it.signature[bit / 8] ^= (guint8) (1 << bit % 8);
    }
}

/* r and s outside 1 … order − 1, where broken verifiers accept anything. */
static void
test_p256_signature_out_of_range (void)
{
  const char *values[] = { "0000000000000000000000000000000000000000000000000000000000000000",
                           ORDER,
                           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" };
  g_autoptr (EnigmP256Key) key = key_generate ();
  Signed it = { key };

  for (guint r = 0; r < G_N_ELEMENTS (values); r++)
    for (guint s = 0; s < G_N_ELEMENTS (values); s++)
      {
        g_autoptr (GBytes) r_bytes = test_bytes_from_hex (values[r]);
        g_autoptr (GBytes) s_bytes = test_bytes_from_hex (values[s]);

        memcpy (it.signature, g_bytes_get_data (r_bytes, NULL), 32);
        memcpy (it.signature + 32, g_bytes_get_data (s_bytes, NULL), 32);
        assert_signature_refused (&it, "label", "message", 64);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/p256/rfc6979-verifies", test_p256_rfc6979_verifies);
  g_test_add_func ("/protocol/p256/rfc5903-ecdh", test_p256_rfc5903_ecdh);
  g_test_add_func ("/protocol/p256/ecdh-agrees", test_p256_ecdh_agrees);
  g_test_add_func ("/protocol/p256/bad-points", test_p256_bad_points);
  g_test_add_func ("/protocol/p256/bad-scalars", test_p256_bad_scalars);
  g_test_add_func ("/protocol/p256/pem-keeps-the-key", test_p256_pem_keeps_the_key);
  g_test_add_func ("/protocol/p256/bad-pem", test_p256_bad_pem);
  g_test_add_func ("/protocol/p256/signature-fits-one-label-and-message",
                   test_p256_signature_fits_one_label_and_message);
  g_test_add_func ("/protocol/p256/signature-out-of-range", test_p256_signature_out_of_range);

  return g_test_run ();
}
