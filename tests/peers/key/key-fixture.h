/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-channel.h"
#include "enigm-offer.h"
#include "enigm-receipt.h"
#include "enigm-setup-code.h"
#include "key-session.h"

G_BEGIN_DECLS

/**
 * KeyFixture:
 * @folder: where everything is, removed in the end
 * @state: the key's own folder
 * @identity: the platform's identity key
 * @ephemeral: the platform's half of the last offer
 * @code: the key's setup code
 * @store: the key's flash, and what stands on it
 * @lines: (element-type utf8): what could be seen and felt so far
 *
 * A key fresh from the factory, and what a platform would know of it.
 */
typedef struct
{
  char *folder;
  char *state;
  EnigmP256Key *identity;
  EnigmP256Key *ephemeral;
  EnigmSetupCode *code;
  EnigmKeyStore *store;
  EnigmKeySignals *signals;
  EnigmKeySensors *sensors;
  EnigmKeyTries *tries;
  EnigmKeyBinding *binding;
  EnigmKeyEvent *event;
  GPtrArray *lines;
} KeyFixture;

/**
 * AppSide:
 * @session: the key's end
 * @inbox: (element-type GBytes): what the key has sent and nobody has taken yet
 * @is_over: whether the key cut the link
 * @channel: once it is open
 * @certificate: the key's first message in it
 *
 * An app at the other end of a session, made of the protocol's library alone.
 */
typedef struct
{
  KeyFixture *fixture;
  EnigmKeySession *session;
  GQueue *inbox;
  gboolean is_over;
  EnigmChannel *channel;
  EnigmMessage *certificate;
} AppSide;

void key_fixture_set_up (KeyFixture *self, gconstpointer data);
void key_fixture_tear_down (KeyFixture *self, gconstpointer data);
void key_fixture_close (KeyFixture *self);
void key_fixture_reopen (KeyFixture *self);
void key_fixture_fill_flash (KeyFixture *self);
void key_fixture_empty_flash (KeyFixture *self);
gboolean key_fixture_has_line (KeyFixture *self, const char *line);
EnigmKeyMemory *key_fixture_get_memory (KeyFixture *self);

void key_fixture_make_offer (KeyFixture *self,
                             EnigmOffer *offer,
                             const guint8 *nonce,
                             const guint8 *session_value);
void key_fixture_bind (KeyFixture *self, EnigmReportedState state, const char *origin);

AppSide *app_side_new (KeyFixture *fixture);
void app_side_free (AppSide *self);
void app_side_send (AppSide *self, EnigmMessage *message);
EnigmMessage *app_side_take (AppSide *self, EnigmMessageType type);
void app_side_start (AppSide *self, EnigmSetupCode *code, EnigmMessage **confirm);
void app_side_open (AppSide *self);
EnigmMessage *app_side_offer (AppSide *self, const EnigmOffer *offer);
void app_side_assert_declined (AppSide *self, EnigmReason reason);
void app_side_assert_refused (AppSide *self, EnigmReason reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppSide, app_side_free)

G_END_DECLS
