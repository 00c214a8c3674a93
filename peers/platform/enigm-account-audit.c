/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-account-audit.h"

#include "app/protocol/enigm-hash.h"

/**
 * enigm_account_audit:
 * @state: the platform, in a transaction
 * @account: (array fixed-size=16): the account it is about
 * @what: what the record is about
 * @detail: what happened
 * @error: return location
 *
 * Records what happened to an account itself, under a pseudonym that is no key's.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_account_audit (EnigmPlatformState *state,
                     const guint8 *account,
                     const char *what,
                     const char *detail,
                     GError **error)
{
  guint8 pseudonym[ENIGM_PSEUDONYM_SIZE];
  EnigmAuditEntry entry = { enigm_platform_state_now (state), pseudonym, what, detail };

  enigm_hmac_sha256 (state->pseudonym_secret,
                     ENIGM_PARTS (ENIGM_TEXT ("account"), { account, ENIGM_ID_SIZE }), pseudonym);
  return enigm_audit_append (state->audit, &entry, error);
}
