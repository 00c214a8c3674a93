/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Handing an attestation in: the bodies of `POST /v1/attestations` (PROTOCOL.md, section 8), which
 * app and key may send, as often as they like. */
#include "enigm-handover.h"

#include <string.h>

#include "enigm-attestation.h"
#include "enigm-cbor.h"
#include "enigm-message.h"
#include "enigm-offer.h"
#include "enigm-receipt.h"

/* A receipt, its signature, and what CBOR puts around them. */
#define ANSWER_MAX_SIZE (ENIGM_RECEIPT_MAX_SIZE + ENIGM_P256_SIGNATURE_SIZE + 8)

/**
 * enigm_handover_encode:
 * @offer: the offer's bytes
 * @attestation: the attestation's bytes
 * @chain: (element-type GBytes): the key's certificates, DER, leaf first
 *
 * Returns: (transfer full): the request's body
 */
GBytes *
enigm_handover_encode (GBytes *offer, GBytes *attestation, GPtrArray *chain)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (offer != NULL && attestation != NULL && chain != NULL, NULL);
  g_return_val_if_fail (chain->len >= 1 && chain->len <= ENIGM_CHAIN_MAX, NULL);

  enigm_cbor_write_array (&writer, 3);
  enigm_cbor_write_blob (&writer, offer);
  enigm_cbor_write_blob (&writer, attestation);
  enigm_cbor_write_array (&writer, chain->len);
  for (guint i = 0; i < chain->len; i++)
    enigm_cbor_write_blob (&writer, chain->pdata[i]);
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_handover_decode:
 * @bytes: a body as it came
 * @offer: (out) (transfer full): the offer's bytes
 * @attestation: (out) (transfer full): the attestation's bytes
 * @chain: (out) (transfer full) (element-type GBytes): 1 to 3 certificates, at most 1024 bytes each
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED; nothing is given out then
 */
gboolean
enigm_handover_decode (GBytes *bytes,
                       GBytes **offer,
                       GBytes **attestation,
                       GPtrArray **chain,
                       GError **error)
{
  g_return_val_if_fail (bytes != NULL, FALSE);
  g_return_val_if_fail (offer != NULL && attestation != NULL && chain != NULL, FALSE);

  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  g_autoptr (GBytes) offer_bytes = NULL;
  g_autoptr (GBytes) attestation_bytes = NULL;
  g_autoptr (GPtrArray) certificates =
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize n_certificates;

  *offer = *attestation = NULL;
  *chain = NULL;
  if (g_bytes_get_size (bytes) > ENIGM_HANDOVER_MAX_SIZE)
    enigm_cbor_reader_refuse (&reader, "body", "is too long");
  enigm_cbor_read_array (&reader, "body", 3);
  offer_bytes = enigm_cbor_read_blob (&reader, "offer", 1, ENIGM_OFFER_MAX_SIZE);
  attestation_bytes = enigm_cbor_read_blob (&reader, "attestation", 1, ENIGM_ATTESTATION_MAX_SIZE);
  n_certificates = enigm_cbor_read_array_between (&reader, "chain", 1, ENIGM_CHAIN_MAX);
  for (gsize i = 0; i < n_certificates; i++)
    {
      GBytes *certificate =
        enigm_cbor_read_blob (&reader, "certificate", 1, ENIGM_CERTIFICATE_MAX_SIZE);

      if (certificate != NULL)
        g_ptr_array_add (certificates, certificate);
    }
  if (!enigm_cbor_reader_finish (&reader, error))
    return FALSE;
  *offer = g_steal_pointer (&offer_bytes);
  *attestation = g_steal_pointer (&attestation_bytes);
  *chain = g_steal_pointer (&certificates);
  return TRUE;
}

/**
 * enigm_handover_answer_encode:
 * @receipt: the receipt's bytes
 * @signature: the platform's, over it
 *
 * Returns: (transfer full): the answer's body
 */
GBytes *
enigm_handover_answer_encode (GBytes *receipt, const guint8 signature[ENIGM_P256_SIGNATURE_SIZE])
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (receipt != NULL && signature != NULL, NULL);

  enigm_cbor_write_array (&writer, 2);
  enigm_cbor_write_blob (&writer, receipt);
  enigm_cbor_write_bytes (&writer, signature, ENIGM_P256_SIGNATURE_SIZE);
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_handover_answer_decode:
 * @bytes: a body as it came
 * @receipt: (out) (transfer full): the receipt's bytes, not verified
 * @signature: (out): what should be the platform's signature
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_handover_answer_decode (GBytes *bytes,
                              GBytes **receipt,
                              guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                              GError **error)
{
  g_return_val_if_fail (bytes != NULL && receipt != NULL && signature != NULL, FALSE);

  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  g_autoptr (GBytes) receipt_bytes = NULL;

  *receipt = NULL;
  if (g_bytes_get_size (bytes) > ANSWER_MAX_SIZE)
    enigm_cbor_reader_refuse (&reader, "body", "is too long");
  enigm_cbor_read_array (&reader, "body", 2);
  receipt_bytes = enigm_cbor_read_blob (&reader, "receipt", 1, ENIGM_RECEIPT_MAX_SIZE);
  enigm_cbor_read_bytes (&reader, "signature", ENIGM_P256_SIGNATURE_SIZE, signature);
  if (!enigm_cbor_reader_finish (&reader, error))
    {
      memset (signature, 0, ENIGM_P256_SIGNATURE_SIZE);
      return FALSE;
    }
  *receipt = g_steal_pointer (&receipt_bytes);
  return TRUE;
}
