/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform.h"
#include "protocol/enigm-message.h"

G_BEGIN_DECLS

/* What pairing and managing a key ask of the platform, PROTOCOL.md section 8, in the key's own
 * terms. */

/**
 * EnigmPairingOffer:
 * @binding: the binding ID, 32 hex characters
 * @offer: the offer
 * @offer_signature: the platform's signature over it
 * @release: (nullable): a release that the key missed
 * @release_signature: the platform's signature over it
 */
typedef struct
{
  char *binding;
  GBytes *offer;
  guint8 offer_signature[ENIGM_P256_SIGNATURE_SIZE];
  GBytes *release;
  guint8 release_signature[ENIGM_P256_SIGNATURE_SIZE];
} EnigmPairingOffer;

/**
 * EnigmPairingTrust:
 * @ENIGM_PAIRING_TRUST_UNKNOWN: the platform could not be asked
 * @ENIGM_PAIRING_TRUST_NONE: no binding of this account in force
 * @ENIGM_PAIRING_TRUST_PENDING: bound, not proved
 * @ENIGM_PAIRING_TRUST_OWN: in force, proved over the key's own connection
 * @ENIGM_PAIRING_TRUST_RELAYED: in force, proved through a computer
 */
typedef enum
{
  ENIGM_PAIRING_TRUST_UNKNOWN,
  ENIGM_PAIRING_TRUST_NONE,
  ENIGM_PAIRING_TRUST_PENDING,
  ENIGM_PAIRING_TRUST_OWN,
  ENIGM_PAIRING_TRUST_RELAYED,
} EnigmPairingTrust;

void enigm_pairing_offer_free (EnigmPairingOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmPairingOffer, enigm_pairing_offer_free)

void enigm_pairing_ask_offer_async (EnigmPlatform *platform,
                                    const EnigmMessage *certificate,
                                    const guint8 *session_value,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void enigm_pairing_ask_replacement_async (EnigmPlatform *platform,
                                          const EnigmMessage *certificate,
                                          const guint8 *session_value,
                                          const char *replaces,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
EnigmPairingOffer *
enigm_pairing_ask_offer_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error);

void enigm_pairing_register_async (EnigmPlatform *platform,
                                   GBytes *offer,
                                   GBytes *attestation,
                                   GPtrArray *chain,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
EnigmMessage *
enigm_pairing_register_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error);

void enigm_pairing_relay_async (EnigmPlatform *platform,
                                const EnigmMessage *relay,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
EnigmMessage *
enigm_pairing_relay_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error);

void enigm_pairing_ask_trust_async (EnigmPlatform *platform,
                                    const guint8 *binding,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
EnigmPairingTrust
enigm_pairing_ask_trust_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error);

void enigm_pairing_ask_order_async (EnigmPlatform *platform,
                                    const char *binding,
                                    const char *purpose,
                                    const guint8 *session_value,
                                    const guint8 *nonce,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
EnigmMessage *
enigm_pairing_ask_order_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error);

void enigm_pairing_join_async (EnigmPlatform *platform,
                               const char *binding,
                               const EnigmMessage *order,
                               GPtrArray *chain,
                               const guint8 *proof,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

void enigm_pairing_cancel_async (EnigmPlatform *platform,
                                 const char *binding,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

G_END_DECLS
