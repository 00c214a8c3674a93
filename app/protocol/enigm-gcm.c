/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-gcm-private.h"

#include "enigm-openssl.h"
#include "enigm-secret-private.h"

/* Looked up once: to find an algorithm takes longer than to open a short message. */
static const EVP_CIPHER *
get_aes_256_gcm (void)
{
  static gsize found;

  if (g_once_init_enter (&found))
    {
      EVP_CIPHER *cipher = EVP_CIPHER_fetch (NULL, "AES-256-GCM", NULL);

      enigm_crypto_must (cipher != NULL);
      g_once_init_leave (&found, (gsize) cipher);
    }

  return (const EVP_CIPHER *) found;
}

static EVP_CIPHER_CTX *
gcm_begin (EnigmSecret *key,
           const guint8 nonce[ENIGM_GCM_NONCE_SIZE],
           const EnigmPart *aad,
           gsize n_aad,
           gboolean sealing)
{
  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new ();
  int len;

  g_assert (enigm_secret_get_length (key) == ENIGM_GCM_KEY_SIZE);

  enigm_crypto_must (ctx != NULL);
  enigm_crypto_must (EVP_CipherInit_ex2 (ctx, get_aes_256_gcm (), enigm_secret_peek (key, NULL),
                                         nonce, sealing, NULL));
  for (gsize i = 0; i < n_aad; i++)
    enigm_crypto_must (EVP_CipherUpdate (ctx, NULL, &len, aad[i].data, (int) aad[i].len));

  return ctx;
}

/* Writes as many bytes as @plain has, and the tag. */
void
enigm_gcm_seal (EnigmSecret *key,
                const guint8 nonce[ENIGM_GCM_NONCE_SIZE],
                const EnigmPart *aad,
                gsize n_aad,
                GBytes *plain,
                guint8 *sealed)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = gcm_begin (key, nonce, aad, n_aad, TRUE);
  gsize plain_len;
  const guint8 *plain_data = g_bytes_get_data (plain, &plain_len);
  int len = 0;

  g_assert (plain_len <= G_MAXINT - ENIGM_GCM_TAG_SIZE);

  /* Without input this call would mean the end of the message. */
  if (plain_len > 0)
    enigm_crypto_must (EVP_CipherUpdate (ctx, sealed, &len, plain_data, (int) plain_len));
  enigm_crypto_must (EVP_CipherFinal_ex (ctx, sealed + len, &len));
  enigm_crypto_must (
    EVP_CIPHER_CTX_ctrl (ctx, EVP_CTRL_AEAD_GET_TAG, ENIGM_GCM_TAG_SIZE, sealed + plain_len));
}

/* NULL where the tag does not fit. What was sealed may be a secret, so it is opened into memory
 * that is wiped with the last reference. */
GBytes *
enigm_gcm_open (EnigmSecret *key,
                const guint8 nonce[ENIGM_GCM_NONCE_SIZE],
                const EnigmPart *aad,
                gsize n_aad,
                const guint8 *sealed,
                gsize sealed_len)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = NULL;
  g_autoptr (EnigmSecret) plain = NULL;
  guint8 *plain_data;
  gsize plain_len;
  int len = 0;

  if (sealed_len < ENIGM_GCM_TAG_SIZE || sealed_len > G_MAXINT)
    return NULL;

  ctx = gcm_begin (key, nonce, aad, n_aad, FALSE);
  plain_len = sealed_len - ENIGM_GCM_TAG_SIZE;
  plain = enigm_secret_new_zeroed (MAX (plain_len, 1));
  plain_data = enigm_secret_peek_writable (plain);
  if (plain_len > 0)
    enigm_crypto_must (EVP_CipherUpdate (ctx, plain_data, &len, sealed, (int) plain_len));
  enigm_crypto_must (EVP_CIPHER_CTX_ctrl (ctx, EVP_CTRL_AEAD_SET_TAG, ENIGM_GCM_TAG_SIZE,
                                          (gpointer) (sealed + plain_len)));
  if (EVP_CipherFinal_ex (ctx, plain_data + len, &len) != 1)
    return NULL;

  return plain_len > 0 ? enigm_secret_as_bytes (plain) : g_bytes_new (NULL, 0);
}
