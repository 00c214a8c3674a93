/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where administrators signed in from, as hashes: what strangers guess elsewhere does not keep them
 * from signing in there again. */

#include "enigm-administrator-addresses.h"

/* The newest of each administrator's; a desk, a home, and whatever a provider gives out. */
#define MAX_ADDRESSES 8

static void
hash_address (EnigmPlatformState *state,
              const guint8 *administrator,
              const gchar *address,
              guint8 hash[ENIGM_SHA256_SIZE])
{
  enigm_hmac_sha256 (state->pseudonym_secret,
                     ENIGM_PARTS (ENIGM_TEXT ("administrator's address"),
                                  { administrator, ENIGM_ID_SIZE }, { address, strlen (address) }),
                     hash);
}

/**
 * enigm_administrator_addresses_knows:
 * @state: the platform
 * @administrator: (array fixed-size=16): an administrator
 * @address: where a request comes from
 * @error: why it is not known
 *
 * Returns: 1 if they signed in from there, 0 if not, -1 if the database failed
 */
gint
enigm_administrator_addresses_knows (EnigmPlatformState *state,
                                     const guint8 administrator[ENIGM_ID_SIZE],
                                     const gchar *address,
                                     GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  guint8 hash[ENIGM_SHA256_SIZE];
  EnigmStep step;

  hash_address (state, administrator, address, hash);
  row = enigm_store_select (
    state->store, error,
    "SELECT 1 FROM administrator_addresses WHERE administrator = ?1 AND address = ?2", "kb",
    administrator, hash, sizeof hash);
  step = row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR;
  return step == ENIGM_STEP_ERROR ? -1 : step == ENIGM_STEP_ROW;
}

/**
 * enigm_administrator_addresses_note:
 * @state: the platform, in the transaction that signs them in
 * @administrator: (array fixed-size=16): an administrator
 * @address: where they signed in from
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_administrator_addresses_note (EnigmPlatformState *state,
                                    const guint8 administrator[ENIGM_ID_SIZE],
                                    const gchar *address,
                                    GError **error)
{
  guint8 hash[ENIGM_SHA256_SIZE];

  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);

  hash_address (state, administrator, address, hash);
  return enigm_store_run (state->store, error,
                          "INSERT INTO administrator_addresses (administrator, address, seen) "
                          "VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET seen = ?3",
                          "kbi", administrator, hash, sizeof hash,
                          enigm_platform_state_now (state)) &&
         enigm_store_run (state->store, error,
                          "DELETE FROM administrator_addresses WHERE administrator = ?1 AND "
                          "address NOT IN (SELECT address FROM administrator_addresses "
                          "WHERE administrator = ?1 ORDER BY seen DESC, address = ?2 DESC "
                          "LIMIT ?3)",
                          "kbi", administrator, hash, sizeof hash, (gint64) MAX_ADDRESSES);
}
