/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-store.h"

G_BEGIN_DECLS

/**
 * EnigmHubKind:
 * @ENIGM_HUB_EVENT: an event began or changed
 * @ENIGM_HUB_KEYS: a key of the account changed
 * @ENIGM_HUB_CONTACTS: a contact of the account changed
 * @ENIGM_HUB_INVITATIONS: an invitation to the account came or changed
 * @ENIGM_HUB_SESSION: a computer came or was closed
 *
 * What an item of an account's stream is about.
 */
typedef enum
{
  ENIGM_HUB_EVENT,
  ENIGM_HUB_KEYS,
  ENIGM_HUB_CONTACTS,
  ENIGM_HUB_INVITATIONS,
  ENIGM_HUB_SESSION,
} EnigmHubKind;

/**
 * EnigmHub:
 *
 * Carries news to the apps of an account: kept in the database, so that one that was away gets what
 * it missed, and told to those that are listening once the transaction is committed.
 */
typedef struct _EnigmHub EnigmHub;

/**
 * EnigmListener:
 *
 * One app that listens.
 */
typedef struct _EnigmListener EnigmListener;

/**
 * EnigmHubWake:
 * @ended: the session of the listener is over: nothing more will come
 * @user_data: what was given
 *
 * Called when there may be news. It is not called from within enigm_hub_post().
 */
typedef void (*EnigmHubWake) (gboolean ended, gpointer user_data);

EnigmHub *enigm_hub_new (EnigmStore *store);
void enigm_hub_free (EnigmHub *self);

gboolean enigm_hub_post (EnigmHub *self,
                         const guint8 account[ENIGM_ID_SIZE],
                         EnigmHubKind kind,
                         const guint8 *event_id,
                         GError **error);
void enigm_hub_close_computer (EnigmHub *self, const guint8 computer[ENIGM_ID_SIZE]);

EnigmListener *enigm_hub_listen (EnigmHub *self,
                                 const guint8 account[ENIGM_ID_SIZE],
                                 const guint8 computer[ENIGM_ID_SIZE],
                                 EnigmHubWake wake,
                                 gpointer user_data);
void enigm_hub_leave (EnigmHub *self, EnigmListener *listener);
void enigm_hub_end_all (EnigmHub *self);

const gchar *enigm_hub_kind_to_string (EnigmHubKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmHub, enigm_hub_free)

G_END_DECLS
