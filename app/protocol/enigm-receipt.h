/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"
#include "enigm-text.h"

G_BEGIN_DECLS

/**
 * ENIGM_RECEIPT_MAX_SIZE:
 *
 * Bytes in a receipt, at most.
 */
#define ENIGM_RECEIPT_MAX_SIZE 256

/**
 * EnigmReceiptState:
 * @ENIGM_RECEIPT_GONE: the binding has ended, or never was
 * @ENIGM_RECEIPT_PENDING: the binding waits for its proof, or is trusted already: that a key
 *   learns only under its MAC
 *
 * What a platform says of an attestation.
 */
typedef enum
{
  ENIGM_RECEIPT_GONE = 0,
  ENIGM_RECEIPT_PENDING = 1,
} EnigmReceiptState;

/**
 * EnigmReceipt:
 * @state: whether the binding may still become trusted, or is gone
 * @binding: the binding
 * @binding_hash: SHA-256 of offer and attestation
 * @time: when the platform said so, Unix seconds, below 2^40
 *
 * A platform's answer to an attestation (PROTOCOL.md, section 5).
 */
typedef struct
{
  EnigmReceiptState state;
  guint8 binding[ENIGM_ID_SIZE];
  guint8 binding_hash[ENIGM_SHA256_SIZE];
  guint64 time;
} EnigmReceipt;

GBytes *enigm_receipt_encode (const EnigmReceipt *self);
gboolean enigm_receipt_decode (GBytes *bytes, EnigmReceipt *self, GError **error);
gboolean enigm_receipt_sign (GBytes *bytes,
                             EnigmP256Key *identity,
                             guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                             GError **error);
gboolean enigm_receipt_verify (GBytes *bytes,
                               const guint8 identity[ENIGM_P256_POINT_SIZE],
                               const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                               GError **error);

G_END_DECLS
