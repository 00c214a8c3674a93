/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ENIGM_VERSION:
 *
 * The one version of the protocol that there is.
 */
#define ENIGM_VERSION 1

/**
 * ENIGM_SUITE:
 *
 * The one suite of cryptography that there is.
 */
#define ENIGM_SUITE 1

/**
 * ENIGM_HELLO_MAX_SIZE:
 *
 * Bytes in a hello of either side, at most.
 */
#define ENIGM_HELLO_MAX_SIZE 32

/**
 * EnigmKeyHello:
 * @discriminator: 12 bits, as in the setup code
 * @bound: whether the key has an owner
 *
 * What the attribute Information reads (PROTOCOL.md, section 2).
 */
typedef struct
{
  guint discriminator;
  gboolean bound;
} EnigmKeyHello;

GBytes *enigm_key_hello_encode (const EnigmKeyHello *self);
gboolean enigm_key_hello_decode (GBytes *bytes, EnigmKeyHello *self, GError **error);

GBytes *enigm_app_hello_encode (void);
gboolean enigm_app_hello_check (GBytes *bytes, GError **error);

G_END_DECLS
