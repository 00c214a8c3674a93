/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-link.h"
#include "party.h"
#include "protocol/enigm-channel.h"
#include "protocol/enigm-message.h"

G_BEGIN_DECLS

/**
 * Attacker:
 *
 * Somebody in radio range of a key, with the protocol's library and a connection, who keeps to no
 * rule: says what they like, when they like, in whatever bytes they like.
 */
typedef struct
{
  PartyKey *key;
  EnigmLink *link;
  GQueue *inbox; /* of GBytes: what the key has said and nobody has looked at */
  gboolean closed;
  EnigmChannel *channel;
  EnigmMessage *certificate;
} Attacker;

Attacker *attacker_new (PartyKey *key);
void attacker_free (Attacker *self);
void attacker_send_bytes (Attacker *self, GBytes *bytes);
void attacker_send (Attacker *self, EnigmMessage *message);
EnigmMessage *attacker_take (Attacker *self);
void attacker_await_closed (Attacker *self);

EnigmMessage *attacker_start (Attacker *self, EnigmSetupCode *code, EnigmMessage **confirm);
Attacker *attacker_new_inside (PartyKey *key);
GBytes *attacker_seal (Attacker *self, EnigmMessage *message);
void attacker_send_sealed (Attacker *self, EnigmMessage *message);
EnigmMessage *attacker_take_sealed (Attacker *self, EnigmMessageType type);

void attacker_let_seconds_pass (guint seconds);
gboolean attacker_is_set (gpointer user_data);
void attacker_on_finished (GObject *object, GAsyncResult *result, gpointer user_data);
void attacker_kill_key (PartyKey *key);
void attacker_kill_platform (Party *party);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attacker, attacker_free)

G_END_DECLS
