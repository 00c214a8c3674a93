/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-bindings.h"
#include "enigm-object.h"

G_BEGIN_DECLS

/* How long an offer may be attested, in seconds. */
#define ENIGM_OFFER_SECONDS 600
/* How many offers of one account may wait at a time. */
#define ENIGM_OFFERS_MAX 32

/**
 * EnigmMadeOffer:
 * @account: who asked for it
 * @computer: on which computer
 * @certificate: the certificate hash it is for
 * @pseudonym: of the account with this key
 * @handle: what the binding's requests will name
 * @offer: the offer, as it was signed
 * @ephemeral: the platform's ephemeral key
 * @expires: until when it may be attested, Unix seconds
 * @has_replaces: whether its binding is to replace one of another key
 * @replaces: which one
 *
 * An offer that waits for its attestation.
 */
typedef struct
{
  guint8 account[ENIGM_ID_SIZE];
  guint8 computer[ENIGM_ID_SIZE];
  guint8 certificate[ENIGM_SHA256_SIZE];
  guint8 pseudonym[ENIGM_PSEUDONYM_SIZE];
  guint8 handle[ENIGM_ID_SIZE];
  GBytes *offer;
  EnigmP256Key *ephemeral;
  gint64 expires;
  gboolean has_replaces;
  guint8 replaces[ENIGM_ID_SIZE];
} EnigmMadeOffer;

GPtrArray *enigm_offers_read_chain (EnigmObject *object, GError **error);
gboolean enigm_offers_take (EnigmPlatformState *state,
                            const guint8 binding[ENIGM_ID_SIZE],
                            EnigmMadeOffer **made,
                            GError **error);
gboolean enigm_offers_withdraw (EnigmPlatformState *state,
                                const guint8 account[ENIGM_ID_SIZE],
                                const guint8 binding[ENIGM_ID_SIZE],
                                GError **error);
void enigm_made_offer_free (EnigmMadeOffer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmMadeOffer, enigm_made_offer_free)

G_END_DECLS
