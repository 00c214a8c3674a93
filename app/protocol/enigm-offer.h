/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"
#include "enigm-text.h"

G_BEGIN_DECLS

/**
 * ENIGM_OFFER_MAX_SIZE:
 *
 * Bytes in an offer, at most.
 */
#define ENIGM_OFFER_MAX_SIZE 1024

/**
 * ENIGM_OFFER_MAX_SECONDS:
 *
 * How long an offer lasts, at most, in seconds.
 */
#define ENIGM_OFFER_MAX_SECONDS 600

/**
 * ENIGM_ORIGIN_MAX_SIZE:
 *
 * Bytes in an origin, at most.
 */
#define ENIGM_ORIGIN_MAX_SIZE 128

gboolean enigm_origin_check (const gchar *origin, GError **error);

/**
 * EnigmOffer:
 * @binding: the binding it would make
 * @handle: what that binding's requests are named by
 * @pseudonym: the account with this certificate
 * @certificate_hash: SHA-256 of the key's leaf certificate
 * @key_nonce: the nonce that the key sent with its certificate
 * @session_value: the channel's session value
 * @origin: where the platform is, `https://host` or `https://host:port`
 * @pins: SHA-256 of the SubjectPublicKeyInfo of the platform's TLS certificate: current, reserve
 * @ephemeral: the platform's ephemeral key, a point
 * @nonce: the platform's
 * @epoch: of the platform's database
 * @time: when it was made, Unix seconds, below 2^40
 * @expiry: when it ends, at most %ENIGM_OFFER_MAX_SECONDS after @time; only the platform enforces
 * it
 *
 * What a platform offers a key (PROTOCOL.md, section 5). Version and purpose have one value each,
 * and are not kept.
 */
typedef struct
{
  guint8 binding[ENIGM_ID_SIZE];
  guint8 handle[ENIGM_ID_SIZE];
  guint8 pseudonym[ENIGM_SHA256_SIZE];
  guint8 certificate_hash[ENIGM_SHA256_SIZE];
  guint8 key_nonce[32];
  guint8 session_value[32];
  gchar origin[ENIGM_ORIGIN_MAX_SIZE + 1];
  guint8 pins[2][ENIGM_SHA256_SIZE];
  guint8 ephemeral[ENIGM_P256_POINT_SIZE];
  guint8 nonce[32];
  guint8 epoch[ENIGM_ID_SIZE];
  guint64 time;
  guint64 expiry;
} EnigmOffer;

GBytes *enigm_offer_encode (const EnigmOffer *self);
gboolean enigm_offer_decode (GBytes *bytes, EnigmOffer *self, GError **error);
gboolean enigm_offer_sign (GBytes *bytes,
                           EnigmP256Key *identity,
                           guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                           GError **error);
gboolean enigm_offer_verify (GBytes *bytes,
                             const guint8 identity[ENIGM_P256_POINT_SIZE],
                             const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                             GError **error);

G_END_DECLS
