/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-key-answer.h"

#include "enigm-bindings.h"

G_BEGIN_DECLS

/* How many of a key's numbers are remembered. */
#define ENIGM_KEY_NUMBERS 64

/**
 * EnigmKeyNumber:
 * @ENIGM_KEY_NUMBER_NEW: greater than the last accepted
 * @ENIGM_KEY_NUMBER_REPEATED: used for the very same request
 * @ENIGM_KEY_NUMBER_REPLAYED: used for something else
 * @ENIGM_KEY_NUMBER_LOW: not greater than the last, and not remembered
 *
 * What the sequence number of a request is.
 */
typedef enum
{
  ENIGM_KEY_NUMBER_NEW,
  ENIGM_KEY_NUMBER_REPEATED,
  ENIGM_KEY_NUMBER_REPLAYED,
  ENIGM_KEY_NUMBER_LOW,
} EnigmKeyNumber;

gboolean enigm_key_numbers_check (EnigmPlatformState *state,
                                  const EnigmBinding *binding,
                                  guint64 sequence,
                                  const char *path,
                                  const guint8 digest[ENIGM_SHA256_SIZE],
                                  EnigmKeyNumber *number,
                                  EnigmKeyOutcome *outcome,
                                  GError **error);
gboolean enigm_key_numbers_use (EnigmPlatformState *state,
                                EnigmBinding *binding,
                                guint64 sequence,
                                const char *path,
                                const guint8 digest[ENIGM_SHA256_SIZE],
                                EnigmKeyOutcome outcome,
                                GError **error);

G_END_DECLS
