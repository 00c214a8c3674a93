/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"
#include "enigm-radio.h"
#include "enigm-setup-code.h"
#include "enigm-world.h"

G_BEGIN_DECLS

/* What everybody at a party chose. */
#define PARTY_PASSWORD "practice password"
#define PARTY_PIN "135790"

/**
 * Party:
 *
 * The real programs of a pairing in a private world: radio, keyring, platform and keys, each a
 * process of its own. The test is the app.
 */
typedef struct
{
  EnigmWorld *world;
  char *maker;
  char *platform_dir;
  char *origin;
  GSubprocess *platform;
  EnigmRadio *radio;
  const char *key_program; /* NULL for enigm-key itself */
} Party;

/**
 * PartyKey:
 *
 * One key on an adapter of its own, with the code that was printed in its factory.
 */
typedef struct
{
  Party *party;
  char *state;
  char *adapter;
  char *control;
  EnigmSetupCode *code;
  GSubprocess *process;
  GSubprocess *watch;
} PartyKey;

Party *party_new (void);
void party_free (Party *self);
EnigmAccount *party_sign_up (Party *self, const char *user);
EnigmAccount *party_sign_in (Party *self, const char *user, const char *data_dir_name);
void party_refresh (EnigmAccount *account);
char *party_make_maker (Party *self, const char *name);

PartyKey *party_key_new (Party *self, const char *name, const char *maker, const char *identity);
PartyKey *party_key_new_on (Party *self,
                            const char *name,
                            const char *maker,
                            const char *identity,
                            const char *adapter);
void party_key_free (PartyKey *self);
void party_key_stop (PartyKey *self);
void party_key_start (PartyKey *self);
void party_key_do (PartyKey *self, const char *command, const char *argument);
char *party_key_ask_state (PartyKey *self);
void party_key_await (PartyKey *self, const char *line);
char *party_key_pair (PartyKey *self, EnigmAccount *account);
EnigmNearbyKey *party_key_dup_nearby (PartyKey *self);
EnigmNearbyKey *party_key_find (PartyKey *self);

GVariant *party_do_to_radio (Party *self, const char *method, GVariant *parameters);
void party_set_range (Party *self, gboolean in_range);
guint party_count_devices (Party *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Party, party_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PartyKey, party_key_free)

G_END_DECLS
