/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmTrustKind:
 * @ENIGM_TRUST_SYSTEM: through the certificate authorities this computer trusts
 * @ENIGM_TRUST_CA: through one imported file of certificate authorities, and nothing else
 * @ENIGM_TRUST_PIN: through the hash of the platform's public key, and nothing else
 */
typedef enum
{
  ENIGM_TRUST_SYSTEM,
  ENIGM_TRUST_CA,
  ENIGM_TRUST_PIN,
} EnigmTrustKind;

/**
 * EnigmTrust:
 *
 * How the platform's TLS certificate is trusted. The decision is made in a #GTlsDatabase, during
 * the handshake and before any byte of a request is sent; there is no way to accept a certificate
 * afterwards. Immutable.
 */
#define ENIGM_TYPE_TRUST (enigm_trust_get_type ())
G_DECLARE_FINAL_TYPE (EnigmTrust, enigm_trust, ENIGM, TRUST, GObject)

/* Largest file of certificate authorities that is read, in bytes, and most certificates in it. */
#define ENIGM_TRUST_MAX_PEM (64 * 1024)
#define ENIGM_TRUST_MAX_CAS 16

/**
 * enigm_trust_new_system:
 *
 * Returns: (transfer full): trust in whatever this computer trusts
 */
EnigmTrust *enigm_trust_new_system (void);

/**
 * enigm_trust_new_ca:
 * @pem: one to 16 certificates in PEM form, at most 64 KiB
 * @error: return location
 *
 * Fails with %ENIGM_ERROR_MALFORMED if there is no certificate in @pem, or one that does not parse.
 *
 * Returns: (transfer full) (nullable): trust in these authorities alone
 */
EnigmTrust *enigm_trust_new_ca (GBytes *pem, GError **error);

/**
 * enigm_trust_new_pin:
 * @spki_sha256: (array fixed-size=32): SHA-256 of the SubjectPublicKeyInfo, DER
 *
 * A pin names a public key, not a certificate: name and expiry of the certificate do not matter,
 * as they do not matter to a key (PROTOCOL.md, section 6).
 *
 * Returns: (transfer full): trust in that public key alone
 */
EnigmTrust *enigm_trust_new_pin (const guint8 spki_sha256[32]);

/**
 * enigm_trust_new_from_text:
 * @text: what enigm_trust_to_text() gave
 * @error: return location for %ENIGM_ERROR_MALFORMED
 *
 * Returns: (transfer full) (nullable): the trust it describes
 */
EnigmTrust *enigm_trust_new_from_text (const gchar *text, GError **error);

/**
 * enigm_trust_new_pin_from_hex:
 * @hex: 64 hexadecimal digits; colons and spaces are passed over
 * @error: return location for %ENIGM_ERROR_MALFORMED
 *
 * Returns: (transfer full) (nullable): trust in that public key alone
 */
EnigmTrust *enigm_trust_new_pin_from_hex (const gchar *hex, GError **error);

/**
 * enigm_trust_to_text:
 * @self: a trust
 *
 * Returns: (transfer full): `system`, `pin:HEX`, or `ca:` and the PEM text; for settings
 */
gchar *enigm_trust_to_text (EnigmTrust *self);

/**
 * enigm_trust_describe:
 * @self: a trust
 *
 * Returns: (transfer full): a translated phrase for the settings page
 */
gchar *enigm_trust_describe (EnigmTrust *self);

EnigmTrustKind enigm_trust_get_kind (EnigmTrust *self);

/**
 * enigm_trust_get_database:
 * @self: a trust
 *
 * Returns: (transfer none): the database that decides, made once
 */
GTlsDatabase *enigm_trust_get_database (EnigmTrust *self);

G_END_DECLS
