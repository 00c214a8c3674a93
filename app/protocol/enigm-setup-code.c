/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-setup-code.h"

#include "enigm-base32.h"
#include "enigm-p256-private.h"
#include "enigm-secret-private.h"

#define TEXT_SIZE sizeof "XXXX-XXXX-XXXX"
#define DIGIT_BITS 5
#define CHECK_BITS 8
#define SECRET_BITS 40
#define COVERED_BYTES 7

#define SCRYPT_SALT "enigm setup code 1"
#define SCRYPT_N 32768
#define SCRYPT_R 8
#define SCRYPT_P 1
#define SCRYPT_MAX_MEMORY (64 * 1024 * 1024)
#define W_SIZE 40

struct _EnigmSetupCode
{
  gatomicrefcount refs;
  /* As printed, with its hyphens and terminating zero. */
  EnigmSecret *text;
  guint discriminator;
};

static guint8
compute_check (guint64 covered)
{
  guint8 crc = 0;

  for (int byte = COVERED_BYTES - 1; byte >= 0; byte--)
    {
      crc ^= (guint8) (covered >> (8 * byte));
      for (guint bit = 0; bit < 8; bit++)
        crc = (guint8) (crc << 1) ^ ((crc & 0x80) != 0 ? 0x07 : 0);
    }

  return crc ^ 0x5a;
}

static EnigmSetupCode *
setup_code_new (guint64 covered)
{
  guint64 all = covered << CHECK_BITS | compute_check (covered);
  EnigmSetupCode *self = g_new0 (EnigmSetupCode, 1);
  char *text;

  g_atomic_ref_count_init (&self->refs);
  self->discriminator = (guint) (covered >> SECRET_BITS);
  self->text = enigm_secret_new_zeroed (TEXT_SIZE);
  text = (char *) enigm_secret_peek_writable (self->text);
  for (int i = ENIGM_SETUP_CODE_LENGTH - 1; i >= 0; i--)
    {
      *text++ = enigm_base32_digit_to_char (all >> (i * DIGIT_BITS) & 31);
      if (i == 8 || i == 4)
        *text++ = '-';
    }

  return self;
}

/**
 * enigm_setup_code_new_random:
 * @error: return location for an error
 *
 * Draws a code for a new key: discriminator and secret are random and independent.
 *
 * Returns: (transfer full): the code, or %NULL with %ENIGM_ERROR_RANDOMNESS
 */
EnigmSetupCode *
enigm_setup_code_new_random (GError **error)
{
  g_autoptr (EnigmSecret) random = enigm_secret_new_random (sizeof (guint64), error);
  guint64 number;

  if (random == NULL)
    return NULL;

  memcpy (&number, enigm_secret_peek (random, NULL), sizeof number);

  return setup_code_new (number >> (64 - 52));
}

/**
 * enigm_setup_code_new_parse:
 * @text: what a person typed
 * @error: return location for an error
 *
 * Reads a setup code as people write it: capitals or not, O for 0, I or L for 1, hyphens and spaces
 * anywhere. An error never repeats what was typed.
 *
 * Returns: (transfer full): the code, or %NULL with %ENIGM_ERROR_MALFORMED where length or letters
 *   cannot be a code's, or %ENIGM_ERROR_CODE_MISTYPED where the check does not fit
 */
EnigmSetupCode *
enigm_setup_code_new_parse (const char *text, GError **error)
{
  guint8 digits[ENIGM_SETUP_CODE_LENGTH];
  guint64 all = 0;

  g_return_val_if_fail (text != NULL, NULL);

  if (!enigm_base32_normalize (text, ENIGM_SETUP_CODE_LENGTH, digits, error))
    {
      g_prefix_error (error, "setup ");
      return NULL;
    }
  for (guint i = 0; i < ENIGM_SETUP_CODE_LENGTH; i++)
    all = all << DIGIT_BITS | digits[i];
  OPENSSL_cleanse (digits, sizeof digits);

  if ((all & 0xff) != compute_check (all >> CHECK_BITS))
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_CODE_MISTYPED,
                           "setup code: a character is mistyped");
      return NULL;
    }

  return setup_code_new (all >> CHECK_BITS);
}

/**
 * enigm_setup_code_ref:
 * @self: a setup code
 *
 * Returns: (transfer full): @self
 */
EnigmSetupCode *
enigm_setup_code_ref (EnigmSetupCode *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);

  return self;
}

/**
 * enigm_setup_code_unref:
 * @self: (transfer full): a setup code
 *
 * Drops a reference; the last one wipes the code.
 */
void
enigm_setup_code_unref (EnigmSetupCode *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  enigm_secret_unref (self->text);
  g_free (self);
}

/**
 * enigm_setup_code_get_text:
 * @self: a setup code
 *
 * For the factory, which prints it. No other program shows a code.
 *
 * Returns: (transfer none): the canonical form, `XXXX-XXXX-XXXX`, valid as long as @self is
 */
const char *
enigm_setup_code_get_text (EnigmSetupCode *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *) enigm_secret_peek (self->text, NULL);
}

/**
 * enigm_setup_code_get_discriminator:
 * @self: a setup code
 *
 * Returns: the number that the code's key advertises, 0 to 4095
 */
guint
enigm_setup_code_get_discriminator (EnigmSetupCode *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->discriminator;
}

/* RFC 9383, section 3.2: password, idProver and idVerifier, each after its length as 8 bytes,
 * little-endian. Both identities are empty, so 16 zeros follow the code. */
static EnigmSecret *
scrypt_input (EnigmSetupCode *self)
{
  EnigmSecret *input = enigm_secret_new_zeroed (8 + ENIGM_SETUP_CODE_LENGTH + 8 + 8);
  guint8 *data = enigm_secret_peek_writable (input);
  const char *text = enigm_setup_code_get_text (self);

  data[0] = ENIGM_SETUP_CODE_LENGTH;
  for (guint group = 0; group < 3; group++)
    memcpy (data + 8 + 4 * group, text + 5 * group, 4);

  return input;
}

static EnigmSecret *
reduce_half (EnigmSecret *halves, gsize offset)
{
  g_autoptr (EnigmSecret) half = enigm_secret_new_slice (halves, offset, W_SIZE);
  g_autoptr (BIGNUM) scalar = enigm_p256_scalar_from_secret (half);
  EnigmSecret *w = enigm_secret_new_zeroed (ENIGM_P256_SCALAR_SIZE);

  enigm_crypto_must (BN_bn2binpad (scalar, enigm_secret_peek_writable (w), ENIGM_P256_SCALAR_SIZE));

  return w;
}

/**
 * enigm_setup_code_derive_w:
 * @self: a setup code
 * @w0: (out) (transfer full): SPAKE2+'s w0, 32 bytes
 * @w1: (out) (transfer full): SPAKE2+'s w1, 32 bytes
 *
 * Stretches the code with scrypt (RFC 7914: N = 32768, r = 8, p = 1, salt "enigm setup code 1", 80
 * bytes; each half modulo the order of P-256). Takes about 100 ms and 32 MiB, so programs with a
 * main loop call enigm_setup_code_derive_w_async().
 */
void
enigm_setup_code_derive_w (EnigmSetupCode *self, EnigmSecret **w0, EnigmSecret **w1)
{
  g_autoptr (EnigmSecret) input = NULL;
  g_autoptr (EnigmSecret) halves = NULL;
  gsize input_len;
  const char *input_data;

  g_return_if_fail (self != NULL && w0 != NULL && w1 != NULL);

  input = scrypt_input (self);
  input_data = (const char *) enigm_secret_peek (input, &input_len);
  halves = enigm_secret_new_zeroed (2 * W_SIZE);
  enigm_crypto_must (EVP_PBE_scrypt (
    input_data, input_len, (const guint8 *) SCRYPT_SALT, sizeof SCRYPT_SALT - 1, SCRYPT_N, SCRYPT_R,
    SCRYPT_P, SCRYPT_MAX_MEMORY, enigm_secret_peek_writable (halves), 2 * W_SIZE));

  *w0 = reduce_half (halves, 0);
  *w1 = reduce_half (halves, W_SIZE);
}

typedef struct
{
  EnigmSecret *w0;
  EnigmSecret *w1;
} DerivedW;

static void
derived_w_free (gpointer data)
{
  DerivedW *derived = data;

  g_clear_pointer (&derived->w0, enigm_secret_unref);
  g_clear_pointer (&derived->w1, enigm_secret_unref);
  g_free (derived);
}

static void
derive_w_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  DerivedW *derived = g_new0 (DerivedW, 1);

  enigm_setup_code_derive_w (task_data, &derived->w0, &derived->w1);
  g_task_return_pointer (task, derived, derived_w_free);
}

/**
 * enigm_setup_code_derive_w_async:
 * @self: a setup code
 * @cancellable: (nullable): cancels; the thread's work, 0.1 s or so, is then thrown away
 * @callback: called on this thread's main context
 * @user_data: for @callback
 *
 * Does what enigm_setup_code_derive_w() does in a thread of its own.
 */
void
enigm_setup_code_derive_w_async (EnigmSetupCode *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_setup_code_derive_w_async);
  g_task_set_task_data (task, enigm_setup_code_ref (self), (GDestroyNotify) enigm_setup_code_unref);
  /* Cancelled or not, this ends with the thread: a process that exits while libcrypto is at work in
   * one crashes in libcrypto's own clean-up. */
  g_task_run_in_thread (task, derive_w_in_thread);
}

/**
 * enigm_setup_code_derive_w_finish:
 * @result: what the callback was given
 * @w0: (out) (transfer full): SPAKE2+'s w0, 32 bytes
 * @w1: (out) (transfer full): SPAKE2+'s w1, 32 bytes
 * @error: return location for an error
 *
 * Returns: %TRUE, or %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
enigm_setup_code_derive_w_finish (GAsyncResult *result,
                                  EnigmSecret **w0,
                                  EnigmSecret **w1,
                                  GError **error)
{
  DerivedW *derived;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  g_return_val_if_fail (w0 != NULL && w1 != NULL, FALSE);

  derived = g_task_propagate_pointer (G_TASK (result), error);
  if (derived == NULL)
    return FALSE;

  *w0 = g_steal_pointer (&derived->w0);
  *w1 = g_steal_pointer (&derived->w1);
  derived_w_free (derived);

  return TRUE;
}

/**
 * enigm_setup_code_derive_verifier:
 * @self: a setup code
 * @w0: (out) (transfer full): SPAKE2+'s w0, 32 bytes
 * @l: (out) (transfer full): SPAKE2+'s L = w1·P, 65 bytes
 *
 * For the factory: what a key keeps instead of its code. With these two one can check the code but
 * not prove to know it. They are secrets all the same, since a guess at the code can be tried on
 * them. Takes as long as enigm_setup_code_derive_w().
 */
void
enigm_setup_code_derive_verifier (EnigmSetupCode *self, EnigmSecret **w0, EnigmSecret **l)
{
  g_autoptr (EnigmSecret) w1 = NULL;
  g_autoptr (BIGNUM) scalar = NULL;
  g_autoptr (EC_POINT) point = EC_POINT_new (enigm_p256_get_group ());

  g_return_if_fail (self != NULL && w0 != NULL && l != NULL);

  enigm_crypto_must (point != NULL);
  enigm_setup_code_derive_w (self, w0, &w1);
  scalar = enigm_p256_scalar_from_secret (w1);
  enigm_p256_multiply (point, NULL, scalar);
  *l = enigm_secret_new_zeroed (ENIGM_P256_POINT_SIZE);
  enigm_p256_point_write (point, enigm_secret_peek_writable (*l));
}
