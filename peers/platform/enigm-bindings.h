/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-audit.h"
#include "enigm-lifecycle.h"
#include "enigm-platform-state.h"

G_BEGIN_DECLS

/* How long a binding waits for its proof, in seconds. */
#define ENIGM_BINDING_PENDING_SECONDS 600
/* How many computers may use one key's management channel. */
#define ENIGM_BINDING_MAX_COMPUTERS 8
/* What a key says that cannot measure its battery (PROTOCOL.md, section 3). */
#define ENIGM_BATTERY_UNKNOWN 101

/**
 * EnigmBinding:
 * @id: binding ID
 * @handle: what its requests name
 * @account: whose it is
 * @certificate: the certificate hash
 * @pseudonym: the account with this key, for audit and Command
 * @hash: the binding hash
 * @state: where it stands
 * @restrictions: a set of #EnigmRestriction; empty unless restricted
 * @begun: when it was attested, Unix seconds
 * @since: since when it stands there
 * @trusted: when it was first trusted, or 0
 * @released: when its ownership was released, or 0
 * @has_replaces: whether it is to replace a binding of another key
 * @replaces: which one
 * @sequence: the last number accepted
 * @proved: when the key last proved its credential, or 0
 * @proved_relayed: whether that came through an app
 * @battery: percent, or %ENIGM_BATTERY_UNKNOWN
 * @battery_time: when that was said, or 0
 *
 * One row of the table, as it was read. What changes it goes through the functions below, which
 * keep the copy right.
 */
typedef struct
{
  guint8 id[ENIGM_ID_SIZE];
  guint8 handle[ENIGM_ID_SIZE];
  guint8 account[ENIGM_ID_SIZE];
  guint8 certificate[ENIGM_SHA256_SIZE];
  guint8 pseudonym[ENIGM_PSEUDONYM_SIZE];
  guint8 hash[ENIGM_SHA256_SIZE];
  EnigmBindingState state;
  guint restrictions;
  gint64 begun;
  gint64 since;
  gint64 trusted;
  gint64 released;
  gboolean has_replaces;
  guint8 replaces[ENIGM_ID_SIZE];
  gint64 sequence;
  gint64 proved;
  gboolean proved_relayed;
  guint battery;
  gint64 battery_time;
} EnigmBinding;

gboolean enigm_bindings_find (EnigmPlatformState *state,
                              const guint8 id[ENIGM_ID_SIZE],
                              EnigmBinding **binding,
                              GError **error);
gboolean enigm_bindings_find_by_handle (EnigmPlatformState *state,
                                        const guint8 handle[ENIGM_ID_SIZE],
                                        EnigmBinding **binding,
                                        GError **error);
gboolean enigm_bindings_find_in_force (EnigmPlatformState *state,
                                       const guint8 certificate[ENIGM_SHA256_SIZE],
                                       EnigmBinding **binding,
                                       GError **error);
gboolean enigm_bindings_find_pending (EnigmPlatformState *state,
                                      const guint8 certificate[ENIGM_SHA256_SIZE],
                                      EnigmBinding **binding,
                                      GError **error);
gboolean enigm_bindings_find_newest (EnigmPlatformState *state,
                                     const guint8 certificate[ENIGM_SHA256_SIZE],
                                     EnigmBinding **binding,
                                     GError **error);
GPtrArray *enigm_bindings_list (EnigmPlatformState *state,
                                const guint8 account[ENIGM_ID_SIZE],
                                GError **error);

GPtrArray *enigm_bindings_list_all (EnigmPlatformState *state, GError **error);

gboolean enigm_bindings_begin (EnigmPlatformState *state,
                               EnigmBinding *binding,
                               const guint8 computer[ENIGM_ID_SIZE],
                               EnigmSecret *request_key,
                               EnigmSecret *answer_key,
                               GError **error);
gboolean enigm_bindings_change (EnigmPlatformState *state,
                                EnigmBinding *binding,
                                EnigmBindingState to,
                                EnigmBindingBy by,
                                EnigmBindingReason reason,
                                GError **error);
gboolean enigm_bindings_trust (EnigmPlatformState *state, EnigmBinding *binding, GError **error);
gboolean enigm_bindings_note_contact (EnigmPlatformState *state,
                                      EnigmBinding *binding,
                                      gboolean relayed,
                                      guint battery,
                                      gboolean tell,
                                      GError **error);
gboolean
enigm_bindings_tell_owner (EnigmPlatformState *state, const EnigmBinding *binding, GError **error);
gboolean enigm_bindings_is_overdue (EnigmPlatformState *state, const EnigmBinding *binding);
gboolean enigm_bindings_expire (EnigmPlatformState *state, GError **error);

gboolean enigm_bindings_open_keys (EnigmPlatformState *state,
                                   const EnigmBinding *binding,
                                   EnigmSecret **request_key,
                                   EnigmSecret **answer_key,
                                   GError **error);

gboolean
enigm_bindings_list_computers (EnigmPlatformState *state,
                               const guint8 id[ENIGM_ID_SIZE],
                               guint8 computers[ENIGM_BINDING_MAX_COMPUTERS][ENIGM_ID_SIZE],
                               guint *n_computers,
                               GError **error);
gboolean enigm_bindings_add_computer (EnigmPlatformState *state,
                                      const guint8 id[ENIGM_ID_SIZE],
                                      const guint8 computer[ENIGM_ID_SIZE],
                                      gboolean *added,
                                      GError **error);

void enigm_binding_free (EnigmBinding *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmBinding, enigm_binding_free)

G_END_DECLS
