/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-secret.h"

G_BEGIN_DECLS

/**
 * ENIGM_SHA256_SIZE:
 *
 * Bytes in a SHA-256 digest, and in an HMAC over it.
 */
#define ENIGM_SHA256_SIZE 32

/**
 * EnigmPart:
 * @data: (array length=len) (nullable): the bytes
 * @len: how many
 *
 * One of several pieces that are hashed or signed as if they stood in one row.
 */
typedef struct
{
  gconstpointer data;
  gsize len;
} EnigmPart;

/**
 * ENIGM_PARTS:
 * @...: pieces, as `{ data, len }`
 *
 * Stands for the two arguments `parts` and `n_parts`.
 */
#define ENIGM_PARTS(...)                                                                           \
  (const EnigmPart[]){ __VA_ARGS__ }, G_N_ELEMENTS (((const EnigmPart[]){ __VA_ARGS__ }))

/**
 * ENIGM_TEXT:
 * @text: a literal string
 *
 * One piece for %ENIGM_PARTS: the string's bytes without the terminating zero.
 */
#define ENIGM_TEXT(text)                                                                           \
  {                                                                                                \
    ("" text), sizeof (text) - 1                                                                   \
  }

EnigmPart enigm_part_bytes (GBytes *bytes);
EnigmPart enigm_part_secret (EnigmSecret *secret);

void enigm_sha256 (const EnigmPart *parts, gsize n_parts, guint8 digest[ENIGM_SHA256_SIZE]);
void enigm_hmac_sha256 (EnigmSecret *key,
                        const EnigmPart *parts,
                        gsize n_parts,
                        guint8 mac[ENIGM_SHA256_SIZE]);
gboolean enigm_hmac_sha256_check (EnigmSecret *key,
                                  const EnigmPart *parts,
                                  gsize n_parts,
                                  const guint8 *mac,
                                  gsize mac_len);

G_END_DECLS
