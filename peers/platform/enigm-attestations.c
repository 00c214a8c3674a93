/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-attestation.h"
#include "app/protocol/enigm-certificate.h"
#include "app/protocol/enigm-credential.h"
#include "app/protocol/enigm-handover.h"
#include "app/protocol/enigm-offer.h"
#include "app/protocol/enigm-receipt.h"

#include "enigm-offers.h"
#include "enigm-ownership.h"
#include "enigm-rate.h"
#include "enigm-router.h"

/* What was handed in, by the app or by the key. */
typedef struct
{
  GBytes *offer_bytes;
  GBytes *attestation_bytes;
  GPtrArray *chain;
  EnigmOffer offer;
  EnigmAttestation attestation;
  guint8 hash[ENIGM_SHA256_SIZE];
} HandedIn;

static void
handed_in_clear (HandedIn *self)
{
  g_clear_pointer (&self->offer_bytes, g_bytes_unref);
  g_clear_pointer (&self->attestation_bytes, g_bytes_unref);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HandedIn, handed_in_clear)

static gboolean
malformed (GError **error, const char *field, const char *why)
{
  enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, field, "%s", why);
  return FALSE;
}

static gboolean
read_body (EnigmRequest *request, HandedIn *in, GError **error)
{
  GBytes *body = enigm_request_get_body (request);
  g_autoptr (GError) wrong = NULL;

  if (g_strcmp0 (enigm_request_get_header (request, "Content-Type"), "application/cbor") != 0)
    return malformed (error, "Content-Type", "not application/cbor");
  if (g_bytes_get_size (body) > ENIGM_HANDOVER_MAX_SIZE)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_TOO_LARGE, NULL, "the body has more than %d bytes",
                         ENIGM_HANDOVER_MAX_SIZE);
      return FALSE;
    }
  if (!enigm_handover_decode (body, &in->offer_bytes, &in->attestation_bytes, &in->chain, &wrong))
    return malformed (error, "body", wrong->message);
  if (!enigm_offer_decode (in->offer_bytes, &in->offer, &wrong))
    return malformed (error, "offer", wrong->message);
  if (!enigm_attestation_decode (in->attestation_bytes, &in->attestation, &wrong))
    return malformed (error, "attestation", wrong->message);
  enigm_binding_hash (in->offer_bytes, in->attestation_bytes, in->hash);
  return TRUE;
}

/* Whether a genuine key made this attestation for this offer. Nothing is said, let alone signed,
 * about an offer that no key of ours was shown. */
static gboolean
check_genuine (EnigmPlatformState *state, const HandedIn *in, GError **error)
{
  guint8 point[ENIGM_P256_POINT_SIZE];
  guint8 certificate[ENIGM_SHA256_SIZE];
  g_autoptr (GError) wrong = NULL;

  if (!g_str_equal (in->offer.origin, state->config->origin))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "offer",
                         "the offer is another platform's");
      return FALSE;
    }
  if (!enigm_certificate_check_chain (in->chain, state->makers, enigm_platform_state_now (state),
                                      point, &wrong))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "chain", "%s", wrong->message);
      return FALSE;
    }
  enigm_certificate_hash (g_ptr_array_index (in->chain, 0), certificate);
  if (memcmp (certificate, in->offer.certificate_hash, sizeof certificate) != 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "chain",
                         "the offer is for another certificate");
      return FALSE;
    }
  if (!enigm_attestation_verify (&in->attestation, in->offer_bytes, point, NULL))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "attestation",
                         "the signature is not the certificate's");
      return FALSE;
    }
  return TRUE;
}

static gboolean
begin_binding (EnigmPlatformState *state,
               const HandedIn *in,
               const EnigmMadeOffer *made,
               GError **error)
{
  EnigmBinding binding = { 0 };
  g_autoptr (EnigmSecret) shared = NULL;
  g_autoptr (EnigmSecret) credential = NULL;
  g_autoptr (EnigmSecret) request_key = NULL;
  g_autoptr (EnigmSecret) answer_key = NULL;
  g_autoptr (GError) wrong = NULL;

  shared = enigm_p256_key_ecdh (made->ephemeral, in->attestation.ephemeral,
                                sizeof in->attestation.ephemeral, &wrong);
  if (shared == NULL)
    return malformed (error, "attestation", wrong->message);
  credential = enigm_credential_derive (shared, in->offer_bytes, in->attestation_bytes);
  request_key = enigm_credential_derive_request_key (credential);
  answer_key = enigm_credential_derive_answer_key (credential);

  memcpy (binding.id, in->offer.binding, sizeof binding.id);
  memcpy (binding.handle, made->handle, sizeof binding.handle);
  memcpy (binding.account, made->account, sizeof binding.account);
  memcpy (binding.certificate, made->certificate, sizeof binding.certificate);
  memcpy (binding.pseudonym, made->pseudonym, sizeof binding.pseudonym);
  memcpy (binding.hash, in->hash, sizeof binding.hash);
  binding.has_replaces = made->has_replaces;
  memcpy (binding.replaces, made->replaces, sizeof binding.replaces);
  return enigm_bindings_begin (state, &binding, made->computer, request_key, answer_key, error);
}

/* Decides what the receipt says, and stores what has to be stored for it. */
static gboolean
take (EnigmPlatformState *state, const HandedIn *in, gboolean *pending, GError **error)
{
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (EnigmMadeOffer) made = NULL;
  g_autoptr (GError) forbidden = NULL;

  *pending = FALSE;
  if (!enigm_bindings_expire (state, error) ||
      !enigm_bindings_find (state, in->offer.binding, &binding, error))
    return FALSE;
  if (binding != NULL)
    {
      /* The second attestation of an offer is void: one offer makes one binding. */
      *pending = memcmp (binding->hash, in->hash, sizeof in->hash) == 0 &&
                 !enigm_binding_state_has_ended (binding->state);
      return TRUE;
    }

  if (!enigm_offers_take (state, in->offer.binding, &made, error))
    return FALSE;
  if (made == NULL)
    return TRUE;
  if (!g_bytes_equal (made->offer, in->offer_bytes))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "offer", "no such offer was made");
      return FALSE;
    }
  if (!enigm_ownership_allows_binding (state, made->certificate, made->account, &forbidden))
    {
      if (forbidden->domain == ENIGM_PROBLEM)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&forbidden));
      return FALSE;
    }
  *pending = TRUE;
  return begin_binding (state, in, made, error);
}

static void
reply_receipt (EnigmPlatformState *state,
               EnigmRequest *request,
               const HandedIn *in,
               gboolean pending)
{
  EnigmReceipt receipt = { 0 };
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];

  receipt.state = pending ? ENIGM_RECEIPT_PENDING : ENIGM_RECEIPT_GONE;
  memcpy (receipt.binding, in->offer.binding, sizeof receipt.binding);
  memcpy (receipt.binding_hash, in->hash, sizeof receipt.binding_hash);
  receipt.time = (guint64) enigm_platform_state_now (state);
  encoded = enigm_receipt_encode (&receipt);
  if (!enigm_receipt_sign (encoded, state->identity, signature, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  body = enigm_handover_answer_encode (encoded, signature);
  enigm_request_reply_cbor (request, SOUP_STATUS_OK, body);
}

static gboolean
is_known (EnigmPlatformState *state, const HandedIn *in, gboolean *known, GError **error)
{
  g_autoptr (EnigmBinding) binding = NULL;

  if (!enigm_bindings_find (state, in->offer.binding, &binding, error))
    return FALSE;
  *known = binding != NULL && memcmp (binding->hash, in->hash, sizeof in->hash) == 0;
  return TRUE;
}

static void
post_attestation (EnigmPlatformState *state, EnigmRequest *request)
{
  g_auto (HandedIn) in = { 0 };
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  gboolean known, pending;

  if (!read_body (request, &in, &error) || !is_known (state, &in, &known, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  /* What was checked once is the same bytes again: it costs a look-up, and counts for nothing. */
  if (!known)
    {
      g_autofree char *address = enigm_request_dup_address (request);

      if (!enigm_rate_take (state->attestation_rate, address, enigm_platform_state_now (state)))
        {
          enigm_request_reply_problem (request, ENIGM_PROBLEM_TOO_MANY,
                                       "too many attestations from this address", NULL);
          return;
        }
      if (!check_genuine (state, &in, &error))
        {
          enigm_request_reply_error (request, error);
          return;
        }
    }

  transaction = enigm_store_begin (state->store, &error);
  if (transaction == NULL || !take (state, &in, &pending, &error) ||
      !enigm_store_commit (state->store, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  reply_receipt (state, request, &in, pending);
}

const EnigmRoute enigm_attestations_routes[] = {
  { "POST", "/v1/attestations", ENIGM_ROUTE_OPEN, post_attestation },
  { 0 },
};
