/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/enigm-secret.h"

G_BEGIN_DECLS

/**
 * EnigmKeyringKind:
 * @ENIGM_KEYRING_SESSION: the session's token
 * @ENIGM_KEYRING_COMPUTER: this computer's own signing key, PEM
 * @ENIGM_KEYRING_KEY: the management secret S for one binding, 32 bytes
 * @ENIGM_KEYRING_FILES: the key that seals the files in the data folder, 32 bytes
 */
typedef enum
{
  ENIGM_KEYRING_SESSION,
  ENIGM_KEYRING_COMPUTER,
  ENIGM_KEYRING_KEY,
  ENIGM_KEYRING_FILES,
} EnigmKeyringKind;

/**
 * EnigmKeyring:
 *
 * What the app keeps in the person's keyring, through libsecret. Items have the schema
 * `io.enigm.App` with the attributes `kind`, `place` (one data folder), and where they apply
 * `origin`, `user` and `binding`.
 *
 * Nothing waits for ever: a keyring that does not answer within ten seconds counts as missing. The
 * service asks the person only in enigm_keyring_unlock_async(), and to store where there is no
 * default collection yet, which it makes with a new password; they have two minutes. A locked
 * keyring is %ENIGM_ERROR_KEYRING_LOCKED, no keyring service %ENIGM_ERROR_KEYRING_MISSING.
 *
 * A call that is cancelled ends at once, with %G_IO_ERROR_CANCELLED. What the keyring was asked
 * for cannot be taken back: it may still be done, as when its answer is lost.
 */
#define ENIGM_TYPE_KEYRING (enigm_keyring_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyring, enigm_keyring, ENIGM, KEYRING, GObject)

/* Longest secret that is stored or taken back, in bytes. */
#define ENIGM_KEYRING_MAX_SECRET 1024

/**
 * enigm_keyring_new:
 *
 * Returns: (transfer full): the person's keyring; nothing is asked of it yet
 */
EnigmKeyring *enigm_keyring_new (void);

/**
 * enigm_keyring_set_place:
 * @self: a keyring
 * @place: 32 lower-case hex characters that name one data folder
 *
 * Keeps two data folders on one keyring apart. #EnigmAccount calls this.
 */
void enigm_keyring_set_place (EnigmKeyring *self, const gchar *place);

/**
 * enigm_keyring_set_scope:
 * @self: a keyring
 * @origin: (nullable): the platform's origin
 * @user: (nullable): the account's user name
 *
 * Further attributes of items stored from now on. #EnigmAccount calls this.
 */
void enigm_keyring_set_scope (EnigmKeyring *self, const gchar *origin, const gchar *user);

/**
 * enigm_keyring_store_async:
 * @self: a keyring with a place
 * @kind: what it is
 * @binding_hex: (nullable): 32 lower-case hex characters with %ENIGM_KEYRING_KEY, else %NULL
 * @secret: 1 to 1024 bytes
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is stored
 * @user_data: for @callback
 *
 * Replaces an item of the same kind and binding.
 */
void enigm_keyring_store_async (EnigmKeyring *self,
                                EnigmKeyringKind kind,
                                const gchar *binding_hex,
                                EnigmSecret *secret,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean enigm_keyring_store_finish (EnigmKeyring *self, GAsyncResult *result, GError **error);

/**
 * enigm_keyring_lookup_async:
 * @self: a keyring with a place
 * @kind: what it is
 * @binding_hex: (nullable): as in enigm_keyring_store_async()
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * enigm_keyring_lookup_finish() returns %NULL with no error if there is no such item, and %NULL
 * with an error if that is not known.
 */
void enigm_keyring_lookup_async (EnigmKeyring *self,
                                 EnigmKeyringKind kind,
                                 const gchar *binding_hex,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
EnigmSecret *enigm_keyring_lookup_finish (EnigmKeyring *self, GAsyncResult *result, GError **error);

/**
 * enigm_keyring_clear_async:
 *
 * Removes one item, or with %ENIGM_KEYRING_KEY and no binding those of every binding; it is no
 * error if there is none.
 */
void enigm_keyring_clear_async (EnigmKeyring *self,
                                EnigmKeyringKind kind,
                                const gchar *binding_hex,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean enigm_keyring_clear_finish (EnigmKeyring *self, GAsyncResult *result, GError **error);

/**
 * enigm_keyring_clear_all_async:
 *
 * Removes every item of this place, whatever its origin and user.
 */
void enigm_keyring_clear_all_async (EnigmKeyring *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean enigm_keyring_clear_all_finish (EnigmKeyring *self, GAsyncResult *result, GError **error);

/**
 * enigm_keyring_list_bindings_async:
 *
 * enigm_keyring_list_bindings_finish() returns the bindings that have a management secret here:
 * (transfer full): a %NULL-terminated array of 32 hex characters each, or %NULL with an error.
 */
void enigm_keyring_list_bindings_async (EnigmKeyring *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GStrv enigm_keyring_list_bindings_finish (EnigmKeyring *self, GAsyncResult *result, GError **error);

/**
 * enigm_keyring_unlock_async:
 *
 * Asks the keyring service to unlock the default collection, which may show the service's own
 * prompt; waits for the person for up to two minutes. %ENIGM_ERROR_KEYRING_LOCKED if they dismiss
 * it; who answers it later has unlocked it for the next call. In a sandbox, where
 * enigm_portal_is_needed(), there is no service to ask, and this does nothing.
 */
void enigm_keyring_unlock_async (EnigmKeyring *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean enigm_keyring_unlock_finish (EnigmKeyring *self, GAsyncResult *result, GError **error);

G_END_DECLS
