/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"
#include "enigm-json.h"
#include "enigm-model-private.h"
#include "enigm-sealed-file.h"
#include "enigm-wall-timer.h"

G_BEGIN_DECLS

/*
 * The account is one object in several files: its state and properties (enigm-account.c), what is
 * kept on disk (enigm-account-document.c, enigm-account-load.c), signing in and out
 * (enigm-sign-in.c, enigm-sign-out.c), asking the platform (enigm-refresh.c), and one file for each
 * thing that can be changed.
 */

/* What is to become of the contacts: enigm-contact-edits.c. */
typedef struct
{
  gchar **base;   /* the list that the person edited */
  gchar **wanted; /* what they made of it; NULL unless it has to be sent */
  gchar **sent;   /* what the platform was asked for last; its answer may have been lost */
  gchar *seen;    /* entity tag of the list that they were shown beside their own */
  gchar *refusal; /* why the platform did not take it, in words */
  gboolean sending;
  gboolean held;    /* not sent for now: a removal can still be taken back */
  GPtrArray *tasks; /* who waits for the next time it is sent */
} EnigmContactEdits;

struct _EnigmAccount
{
  GObject parent;

  gchar *data_dir;
  EnigmKeyring *keyring;
  EnigmPlatform *platform;
  EnigmSealedFile *file;
  guint n_saving;
  gboolean saving_cache;
  /* (owned by what it waits for): signing out has come to removing everything. Nothing is written
   * from then on. */
  GTask *erasing;
  gboolean cache_is_old;

  EnigmAccountState state;
  gchar *user;
  gchar *contact_id;
  gchar *computer_id;
  gboolean online;
  gint64 heard;
  gint64 unknown_since;
  GError *trouble; /* why the platform cannot be asked now, where that is known */
  gboolean pairing_unfinished;

  GListStore *keys;
  GListStore *listed;   /* contacts, as the platform lists them */
  GListStore *contacts; /* as they are shown: with what waits to be sent */
  GListStore *invitations;
  GListStore *alerts;
  /* The entity tag that the contacts came with. */
  gchar *contacts_etag;
  EnigmContactEdits edits;
  EnigmContactsState contacts_state;

  GHashTable *labels;   /* contact ID -> label */
  GHashTable *notes;    /* contact ID -> note */
  GHashTable *names;    /* binding -> name */
  GHashTable *drills;   /* binding -> EnigmDrillEvidence */
  GHashTable *revoking; /* binding -> reason: queued while the platform is away */
  /* GTask: those that wait for revocations to be sent, while they are. */
  GPtrArray *revocations_awaited;
  GHashTable *secrets; /* set of bindings with a management secret here */

  /* Others' alerts, by ID: enigm-alert-notice.c. */
  GHashTable *shown;   /* set: this computer has shown them */
  GHashTable *staging; /* ID -> stage that the platform is to be told of */
  GHashTable *telling; /* set: being told now */

  /* Which answer came last is not which was given last: enigm-refresh.c. */
  GHashTable *deleted;       /* set: IDs of alerts that were deleted here; they never come back */
  EnigmWallTimer *day_timer; /* when the next alert's day is over: enigm-alert-list.c */
  gint64 moment;
  gint64 list_taken[4];

  /* The stream: enigm-stream.c. */
  gboolean listening;
  GCancellable *stream_cancellable;
  guint stream_retry_id;
  guint stream_failures;
  gchar *last_event_id;
};

/* The last drill of a key that reached somebody, and when the last one of all was, which may have
 * reached nobody: enigm-drill-evidence.c. */
typedef struct
{
  gint64 last;
  gint64 time;
  guint reached;
  gchar *event;
  GPtrArray *contacts; /* EnigmDrillContact */
} EnigmDrillEvidence;

EnigmDrillEvidence *enigm_drill_evidence_new (void);
void enigm_drill_evidence_free (EnigmDrillEvidence *self);
JsonObject *enigm_drill_evidence_to_json (EnigmDrillEvidence *self);
EnigmDrillEvidence *enigm_drill_evidence_parse (JsonObject *json, GError **error);
void enigm_account_note_drill (EnigmAccount *self, EnigmAlert *alert);

/* How one of the four lists is read. */
typedef struct
{
  const gchar *path;
  const gchar *field;
  guint max;
  gpointer (*parse) (JsonObject *json, GError **error);
  void (*copy) (gpointer self, gpointer from);
  const gchar *(*get_id) (gpointer self);
  /* Whether what was said of it was said before what is known; not for all lists. */
  gboolean (*is_older) (gpointer self, gpointer from);
} EnigmListType;

extern const EnigmListType enigm_list_keys;
extern const EnigmListType enigm_list_contacts;
extern const EnigmListType enigm_list_invitations;
extern const EnigmListType enigm_list_alerts;

gboolean enigm_account_merge_list (EnigmAccount *self,
                                   GListStore *store,
                                   const EnigmListType *type,
                                   JsonObject *answer,
                                   GError **error);
/* Notes that an item is as new as what comes from now on. */
void enigm_account_touch (EnigmAccount *self, gpointer item);
gboolean enigm_account_merge_list_asked (EnigmAccount *self,
                                         GListStore *store,
                                         const EnigmListType *type,
                                         JsonObject *answer,
                                         gint64 asked,
                                         GError **error);
/* Makes the store hold @items, changing it only where they differ. */
void enigm_account_splice_list (GListStore *store, GPtrArray *items);
gpointer
enigm_account_find (GListStore *store, const EnigmListType *type, const gchar *id, guint *position);
/* The JSON an item was read from, for the cache. */
JsonObject *enigm_account_get_item_json (gpointer item);
void enigm_account_set_item_json (gpointer item, JsonObject *json);

/* Brings names, labels, secrets, queued revocations and drills into the models. */
void enigm_account_decorate (EnigmAccount *self);
/* Takes an *event* into the model; signals alert-changed if anything differs. */
gboolean enigm_account_merge_alert (EnigmAccount *self, JsonObject *json, GError **error);

void enigm_account_set_state (EnigmAccount *self, EnigmAccountState state);
void enigm_account_set_unknown_since (EnigmAccount *self, gint64 time);
void enigm_account_take_platform (EnigmAccount *self, EnigmPlatform *platform);
void enigm_account_take_names (EnigmAccount *self, const gchar *user, const gchar *contact_id);
void enigm_account_forget (EnigmAccount *self);
/* Notes what an error says about the session, and hands it on. */
GError *enigm_account_note_error (EnigmAccount *self, GError *error);
GError *enigm_account_error_signed_out (void);
/* Returns an error through @task unless signed in. */
gboolean enigm_account_require (EnigmAccount *self, GTask *task);

/* Tells the platform what waits to be told of others' alerts: enigm-alert-notice.c. */
void enigm_account_send_stages (EnigmAccount *self);
void enigm_account_queue_stage (EnigmAccount *self, const gchar *id, const gchar *stage);
/* Signals alerts that are due, the oldest first. */
void enigm_account_signal_due (EnigmAccount *self);
/* Forgets what was noted of alerts that are gone. */
void enigm_account_prune_notices (EnigmAccount *self);

void enigm_account_emit_alert_changed (EnigmAccount *self, EnigmAlert *alert);
void enigm_account_emit_alert_gone (EnigmAccount *self, EnigmAlert *alert);

/* Which alerts are kept: enigm-alert-list.c. More than so many are not. */
#define ENIGM_ALERTS_MAX 1000
void enigm_account_show_alerts (EnigmAccount *self, GPtrArray *items);
void enigm_account_insert_alert (EnigmAccount *self, EnigmAlert *alert);
void enigm_account_drop_alert (EnigmAccount *self, EnigmAlert *alert);
gboolean enigm_account_drop_alerts_over (EnigmAccount *self);

gchar *enigm_account_get_file_path (EnigmAccount *self);
gchar *enigm_account_get_place_path (EnigmAccount *self);

/* What is kept on disk, as JSON: enigm-account-document.c. */
GBytes *enigm_account_write_document (EnigmAccount *self);
gboolean enigm_account_read_document (EnigmAccount *self, GBytes *plain, GError **error);

void enigm_account_save_async (EnigmAccount *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean enigm_account_save_finish (EnigmAccount *self, GAsyncResult *result, GError **error);
/* Saves what can be asked for again: a failure is logged, and costs nothing but a cache. */
void enigm_account_save_cache (EnigmAccount *self);

/* One request of the account's: its errors are noted, and what answers after somebody else signed
 * in is not an answer. A wrong PIN that closed this computer is %ENIGM_ERROR_SESSION_ENDED, with a
 * sentence that says so: enigm-ask.c. */
void enigm_account_ask_async (EnigmAccount *self,
                              const gchar *method,
                              const gchar *path,
                              GBytes *body,
                              EnigmPlatformCallFlags flags,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
JsonNode *enigm_account_ask_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/* Removes everything from keyring and data folder: enigm-sign-out.c. */
void
enigm_account_erase_async (EnigmAccount *self, GAsyncReadyCallback callback, gpointer user_data);
/* To be called whenever a write has ended. */
void enigm_account_erase_if_saved (EnigmAccount *self);
gboolean enigm_account_erase_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/* Asks for one list and takes it over. */
void enigm_account_fetch_list_async (EnigmAccount *self,
                                     const EnigmListType *type,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean enigm_account_fetch_list_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/* Sends the revocations that wait, before anything else: enigm-keys.c. */
void enigm_account_send_revocations_async (EnigmAccount *self,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean
enigm_account_send_revocations_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/* What is to become of the contacts. */
gchar **enigm_account_list_ids (GListStore *store);
gchar **enigm_account_dup_wanted (EnigmAccount *self);
void enigm_account_want_contacts (EnigmAccount *self, gchar **wanted);
void enigm_account_show_contacts (EnigmAccount *self);
void enigm_account_take_contacts (EnigmAccount *self, const gchar *etag);
void enigm_account_note_contacts_taken (EnigmAccount *self);
void enigm_account_set_contacts_state (EnigmAccount *self, EnigmContactsState state);
void enigm_account_send_contacts_async (EnigmAccount *self,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
enigm_account_send_contacts_finish (EnigmAccount *self, GAsyncResult *result, GError **error);
/* Whether what failed will do once the platform can be reached. */
gboolean enigm_account_is_away (const GError *error);
void enigm_contact_edits_clear (EnigmContactEdits *edits);
void enigm_contact_edits_write (EnigmContactEdits *edits, JsonObject *root);
gboolean enigm_contact_edits_read (EnigmContactEdits *edits, JsonObject *root, GError **error);

gboolean enigm_account_check_label (const gchar *label, GError **error);

void enigm_account_stream_update (EnigmAccount *self);
void enigm_account_stream_renew (EnigmAccount *self);
/* Milliseconds until the next try after @failures (at least 1); @chance is from 0 to 1. */
guint enigm_account_stream_delay (guint failures, gdouble chance);

G_END_DECLS
