/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"
#include "enigm-text.h"

G_BEGIN_DECLS

/**
 * ENIGM_ORDER_MAX_SIZE:
 *
 * Bytes in an order, at most.
 */
#define ENIGM_ORDER_MAX_SIZE 512

/**
 * EnigmOrderPurpose:
 * @ENIGM_ORDER_JOIN: take another computer's management secret, after a press
 * @ENIGM_ORDER_DRILL: raise a drill
 * @ENIGM_ORDER_WIPE: forget owner, credentials and secrets
 *
 * What a key can be ordered to do.
 */
typedef enum
{
  ENIGM_ORDER_JOIN = 1,
  ENIGM_ORDER_DRILL = 2,
  ENIGM_ORDER_WIPE = 3,
} EnigmOrderPurpose;

/**
 * EnigmOrder:
 * @purpose: what the key is to do
 * @binding: the binding it is for
 * @session_value: of the channel it goes through
 * @nonce: the key's nonce in that channel: of message 16, or n_K
 * @computer: the computer that asked for it
 * @time: when it was made, Unix seconds, below 2^40
 *
 * What a platform has a key do, on behalf of its owner (PROTOCOL.md, section 7).
 */
typedef struct
{
  EnigmOrderPurpose purpose;
  guint8 binding[ENIGM_ID_SIZE];
  guint8 session_value[32];
  guint8 nonce[32];
  guint8 computer[ENIGM_ID_SIZE];
  guint64 time;
} EnigmOrder;

GBytes *enigm_order_encode (const EnigmOrder *self);
gboolean enigm_order_decode (GBytes *bytes, EnigmOrder *self, GError **error);
gboolean enigm_order_sign (GBytes *bytes,
                           EnigmP256Key *identity,
                           guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                           GError **error);
gboolean enigm_order_verify (GBytes *bytes,
                             const guint8 identity[ENIGM_P256_POINT_SIZE],
                             const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                             GError **error);

G_END_DECLS
