/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-alert.h"
#include "enigm-contact-merge.h"
#include "enigm-contact.h"
#include "enigm-invitation.h"
#include "enigm-key.h"
#include "enigm-keyring.h"
#include "enigm-platform.h"

G_BEGIN_DECLS

/**
 * EnigmAccountState:
 * @ENIGM_ACCOUNT_STATE_LOADING: not known yet
 * @ENIGM_ACCOUNT_STATE_SIGNED_OUT: no account on this computer
 * @ENIGM_ACCOUNT_STATE_KEYRING_LOCKED: there may be one; the keyring has to be unlocked first
 * @ENIGM_ACCOUNT_STATE_KEYRING_MISSING: there may be one; no keyring service answers
 * @ENIGM_ACCOUNT_STATE_SIGNED_IN: signed in, with or without the platform in reach
 * @ENIGM_ACCOUNT_STATE_SESSION_ENDED: the platform closed this computer; what was known is still
 *   shown, and signing in again is the way on
 */
typedef enum
{
  ENIGM_ACCOUNT_STATE_LOADING,
  ENIGM_ACCOUNT_STATE_SIGNED_OUT,
  ENIGM_ACCOUNT_STATE_KEYRING_LOCKED,
  ENIGM_ACCOUNT_STATE_KEYRING_MISSING,
  ENIGM_ACCOUNT_STATE_SIGNED_IN,
  ENIGM_ACCOUNT_STATE_SESSION_ENDED,
} EnigmAccountState;

/**
 * EnigmContactsState:
 * @ENIGM_CONTACTS_STATE_SETTLED: the contacts are as the platform has them
 * @ENIGM_CONTACTS_STATE_WAITING: edits made here wait to be sent
 * @ENIGM_CONTACTS_STATE_CONFLICT: another computer changed the list meanwhile; the person decides
 */
typedef enum
{
  ENIGM_CONTACTS_STATE_SETTLED,
  ENIGM_CONTACTS_STATE_WAITING,
  ENIGM_CONTACTS_STATE_CONFLICT,
} EnigmContactsState;

/**
 * EnigmContactsChoice:
 * @ENIGM_CONTACTS_CHOICE_MINE: the list as it was edited on this computer
 * @ENIGM_CONTACTS_CHOICE_THEIRS: the list as the platform has it
 * @ENIGM_CONTACTS_CHOICE_MERGED: one list with the edits of both
 */
typedef enum
{
  ENIGM_CONTACTS_CHOICE_MINE,
  ENIGM_CONTACTS_CHOICE_THEIRS,
  ENIGM_CONTACTS_CHOICE_MERGED,
} EnigmContactsChoice;

/**
 * EnigmAccount:
 *
 * The account on this computer: its session, its keys, contacts, invitations and alerts. The
 * process that makes one must hold the #EnigmStateLock of its data folder.
 *
 * Every asynchronous function is for the main loop, finishes exactly once, and reports errors of
 * %ENIGM_ERROR whose message is a translated sentence for the person: what happened, what is
 * unchanged, what to do. Cancelling is %G_IO_ERROR_CANCELLED. What the platform says is in the
 * models before the callback runs.
 *
 * Properties, all notifying: `state`; `user`, `contact-id`, `origin` ("" when signed out); `online`
 * (the last request reached the platform); `unknown-since` (Unix seconds of the last time the
 * platform was heard, when it cannot be reached now; 0: what is shown is known now);
 * `listening`; `pairing-unfinished` (a pairing began on this computer and was neither finished nor
 * cancelled; set by whoever pairs, kept across restarts); `contacts-state` (#EnigmContactsState).
 */
#define ENIGM_TYPE_ACCOUNT (enigm_account_get_type ())
G_DECLARE_FINAL_TYPE (EnigmAccount, enigm_account, ENIGM, ACCOUNT, GObject)

/**
 * EnigmAccount::alert-changed:
 * @self: the account
 * @alert: an #EnigmAlert that is new, or has changed
 *
 * Of several, the one that was raised first comes first. Ask enigm_account_is_alert_due() whether
 * it is to be shown.
 */

/**
 * EnigmAccount::alert-gone:
 * @self: the account
 * @alert: an #EnigmAlert that the platform shows to this account no more, or that was deleted
 *
 * It has left the model, and has no position any more. What shows it is to be taken away.
 */

/**
 * enigm_account_new:
 * @data_dir: where this computer keeps the account's state; see enigm_account_default_data_dir()
 * @keyring: the keyring
 *
 * In state %ENIGM_ACCOUNT_STATE_LOADING until enigm_account_load_async() is through.
 */
EnigmAccount *enigm_account_new (const gchar *data_dir, EnigmKeyring *keyring);

/**
 * enigm_account_default_data_dir:
 *
 * Returns: (transfer full): `enigm` under the person's data folder (XDG_DATA_HOME)
 */
gchar *enigm_account_default_data_dir (void);

EnigmAccountState enigm_account_get_state (EnigmAccount *self);
const gchar *enigm_account_get_user (EnigmAccount *self);
const gchar *enigm_account_get_contact_id (EnigmAccount *self);
const gchar *enigm_account_get_origin (EnigmAccount *self);
gboolean enigm_account_get_online (EnigmAccount *self);
gint64 enigm_account_get_unknown_since (EnigmAccount *self);

/**
 * enigm_account_get_trouble:
 *
 * Told of with notify::unknown-since.
 *
 * Returns: (transfer none) (nullable): why the last request got no answer of the platform, of
 *   %ENIGM_ERROR; %NULL if it did, or where nothing was asked yet
 */
const GError *enigm_account_get_trouble (EnigmAccount *self);
/* When the platform was last heard, Unix seconds; 0: never. */
gint64 enigm_account_get_heard (EnigmAccount *self);
const gchar *enigm_account_get_data_dir (EnigmAccount *self);
EnigmKeyring *enigm_account_get_keyring (EnigmAccount *self);

/**
 * enigm_account_get_platform:
 *
 * Returns: (transfer none) (nullable): the platform, %NULL when signed out
 */
EnigmPlatform *enigm_account_get_platform (EnigmAccount *self);

/**
 * enigm_account_get_kept_trust:
 * @origin: whom somebody is about to sign in to
 *
 * Who signs in again need not say again how the platform is trusted.
 *
 * Returns: (transfer none) (nullable): how @origin was trusted until this computer's session ended;
 *   %NULL if it was another platform, or if no session has ended
 */
EnigmTrust *enigm_account_get_kept_trust (EnigmAccount *self, const gchar *origin);

/**
 * enigm_account_get_computer_id:
 *
 * Returns: (transfer none) (nullable): 32 hex characters, %NULL when signed out
 */
const gchar *enigm_account_get_computer_id (EnigmAccount *self);

/* Models that live as long as the account and are empty when signed out. */
GListModel *enigm_account_get_keys (EnigmAccount *self);        /* EnigmKey */
GListModel *enigm_account_get_contacts (EnigmAccount *self);    /* EnigmContact, in their order */
GListModel *enigm_account_get_invitations (EnigmAccount *self); /* EnigmInvitation */
GListModel *enigm_account_get_alerts (EnigmAccount *self);      /* EnigmAlert, newest first */

/**
 * enigm_account_find_key:
 * @binding: 32 hex characters
 *
 * Returns: (transfer none) (nullable): that key
 */
EnigmKey *enigm_account_find_key (EnigmAccount *self, const gchar *binding);

/**
 * enigm_account_find_alert:
 * @id: 32 hex characters
 *
 * Returns: (transfer none) (nullable): that alert
 */
EnigmAlert *enigm_account_find_alert (EnigmAccount *self, const gchar *id);

/**
 * enigm_account_find_label:
 * @contact_id: a contact ID
 *
 * Returns: (transfer none): the owner's word for that contact ID, "" without one
 */
const gchar *enigm_account_find_label (EnigmAccount *self, const gchar *contact_id);

/**
 * enigm_account_find_note:
 * @contact_id: a contact ID
 *
 * Returns: (transfer none): what the owner noted about them, "" without a note
 */
const gchar *enigm_account_find_note (EnigmAccount *self, const gchar *contact_id);

gboolean enigm_account_get_pairing_unfinished (EnigmAccount *self);

/**
 * enigm_account_set_pairing_unfinished:
 * @unfinished: whether a pairing has begun that has not ended
 *
 * Kept on disk, so that a pairing which the computer's end cut short is known at the next start.
 */
void enigm_account_set_pairing_unfinished (EnigmAccount *self, gboolean unfinished);

/**
 * enigm_account_check_user:
 * @user: (nullable): what a person typed
 * @error: return location for %ENIGM_ERROR_MALFORMED with a sentence
 *
 * Returns: whether it may be a user name: 3 to 64 of `a-z 0-9 . _ -`
 */
gboolean enigm_account_check_user (const gchar *user, GError **error);

/**
 * enigm_account_check_password:
 * @password: what a person typed
 * @error: return location for %ENIGM_ERROR_MALFORMED with a sentence
 *
 * Returns: whether it may be a new password: 8 to 256 bytes
 */
gboolean enigm_account_check_password (EnigmSecret *password, GError **error);

/**
 * enigm_account_check_pin:
 * @pin: what a person typed
 * @error: return location for %ENIGM_ERROR_MALFORMED with a sentence
 *
 * Returns: whether it may be a PIN: six ASCII digits
 */
gboolean enigm_account_check_pin (EnigmSecret *pin, GError **error);

/**
 * enigm_account_load_async:
 *
 * Reads what this computer knows from keyring and data folder; needs no platform. A locked or
 * missing keyring is an error and a state; load again after enigm_keyring_unlock_async(). Follow
 * it with enigm_account_refresh_async().
 */
void enigm_account_load_async (EnigmAccount *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean enigm_account_load_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_sign_up_async:
 * @origin: as enigm_platform_check_origin() returns it
 * @trust: how the platform's certificate is trusted
 * @user: the user name wished for
 * @password: 8 to 256 bytes
 * @pin: six ASCII digits
 * @computer_name: (nullable): how the account's owner recognises this computer; %NULL for its name
 * @cancellable: (nullable): a cancellable
 * @callback: called when the account is made and this computer is signed in
 * @user_data: for @callback
 *
 * The keyring is asked before anything is sent. If the process ends half-way the account may exist
 * without this computer: signing in is the way on.
 */
void enigm_account_sign_up_async (EnigmAccount *self,
                                  const gchar *origin,
                                  EnigmTrust *trust,
                                  const gchar *user,
                                  EnigmSecret *password,
                                  EnigmSecret *pin,
                                  const gchar *computer_name,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean enigm_account_sign_up_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_sign_in_async:
 *
 * As enigm_account_sign_up_async(), for an account that exists. In state
 * %ENIGM_ACCOUNT_STATE_SESSION_ENDED it signs the same account in again and keeps labels, names and
 * management secrets; they go if it is another account.
 */
void enigm_account_sign_in_async (EnigmAccount *self,
                                  const gchar *origin,
                                  EnigmTrust *trust,
                                  const gchar *user,
                                  EnigmSecret *password,
                                  const gchar *computer_name,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean enigm_account_sign_in_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_sign_out_async:
 *
 * Closes this computer at the platform, and removes everything from keyring and data folder. If
 * the platform cannot be reached nothing is removed here and the error says so; @even_offline
 * removes it all the same, and this computer stays listed in the account until it is closed from
 * another one.
 */
void enigm_account_sign_out_async (EnigmAccount *self,
                                   gboolean even_offline,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean enigm_account_sign_out_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_refresh_async:
 *
 * Sends revocations that wait, before anything else, then asks for keys, contacts, invitations and
 * alerts.
 */
void enigm_account_refresh_async (EnigmAccount *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean enigm_account_refresh_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_set_key_state_async:
 * @key: a key of this account
 * @to: `lost`, `found`, `revoked`, `retired`, `cancelled` or `released`
 * @reason: (nullable): for `revoked`: `lost`, `stolen`, `retired` or `replaced`
 *
 * Revoking while the platform cannot be reached is kept on this computer: the call succeeds,
 * #EnigmKey:waiting-to-revoke is set, and it is sent before anything else as soon as the platform
 * answers. Everything else fails with %ENIGM_ERROR_PLATFORM_AWAY and nothing is changed.
 */
void enigm_account_set_key_state_async (EnigmAccount *self,
                                        EnigmKey *key,
                                        const gchar *to,
                                        const gchar *reason,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
enigm_account_set_key_state_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_rename_key_async:
 * @name: at most 128 bytes; "" for the default. It never leaves this computer.
 */
void enigm_account_rename_key_async (EnigmAccount *self,
                                     EnigmKey *key,
                                     const gchar *name,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean enigm_account_rename_key_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_check_new_contact:
 * @text: a contact ID as typed
 * @error: return location: %ENIGM_ERROR_MALFORMED if it is mistyped, one's own, listed already, or
 *   would be the eleventh; each with its own sentence
 *
 * Returns: (transfer full) (nullable): the contact ID in its canonical form
 */
gchar *enigm_account_check_new_contact (EnigmAccount *self, const gchar *text, GError **error);

/**
 * enigm_account_check_replacement:
 * @text: a contact ID as typed, of who is to take another contact's place
 *
 * As enigm_account_check_new_contact(), for a list that does not grow.
 *
 * Returns: (transfer full) (nullable): the contact ID in its canonical form
 */
gchar *enigm_account_check_replacement (EnigmAccount *self, const gchar *text, GError **error);

/**
 * enigm_account_add_contact_async:
 * @contact_id: a contact ID as typed
 * @label: (nullable): the owner's word for them; never sent
 *
 * Every change of contacts is kept on this computer first. Where the platform cannot be reached it
 * succeeds, waits there in sight (#EnigmContact:waiting, #EnigmAccount:contacts-state), and is sent
 * with the next refresh that reaches the platform. What the platform refuses for another reason is
 * taken back. If the list was changed elsewhere meanwhile it fails with %ENIGM_ERROR_CONFLICT:
 * nothing was overwritten, the model holds the list as the platform has it, and both lists wait for
 * enigm_account_settle_contacts_async(); until then no other change is taken.
 *
 * A contact that waits to be removed is taken back to their place by adding them.
 */
void enigm_account_add_contact_async (EnigmAccount *self,
                                      const gchar *contact_id,
                                      const gchar *label,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
enigm_account_add_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_remove_contact_async:
 * @contact: one of this account's contacts
 *
 * Takes them off the list; they are told of no alert from then on. Adding them again invites them
 * again. Conflicts as with enigm_account_add_contact_async().
 */
void enigm_account_remove_contact_async (EnigmAccount *self,
                                         EnigmContact *contact,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean
enigm_account_remove_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_begin_removal_async:
 *
 * Removes a contact so that it can be taken back: kept on this computer at once, where it waits for
 * enigm_account_end_removal_async(), for the next edit, or for the next start of the program, and
 * not sent before. Until the platform has it, they are told as before. To take it back, add them
 * again.
 */
void enigm_account_begin_removal_async (EnigmAccount *self,
                                        EnigmContact *contact,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);

/**
 * enigm_account_begin_removal_finish:
 *
 * Returns: whether it is kept
 */
gboolean
enigm_account_begin_removal_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_get_removal_held:
 *
 * Returns: whether a removal can be taken back without anybody having noticed
 */
gboolean enigm_account_get_removal_held (EnigmAccount *self);

/**
 * enigm_account_end_removal_async:
 *
 * Sends what was held. While the platform cannot be reached it goes on waiting, and the call
 * succeeds.
 */
void enigm_account_end_removal_async (EnigmAccount *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
enigm_account_end_removal_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_move_contact_async:
 * @delta: how many places down, negative for up; stops at either end
 */
void enigm_account_move_contact_async (EnigmAccount *self,
                                       EnigmContact *contact,
                                       gint delta,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
enigm_account_move_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_replace_contact_async:
 * @contact: one of this account's contacts
 * @contact_id: the contact ID, as typed, of who takes their place
 * @label: (nullable): the owner's word for the new one; never sent
 *
 * One change: there is no moment with both or with neither. Conflicts as with
 * enigm_account_add_contact_async().
 */
void enigm_account_replace_contact_async (EnigmAccount *self,
                                          EnigmContact *contact,
                                          const gchar *contact_id,
                                          const gchar *label,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean
enigm_account_replace_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

EnigmContactsState enigm_account_get_contacts_state (EnigmAccount *self);

/**
 * enigm_account_get_contacts_refusal:
 *
 * Returns: (transfer none) (nullable): why the platform did not take edits that waited, translated
 */
const gchar *enigm_account_get_contacts_refusal (EnigmAccount *self);

/**
 * enigm_account_dup_contacts_choice:
 * @choice: which list
 * @clash: (out) (optional): why there is no merged one
 *
 * Returns: (transfer full) (nullable): contact IDs, as the list would be; %NULL if both edits
 *   contradict each other
 */
gchar **enigm_account_dup_contacts_choice (EnigmAccount *self,
                                           EnigmContactsChoice choice,
                                           EnigmContactClash *clash);

/**
 * enigm_contact_clash_describe:
 *
 * Returns: (transfer full): one sentence, translated; "" for %ENIGM_CONTACT_CLASH_NONE
 */
gchar *enigm_contact_clash_describe (EnigmContactClash clash);

/**
 * enigm_account_note_conflict_shown:
 *
 * Says that the person was shown both lists, as they are now.
 */
void enigm_account_note_conflict_shown (EnigmAccount *self);

/**
 * enigm_account_settle_contacts_async:
 * @choice: which list it is to be; %ENIGM_CONTACTS_CHOICE_THEIRS also discards what only waits
 *
 * Fails with %ENIGM_ERROR_CONFLICT if the platform's list is another one than the person was shown,
 * or changes again before it is sent; nothing is overwritten then.
 */
void enigm_account_settle_contacts_async (EnigmAccount *self,
                                          EnigmContactsChoice choice,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean
enigm_account_settle_contacts_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_note_contact_async:
 * @contact_id: whom it is about: a contact, or somebody who invited
 * @note: at most 1024 bytes; "" for none. It never leaves this computer, and works offline.
 */
void enigm_account_note_contact_async (EnigmAccount *self,
                                       const gchar *contact_id,
                                       const gchar *note,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
enigm_account_note_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_label_contact_async:
 * @contact_id: whose label: a contact's, or that of somebody who invited
 * @label: at most 128 bytes; "" for none. It never leaves this computer, and works offline.
 */
void enigm_account_label_contact_async (EnigmAccount *self,
                                        const gchar *contact_id,
                                        const gchar *label,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
enigm_account_label_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_answer_invitation_async:
 * @answer: `accept`, `decline` or `leave`
 */
void enigm_account_answer_invitation_async (EnigmAccount *self,
                                            EnigmInvitation *invitation,
                                            const gchar *answer,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean
enigm_account_answer_invitation_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_is_alert_due:
 * @alert: an alert of this account
 *
 * Returns: whether a notification is due: it is under way, somebody else's, its person has not said
 *   that they saw it, and this computer has not shown it, today or before it was restarted
 */
gboolean enigm_account_is_alert_due (EnigmAccount *self, EnigmAlert *alert);

/**
 * enigm_account_note_alert_shown:
 * @alert: an alert that was due
 *
 * It was shown: it is not due again on this computer, and the platform is told `notified`, now or
 * as soon as it can be reached.
 */
void enigm_account_note_alert_shown (EnigmAccount *self, EnigmAlert *alert);

/**
 * EnigmDrillContact:
 * @contact_id: who
 * @notified: milliseconds from the press until their app had shown it, -1: not known
 * @seen: until they said that they had seen it, -1: they have not
 * @measured: whether @seen was measured here; else it is what the platform tells, in whole seconds
 *
 * How a drill reached one contact.
 */
typedef struct
{
  gchar *contact_id;
  gint64 notified;
  gint64 seen;
  gboolean measured;
} EnigmDrillContact;

/**
 * enigm_account_get_drill_contacts:
 * @binding: 32 hex characters
 *
 * Returns: (transfer none) (nullable) (element-type EnigmDrillContact): whom the last drill of that
 *   key that reached somebody was for; kept also when the drill is deleted
 */
GPtrArray *enigm_account_get_drill_contacts (EnigmAccount *self, const gchar *binding);

/**
 * enigm_account_describe_drill:
 *
 * Returns: (transfer full) (nullable): the same in words, a line each
 */
gchar *enigm_account_describe_drill (EnigmAccount *self, const gchar *binding);

/**
 * enigm_account_note_drill_seen:
 * @drill: a drill of this account
 * @contact_id: who said that they have seen it
 * @seen: milliseconds from the press, as measured here; what the platform tells is whole seconds
 */
void enigm_account_note_drill_seen (EnigmAccount *self,
                                    EnigmAlert *drill,
                                    const gchar *contact_id,
                                    gint64 seen);

/**
 * enigm_account_fetch_alert_async:
 * @alert: an alert or drill of this account's own
 *
 * Asks for every position of it. They are not kept on disk, and are those known at that moment: see
 * enigm_alert_get_has_all_positions().
 */
void enigm_account_fetch_alert_async (EnigmAccount *self,
                                      EnigmAlert *alert,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
enigm_account_fetch_alert_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_export_alerts_async:
 * @alert: (nullable): one alert or drill of this account's own, or %NULL for all of them
 *
 * Asks for what the platform keeps of one's own alerts and drills.
 */
void enigm_account_export_alerts_async (EnigmAccount *self,
                                        EnigmAlert *alert,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);

/**
 * enigm_account_export_alerts_finish:
 *
 * Returns: (transfer full) (nullable): JSON, `{exported, events: […]}`, oldest first: the *event*s
 *   of PROTOCOL.md, section 8, with the labels of the contacts beside their contact IDs
 */
gchar *
enigm_account_export_alerts_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_stage_alert_async:
 * @stage: `notified` once a notification was shown, `seen` when the person says so
 *
 * While the platform cannot be reached the word is kept on this computer: the call succeeds, and it
 * is sent as soon as the platform answers; until then #EnigmAlert:waiting is set for `seen`.
 */
void enigm_account_stage_alert_async (EnigmAccount *self,
                                      EnigmAlert *alert,
                                      const gchar *stage,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
enigm_account_stage_alert_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_end_alert_async:
 * @alert: an active alert or drill of this account
 *
 * Ends it; its contacts see that the app did, and no position any more.
 */
void enigm_account_end_alert_async (EnigmAccount *self,
                                    EnigmAlert *alert,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean enigm_account_end_alert_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_delete_alert_async:
 * @alert: an alert or drill of this account that has ended
 *
 * Deletes it at the platform, for its contacts as well.
 */
void enigm_account_delete_alert_async (EnigmAccount *self,
                                       EnigmAlert *alert,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
enigm_account_delete_alert_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_listen:
 * @listening: whether to keep a stream of changes open
 *
 * While signed in, keeps models up to date as things happen; reconnects by itself with backoff (1 s
 * doubling to 60 s, with jitter) and takes up where it left off.
 */
void enigm_account_listen (EnigmAccount *self, gboolean listening);

/**
 * enigm_account_is_saving:
 *
 * Lists that were asked for are written to disk behind their callers' backs. Before it exits, a
 * process runs its main loop until this is %FALSE.
 *
 * Returns: whether something is being written
 */
gboolean enigm_account_is_saving (EnigmAccount *self);

GType enigm_account_state_get_type (void);
#define ENIGM_TYPE_ACCOUNT_STATE (enigm_account_state_get_type ())

GType enigm_contacts_state_get_type (void);
#define ENIGM_TYPE_CONTACTS_STATE (enigm_contacts_state_get_type ())

G_END_DECLS
