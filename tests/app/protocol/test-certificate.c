/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-certificate.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "app/protocol/enigm-error.h"
#include "app/protocol/enigm-handover.h"
#include "sweep.h"

#define NOW 1790000000
#define DAY 86400

typedef struct
{
  X509 *certificate;
  EVP_PKEY *key;
} Issued;

static void
issued_clear (Issued *issued)
{
  X509_free (issued->certificate);
  EVP_PKEY_free (issued->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Issued, issued_clear)

typedef struct
{
  const gchar *name;
  const gchar *basic; /* basicConstraints */
  const gchar *usage; /* keyUsage */
  gint64 from;
  gint64 until;
  const gchar *curve; /* NULL for P-256 */
  gboolean rsa;
  const EVP_MD *digest; /* NULL for SHA-256 */
  gsize padding;        /* bytes of comment that make it long */
} Wish;

static const Wish leaf_wish = { "Key", "critical,CA:FALSE", "critical,digitalSignature", 0, 0 };
static const Wish maker_wish = { "Maker", "critical,CA:TRUE", "critical,keyCertSign", 0, 0 };
static const Wish middle_wish = { "Middle", "critical,CA:TRUE,pathlen:0", "critical,keyCertSign", 0,
                                  0 };

static void
add_extension (X509 *certificate, X509 *issuer, gint nid, const gchar *value)
{
  X509V3_CTX ctx;
  X509_EXTENSION *extension;

  if (value == NULL)
    return;
  X509V3_set_ctx (&ctx, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &ctx, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

static Issued
issue (const Wish *wish, const Issued *issuer)
{
  static glong serial = 1;
  Issued issued;
  X509_NAME *name = X509_NAME_new ();

  issued.key = wish->rsa ? EVP_RSA_gen (2048) : EVP_EC_gen (wish->curve ? wish->curve : "P-256");
  issued.certificate = X509_new ();
  g_assert_nonnull (issued.key);
  X509_set_version (issued.certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (issued.certificate), serial++);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const guint8 *) wish->name, -1, -1, 0);
  X509_set_subject_name (issued.certificate, name);
  X509_set_issuer_name (issued.certificate,
                        issuer != NULL ? X509_get_subject_name (issuer->certificate) : name);
  X509_NAME_free (name);
  ASN1_TIME_set (X509_getm_notBefore (issued.certificate),
                 wish->from != 0 ? wish->from : NOW - DAY);
  ASN1_TIME_set (X509_getm_notAfter (issued.certificate),
                 wish->until != 0 ? wish->until : NOW + DAY);
  X509_set_pubkey (issued.certificate, issued.key);
  add_extension (issued.certificate, issuer ? issuer->certificate : issued.certificate,
                 NID_basic_constraints, wish->basic);
  add_extension (issued.certificate, issuer ? issuer->certificate : issued.certificate,
                 NID_key_usage, wish->usage);
  add_extension (issued.certificate, issuer ? issuer->certificate : issued.certificate,
                 NID_subject_key_identifier, "hash");
  add_extension (issued.certificate, issuer ? issuer->certificate : issued.certificate,
                 NID_authority_key_identifier, "keyid");
  if (wish->padding != 0)
    {
      g_autofree gchar *comment = g_strnfill (wish->padding, 'x');

      add_extension (issued.certificate, issued.certificate, NID_netscape_comment, comment);
    }
  g_assert_cmpint (X509_sign (issued.certificate, issuer != NULL ? issuer->key : issued.key,
                              wish->digest ? wish->digest : EVP_sha256 ()),
                   >, 0);
  return issued;
}

static GBytes *
to_der (const Issued *issued)
{
  guint8 *data = NULL;
  gint len = i2d_X509 (issued->certificate, &data);
  GBytes *bytes = g_bytes_new (data, (gsize) len);

  OPENSSL_free (data);
  return bytes;
}

static GBytes *
to_pem (const Issued *issued)
{
  BIO *bio = BIO_new (BIO_s_mem ());
  gchar *data;
  glong len;
  GBytes *bytes;

  PEM_write_bio_X509 (bio, issued->certificate);
  len = BIO_get_mem_data (bio, &data);
  bytes = g_bytes_new (data, (gsize) len);
  BIO_free (bio);
  return bytes;
}

static GPtrArray *
to_chain (const Issued *first, const Issued *second, const Issued *third)
{
  GPtrArray *chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (chain, to_der (first));
  if (second != NULL)
    g_ptr_array_add (chain, to_der (second));
  if (third != NULL)
    g_ptr_array_add (chain, to_der (third));
  return chain;
}

static void
assert_good (GPtrArray *chain, GBytes *makers, const Issued *leaf)
{
  g_autoptr (GError) error = NULL;
  guint8 point[ENIGM_P256_POINT_SIZE];
  guint8 expected[ENIGM_P256_POINT_SIZE];
  gsize len;

  g_assert_true (enigm_certificate_check_chain (chain, makers, NOW, point, &error));
  g_assert_no_error (error);
  g_assert_cmpint (
    EVP_PKEY_get_octet_string_param (leaf->key, "pub", expected, sizeof expected, &len), ==, 1);
  g_assert_cmpmem (point, sizeof point, expected, len);
  memset (point, 0, sizeof point);
  g_assert_true (enigm_certificate_get_point (chain->pdata[0], point, &error));
  g_assert_cmpmem (point, sizeof point, expected, len);
}

static void
assert_bad (GPtrArray *chain, GBytes *makers, gint64 time, gint code)
{
  const guint8 zero[ENIGM_P256_POINT_SIZE] = { 0 };
  g_autoptr (GError) error = NULL;
  guint8 point[ENIGM_P256_POINT_SIZE];

  memset (point, 1, sizeof point);
  g_assert_false (enigm_certificate_check_chain (chain, makers, time, point, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, ENIGM_ERROR, code);
  g_assert_cmpmem (point, sizeof point, zero, sizeof zero);
}

static void
test_chains (void)
{
  g_auto (Issued) maker = issue (&maker_wish, NULL);
  g_auto (Issued) middle = issue (&middle_wish, &maker);
  g_auto (Issued) direct = issue (&leaf_wish, &maker);
  g_auto (Issued) leaf = issue (&leaf_wish, &middle);
  g_autoptr (GBytes) makers = to_pem (&maker);
  g_autoptr (GBytes) middle_makers = to_pem (&middle);
  g_autoptr (GPtrArray) one = to_chain (&direct, NULL, NULL);
  g_autoptr (GPtrArray) one_and_maker = to_chain (&direct, &maker, NULL);
  g_autoptr (GPtrArray) two = to_chain (&leaf, &middle, NULL);
  g_autoptr (GPtrArray) three = to_chain (&leaf, &middle, &maker);
  g_autoptr (GPtrArray) just_leaf = to_chain (&leaf, NULL, NULL);

  assert_good (one, makers, &direct);
  assert_good (one_and_maker, makers, &direct);
  assert_good (two, makers, &leaf);
  assert_good (three, makers, &leaf);
  /* A platform may trust one production line of a maker only. */
  assert_good (just_leaf, middle_makers, &leaf);
  assert_bad (one, middle_makers, NOW, ENIGM_ERROR_NOT_GENUINE);
  assert_bad (just_leaf, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
}

static void
test_order_and_extras (void)
{
  g_auto (Issued) maker = issue (&maker_wish, NULL);
  g_auto (Issued) middle = issue (&middle_wish, &maker);
  g_auto (Issued) leaf = issue (&leaf_wish, &middle);
  g_auto (Issued) stranger = issue (&maker_wish, NULL);
  g_autoptr (GBytes) makers = to_pem (&maker);
  g_autoptr (GPtrArray) swapped = to_chain (&leaf, &maker, &middle);
  g_autoptr (GPtrArray) reversed = to_chain (&middle, &leaf, NULL);
  g_autoptr (GPtrArray) extra = to_chain (&leaf, &middle, &stranger);
  g_autoptr (GPtrArray) twice = to_chain (&leaf, &leaf, &middle);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) four = to_chain (&leaf, &middle, &maker);

  g_ptr_array_add (four, to_der (&maker));
  assert_bad (swapped, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
  assert_bad (reversed, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
  assert_bad (extra, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
  assert_bad (twice, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
  assert_bad (none, makers, NOW, ENIGM_ERROR_MALFORMED);
  assert_bad (four, makers, NOW, ENIGM_ERROR_MALFORMED);
}

static void
test_strangers (void)
{
  g_auto (Issued) maker = issue (&maker_wish, NULL);
  g_auto (Issued) namesake = issue (&maker_wish, NULL);
  g_auto (Issued) forged = issue (&leaf_wish, &namesake);
  g_auto (Issued) alone = issue (&leaf_wish, NULL);
  g_autoptr (GBytes) makers = to_pem (&maker);
  g_autoptr (GPtrArray) forged_chain = to_chain (&forged, NULL, NULL);
  g_autoptr (GPtrArray) forged_with_maker = to_chain (&forged, &namesake, NULL);
  g_autoptr (GPtrArray) alone_chain = to_chain (&alone, NULL, NULL);

  assert_bad (forged_chain, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
  assert_bad (forged_with_maker, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
  assert_bad (alone_chain, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
}

/* A genuine key's own key signs certificates that must count for nothing. */
static void
test_leaf_as_issuer (void)
{
  g_auto (Issued) maker = issue (&maker_wish, NULL);
  g_auto (Issued) leaf = issue (&leaf_wish, &maker);
  g_auto (Issued) below = issue (&leaf_wish, &leaf);
  g_autoptr (GBytes) makers = to_pem (&maker);
  g_autoptr (GPtrArray) chain = to_chain (&below, &leaf, NULL);

  assert_bad (chain, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
}

static void
test_validity (void)
{
  g_auto (Issued) maker = issue (&maker_wish, NULL);
  g_auto (Issued) leaf = issue (&leaf_wish, &maker);
  g_autoptr (GBytes) makers = to_pem (&maker);
  g_autoptr (GPtrArray) chain = to_chain (&leaf, NULL, NULL);
  Wish old_middle = middle_wish;

  assert_bad (chain, makers, NOW - 2 * DAY, ENIGM_ERROR_NOT_GENUINE);
  assert_bad (chain, makers, NOW + 2 * DAY, ENIGM_ERROR_NOT_GENUINE);
  assert_good (chain, makers, &leaf);

  old_middle.until = NOW - 60;
  {
    g_auto (Issued) middle = issue (&old_middle, &maker);
    g_auto (Issued) below = issue (&leaf_wish, &middle);
    g_autoptr (GPtrArray) expired = to_chain (&below, &middle, NULL);

    assert_bad (expired, makers, NOW, ENIGM_ERROR_NOT_GENUINE);
  }
}

static void
test_odd_leaves (void)
{
  g_auto (Issued) maker = issue (&maker_wish, NULL);
  g_autoptr (GBytes) makers = to_pem (&maker);
  const struct
  {
    Wish wish;
    gint code;
  } cases[] = {
    { { "a CA", "critical,CA:TRUE", "critical,digitalSignature,keyCertSign" },
      ENIGM_ERROR_NOT_GENUINE },
    { { "no usage", "critical,CA:FALSE", NULL }, ENIGM_ERROR_NOT_GENUINE },
    { { "another usage", "critical,CA:FALSE", "critical,keyAgreement" }, ENIGM_ERROR_NOT_GENUINE },
    { { "another curve", "critical,CA:FALSE", "critical,digitalSignature", .curve = "P-384" },
      ENIGM_ERROR_NOT_GENUINE },
    { { "RSA", "critical,CA:FALSE", "critical,digitalSignature", .rsa = TRUE },
      ENIGM_ERROR_NOT_GENUINE },
    { { "another digest", "critical,CA:FALSE", "critical,digitalSignature",
        .digest = EVP_sha384 () },
      ENIGM_ERROR_NOT_GENUINE },
    { { "SHA-1", "critical,CA:FALSE", "critical,digitalSignature", .digest = EVP_sha1 () },
      ENIGM_ERROR_NOT_GENUINE },
    { { "too long", "critical,CA:FALSE", "critical,digitalSignature", .padding = 1000 },
      ENIGM_ERROR_MALFORMED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Issued) leaf = issue (&cases[i].wish, &maker);
      g_autoptr (GPtrArray) chain = to_chain (&leaf, NULL, NULL);

      g_test_message ("%s", cases[i].wish.name);
      assert_bad (chain, makers, NOW, cases[i].code);
    }
}

static void
test_odd_makers (void)
{
  const Wish wishes[] = {
    { "no CA", "critical,CA:FALSE", "critical,keyCertSign" },
    { "nothing said", NULL, NULL },
    { "may not sign", "critical,CA:TRUE", "critical,digitalSignature" },
    { "no usage", "critical,CA:TRUE", NULL },
  };
  g_auto (Issued) good = issue (&maker_wish, NULL);
  g_autoptr (GBytes) good_makers = to_pem (&good);

  g_assert_true (enigm_certificate_check_authorities (good_makers, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (wishes); i++)
    {
      g_auto (Issued) middle = issue (&wishes[i], &good);
      g_auto (Issued) odd = issue (&wishes[i], NULL);
      g_auto (Issued) leaf = issue (&leaf_wish, &middle);
      g_autoptr (GBytes) makers = to_pem (&odd);
      g_autoptr (GPtrArray) chain = to_chain (&leaf, &middle, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", wishes[i].name);
      assert_bad (chain, good_makers, NOW, ENIGM_ERROR_NOT_GENUINE);
      g_assert_false (enigm_certificate_check_authorities (makers, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
    }
}

static void
test_malformed (void)
{
  g_auto (Issued) maker = issue (&maker_wish, NULL);
  g_auto (Issued) leaf = issue (&leaf_wish, &maker);
  g_autoptr (GBytes) makers = to_pem (&maker);
  g_autoptr (GBytes) der = to_der (&leaf);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) rubbish = g_bytes_new_static ("rubbish", 7);
  g_autoptr (GBytes) two_makers = NULL;
  g_autoptr (GPtrArray) good = to_chain (&leaf, NULL, NULL);
  g_autoptr (GError) error = NULL;
  gsize len = g_bytes_get_size (der);
  g_autofree guint8 *longer = g_malloc0 (len + 1);

  for (gsize prefix = 0; prefix < len; prefix += 7)
    {
      g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

      g_ptr_array_add (chain, g_bytes_new_from_bytes (der, 0, prefix));
      assert_bad (chain, makers, NOW, ENIGM_ERROR_MALFORMED);
    }
  {
    g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

    memcpy (longer, g_bytes_get_data (der, NULL), len);
    g_ptr_array_add (chain, g_bytes_new (longer, len + 1));
    assert_bad (chain, makers, NOW, ENIGM_ERROR_MALFORMED);
  }
  assert_bad (good, empty, NOW, ENIGM_ERROR_MALFORMED);
  assert_bad (good, rubbish, NOW, ENIGM_ERROR_MALFORMED);

  /* Two makers in one file: either counts. A broken second one is not passed over. */
  {
    g_auto (Issued) other = issue (&maker_wish, NULL);
    g_autoptr (GBytes) other_pem = to_pem (&other);
    g_autoptr (GByteArray) both = g_byte_array_new ();

    g_byte_array_append (both, g_bytes_get_data (other_pem, NULL), g_bytes_get_size (other_pem));
    g_byte_array_append (both, g_bytes_get_data (makers, NULL), g_bytes_get_size (makers));
    two_makers = g_bytes_new (both->data, both->len);
    assert_good (good, two_makers, &leaf);
    both->data[g_bytes_get_size (other_pem) + 100] = '!';
    g_bytes_unref (two_makers);
    two_makers = g_bytes_new (both->data, both->len);
    assert_bad (good, two_makers, NOW, ENIGM_ERROR_MALFORMED);
  }
  g_assert_false (enigm_certificate_check_authorities (empty, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

/* Every single bit of a leaf matters. */
static void
test_turned_bits (void)
{
  g_auto (Issued) maker = issue (&maker_wish, NULL);
  g_auto (Issued) leaf = issue (&leaf_wish, &maker);
  g_autoptr (GBytes) makers = to_pem (&maker);
  g_autoptr (GBytes) der = to_der (&leaf);
  gsize len = g_bytes_get_size (der);

  for (gsize at = 0; at < len; at++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (der, NULL), len);
      g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      guint8 point[ENIGM_P256_POINT_SIZE];

      copy[at] ^= 1 << at % 8;
      g_ptr_array_add (chain, g_bytes_new (copy, len));
      g_assert_false (enigm_certificate_check_chain (chain, makers, NOW, point, NULL));
    }
}

static GBytes *
recode_handover (GBytes *bytes, GError **error)
{
  g_autoptr (GBytes) offer = NULL;
  g_autoptr (GBytes) attestation = NULL;
  g_autoptr (GPtrArray) chain = NULL;

  return enigm_handover_decode (bytes, &offer, &attestation, &chain, error)
           ? enigm_handover_encode (offer, attestation, chain)
           : NULL;
}

static GBytes *
recode_answer (GBytes *bytes, GError **error)
{
  g_autoptr (GBytes) receipt = NULL;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];

  return enigm_handover_answer_decode (bytes, &receipt, signature, error)
           ? enigm_handover_answer_encode (receipt, signature)
           : NULL;
}

static void
test_handover (void)
{
  guint8 data[1024];
  const guint8 signature[ENIGM_P256_SIGNATURE_SIZE] = { 7 };
  g_autoptr (GBytes) offer = NULL;
  g_autoptr (GBytes) attestation = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) small = NULL;
  g_autoptr (GBytes) same = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  memset (data, 0x71, sizeof data);
  offer = g_bytes_new (data, 1024);
  attestation = g_bytes_new (data, 256);
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (chain, g_bytes_new (data, 1024));
  body = enigm_handover_encode (offer, attestation, chain);
  g_assert_cmpuint (g_bytes_get_size (body), <=, ENIGM_HANDOVER_MAX_SIZE);
  same = recode_handover (body, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (same, body));

  g_bytes_unref (attestation);
  attestation = g_bytes_new (data, 133);
  g_ptr_array_set_size (chain, 0);
  g_ptr_array_add (chain, g_bytes_new (data, 50));
  g_ptr_array_add (chain, g_bytes_new (data, 60));
  g_bytes_unref (offer);
  offer = g_bytes_new (data, 70);
  small = enigm_handover_encode (offer, attestation, chain);
  test_sweep (small, recode_handover);

  answer = enigm_handover_answer_encode (attestation, signature);
  test_sweep (answer, recode_answer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/certificate/chains", test_chains);
  g_test_add_func ("/certificate/order-and-extras", test_order_and_extras);
  g_test_add_func ("/certificate/strangers", test_strangers);
  g_test_add_func ("/certificate/leaf-as-issuer", test_leaf_as_issuer);
  g_test_add_func ("/certificate/validity", test_validity);
  g_test_add_func ("/certificate/odd-leaves", test_odd_leaves);
  g_test_add_func ("/certificate/odd-makers", test_odd_makers);
  g_test_add_func ("/certificate/malformed", test_malformed);
  g_test_add_func ("/certificate/turned-bits", test_turned_bits);
  g_test_add_func ("/certificate/handover", test_handover);
  return g_test_run ();
}
