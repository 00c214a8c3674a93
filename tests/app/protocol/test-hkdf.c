/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-hkdf.h"

#include "vectors.h"

static void
test_hkdf_rfc5869 (void)
{
  g_autoptr (JsonParser) parser = test_vectors_load ("hkdf-rfc5869.json");
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  JsonArray *cases = json_object_get_array_member (root, "cases");

  g_assert_cmpuint (json_array_get_length (cases), ==, 3);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *c = json_array_get_object_element (cases, i);
      g_autoptr (EnigmSecret) ikm = test_secret_from_hex (json_object_get_string_member (c, "ikm"));
      g_autoptr (EnigmSecret) prk = test_secret_from_hex (json_object_get_string_member (c, "prk"));
      g_autoptr (GBytes) salt = test_bytes_from_hex (json_object_get_string_member (c, "salt"));
      g_autoptr (GBytes) info = test_bytes_from_hex (json_object_get_string_member (c, "info"));
      gsize length = (gsize) json_object_get_int_member (c, "length");
      const char *okm = json_object_get_string_member (c, "okm");
      g_autoptr (EnigmSecret) whole = NULL;
      g_autoptr (EnigmSecret) expanded = NULL;
      g_autofree char *whole_hex = NULL;
      g_autofree char *expanded_hex = NULL;

      whole = enigm_hkdf (g_bytes_get_data (salt, NULL), g_bytes_get_size (salt), ikm,
                          g_bytes_get_data (info, NULL), g_bytes_get_size (info), length);
      whole_hex = test_hex_from_secret (whole);
      g_assert_cmpstr (whole_hex, ==, okm);

      expanded =
        enigm_hkdf_expand (prk, g_bytes_get_data (info, NULL), g_bytes_get_size (info), length);
      expanded_hex = test_hex_from_secret (expanded);
      g_assert_cmpstr (expanded_hex, ==, okm);
    }
}

/* The extract step is HMAC(salt, ikm), which holds our HMAC to the same vectors. */
static void
test_hmac_is_hkdf_extract (void)
{
  g_autoptr (JsonParser) parser = test_vectors_load ("hkdf-rfc5869.json");
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  JsonArray *cases = json_object_get_array_member (root, "cases");

  for (guint i = 0; i < 2; i++)
    {
      JsonObject *c = json_array_get_object_element (cases, i);
      g_autoptr (EnigmSecret) salt =
        test_secret_from_hex (json_object_get_string_member (c, "salt"));
      g_autoptr (GBytes) ikm = test_bytes_from_hex (json_object_get_string_member (c, "ikm"));
      const guint8 *data = g_bytes_get_data (ikm, NULL);
      guint8 mac[ENIGM_SHA256_SIZE];
      g_autofree char *hex = NULL;

      enigm_hmac_sha256 (salt, ENIGM_PARTS ({ data, 7 }, { data + 7, g_bytes_get_size (ikm) - 7 }),
                         mac);
      hex = test_hex_from_bytes (mac, sizeof mac);
      g_assert_cmpstr (hex, ==, json_object_get_string_member (c, "prk"));
    }
}

static void
test_hmac_check (void)
{
  g_autoptr (EnigmSecret) key = enigm_secret_new_copy ((const guint8 *) "Jefe", 4);
  const EnigmPart parts[] = { ENIGM_TEXT ("what do ya want "), ENIGM_TEXT ("for nothing?") };
  /* RFC 4231, test case 2. */
  g_autoptr (GBytes) right = test_bytes_from_hex ("5bdcc146bf60754e6a042426089575c7"
                                                  "5a003f089d2739839dec58b964ec3843");
  guint8 mac[ENIGM_SHA256_SIZE];

  memcpy (mac, g_bytes_get_data (right, NULL), sizeof mac);
  g_assert_true (enigm_hmac_sha256_check (key, parts, 2, mac, sizeof mac));
  g_assert_false (enigm_hmac_sha256_check (key, parts, 2, mac, sizeof mac - 1));
  g_assert_false (enigm_hmac_sha256_check (key, parts, 2, NULL, 0));
  for (guint bit = 0; bit < 8 * sizeof mac; bit++)
    {
      mac[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_false (enigm_hmac_sha256_check (key, parts, 2, mac, sizeof mac));
      mac[bit / 8] ^= (guint8) (1 << bit % 8);
    }
}

static void
test_sha256_over_parts (void)
{
  guint8 digest[ENIGM_SHA256_SIZE];
  g_autofree char *whole = NULL;
  g_autofree char *split = NULL;
  g_autofree char *nothing = NULL;

  /* FIPS 180-4's "abc", and the digest of nothing. */
  enigm_sha256 (ENIGM_PARTS (ENIGM_TEXT ("abc")), digest);
  whole = test_hex_from_bytes (digest, sizeof digest);
  g_assert_cmpstr (whole, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  enigm_sha256 (ENIGM_PARTS (ENIGM_TEXT ("a"), ENIGM_TEXT (""), ENIGM_TEXT ("bc")), digest);
  split = test_hex_from_bytes (digest, sizeof digest);
  g_assert_cmpstr (split, ==, whole);

  enigm_sha256 (NULL, 0, digest);
  nothing = test_hex_from_bytes (digest, sizeof digest);
  g_assert_cmpstr (nothing, ==, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/hkdf/rfc5869", test_hkdf_rfc5869);
  g_test_add_func ("/protocol/hmac/is-hkdf-extract", test_hmac_is_hkdf_extract);
  g_test_add_func ("/protocol/hmac/check", test_hmac_check);
  g_test_add_func ("/protocol/sha256/over-parts", test_sha256_over_parts);

  return g_test_run ();
}
