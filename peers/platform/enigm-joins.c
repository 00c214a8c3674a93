/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-certificate.h"
#include "app/protocol/enigm-join.h"
#include "app/protocol/enigm-order.h"

#include "enigm-keys.h"
#include "enigm-object.h"
#include "enigm-offers.h"
#include "enigm-router.h"

/* Longer than a key keeps a session open. */
#define JOIN_SECONDS 600

/* What an app hands in: an order of ours, and what a key said to it. */
typedef struct
{
  GBytes *order_bytes;
  GBytes *signature;
  GPtrArray *chain;
  GBytes *proof;
  EnigmOrder order;
} Join;

static void
join_clear (Join *self)
{
  g_clear_pointer (&self->order_bytes, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  g_clear_pointer (&self->proof, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Join, join_clear)

static gboolean
read_join (EnigmRequest *request, Join *join, GError **error)
{
  EnigmObject *object = enigm_request_get_object (request, error);
  g_autoptr (GError) wrong = NULL;

  if (object == NULL)
    return FALSE;
  join->order_bytes = enigm_object_get_bytes (object, "order", 1, ENIGM_ORDER_MAX_SIZE, error);
  if (join->order_bytes == NULL)
    return FALSE;
  join->signature = enigm_object_get_bytes (object, "signature", ENIGM_P256_SIGNATURE_SIZE,
                                            ENIGM_P256_SIGNATURE_SIZE, error);
  if (join->signature == NULL)
    return FALSE;
  join->chain = enigm_offers_read_chain (object, error);
  if (join->chain == NULL)
    return FALSE;
  join->proof = enigm_object_get_bytes (object, "proof", ENIGM_P256_SIGNATURE_SIZE,
                                        ENIGM_P256_SIGNATURE_SIZE, error);
  if (join->proof == NULL || !enigm_object_end (object, error))
    return FALSE;
  if (!enigm_order_decode (join->order_bytes, &join->order, &wrong))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "order", "%s", wrong->message);
      return FALSE;
    }
  return TRUE;
}

/* That it is an order of ours to join, for this binding, this computer, and now. */
static gboolean
check_order (EnigmPlatformState *state,
             EnigmRequest *request,
             const EnigmBinding *binding,
             const Join *join,
             GError **error)
{
  const guint64 now = (guint64) enigm_platform_state_now (state);

  if (!enigm_order_verify (join->order_bytes, enigm_p256_key_get_point (state->identity),
                           g_bytes_get_data (join->signature, NULL), NULL) ||
      join->order.purpose != ENIGM_ORDER_JOIN ||
      memcmp (join->order.binding, binding->id, sizeof join->order.binding) != 0 ||
      memcmp (join->order.computer, enigm_request_get_computer (request),
              sizeof join->order.computer) != 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "order",
                         "no order of this platform's to join this key on this computer");
      return FALSE;
    }
  if (join->order.time > now || now - join->order.time > JOIN_SECONDS)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_OFFER_OVER, "order", "the order is too old");
      return FALSE;
    }
  if (binding->state == ENIGM_BINDING_TRUSTED)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL, "the key is not trusted");
  return FALSE;
}

/* The certificate is public, and so is the code to whoever has held the key: only the certificate's
 * own key tells the hardware that was bound from a copy of it. */
static gboolean
check_genuine (EnigmPlatformState *state,
               const EnigmBinding *binding,
               const Join *join,
               GError **error)
{
  guint8 point[ENIGM_P256_POINT_SIZE];
  guint8 certificate[ENIGM_SHA256_SIZE];
  g_autoptr (GError) wrong = NULL;

  if (!enigm_certificate_check_chain (join->chain, state->makers, enigm_platform_state_now (state),
                                      point, &wrong))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "certificates", "%s", wrong->message);
      return FALSE;
    }
  enigm_certificate_hash (g_ptr_array_index (join->chain, 0), certificate);
  if (memcmp (certificate, binding->certificate, sizeof certificate) != 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "certificates",
                         "another key's certificate");
      return FALSE;
    }
  if (!enigm_join_verify (join->order_bytes, point, g_bytes_get_data (join->proof, NULL), NULL))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "proof",
                         "the signature is not the certificate's");
      return FALSE;
    }
  return TRUE;
}

/* The key is told with its next answer who may use the channel; so the computer is put down before
 * it hands the key its secret. */
static gboolean
note_join (EnigmPlatformState *state, const EnigmBinding *binding, const Join *join, GError **error)
{
  EnigmAuditEntry entry = { enigm_platform_state_now (state), binding->pseudonym, "join",
                            "proved" };
  gboolean added;

  if (!enigm_bindings_add_computer (state, binding->id, join->order.computer, &added, error))
    return FALSE;
  if (!added)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL,
                         "%d computers may use this key already; close one first",
                         ENIGM_BINDING_MAX_COMPUTERS);
      return FALSE;
    }
  return enigm_audit_append (state->audit, &entry, error);
}

static void
post_join (EnigmPlatformState *state, EnigmRequest *request)
{
  g_auto (Join) join = { 0 };
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (GError) error = NULL;

  if (!read_join (request, &join, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  transaction = enigm_store_begin (state->store, &error);
  if (transaction == NULL || !enigm_keys_find_own (state, request, &binding, &error) ||
      !check_order (state, request, binding, &join, &error) ||
      !check_genuine (state, binding, &join, &error) ||
      !note_join (state, binding, &join, &error) || !enigm_store_commit (state->store, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  enigm_request_reply_nothing (request);
}

const EnigmRoute enigm_joins_routes[] = {
  { "POST", "/v1/keys/{}/joins", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, post_join },
  { 0 },
};
