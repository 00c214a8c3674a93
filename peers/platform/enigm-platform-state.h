/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-secret.h"
#include "app/protocol/enigm-p256.h"

#include "enigm-audit.h"
#include "enigm-config.h"
#include "enigm-hub.h"
#include "enigm-store.h"

G_BEGIN_DECLS

/* How many accounts one address may ask for, within how many seconds, and for how many a name
 * counts that somebody has: who only wants to know names is stopped after twenty. */
#define ENIGM_SIGN_UPS 400
#define ENIGM_SIGN_UP_SECONDS (15 * 60)
#define ENIGM_SIGN_UPS_FOR_A_NAME 20
/* How many people one account may invite within how many seconds; ten are a full list. */
#define ENIGM_INVITATIONS 40
#define ENIGM_INVITATION_SECONDS (24 * 60 * 60)

/* Bytes in a TLS pin: SHA-256 of a SubjectPublicKeyInfo. */
#define ENIGM_PIN_SIZE 32

/**
 * EnigmPlatformClock:
 * @user_data: what was given
 *
 * Returns: the time, in Unix seconds
 */
typedef gint64 (*EnigmPlatformClock) (gpointer user_data);

/**
 * EnigmPlatformState:
 * @config: the configuration
 * @store: the database
 * @hub: the accounts' event streams
 * @audit: what happened, chained
 * @identity: the key that signs offers, receipts, releases and orders
 * @pseudonym_secret: what pseudonyms are derived with (PROTOCOL.md, section 1)
 * @column_key: seals columns of the database that hold secrets
 * @epoch: this database's epoch
 * @epoch_began: when, after a restore; nothing signed before is accepted
 * @pins: H of the SubjectPublicKeyInfo of the TLS certificate, and of the one after it
 * @guesses: how often passwords were guessed wrong
 * @journal: what a restored database is brought up to date with
 * @makers: the authorities whose keys are genuine, PEM
 * @attestation_rate: how often attestations came from each address
 * @seen_handle: a handle that a key has named lately, or zeros
 * @sign_up_rate: how often somebody at each address wanted a new account
 * @invitation_rate: how many people each account invited lately
 *
 * What every handler works on. There is one, on the main loop.
 */
typedef struct
{
  EnigmConfig *config;
  EnigmStore *store;
  EnigmHub *hub;
  EnigmAudit *audit;
  EnigmP256Key *identity;
  EnigmSecret *pseudonym_secret;
  EnigmSecret *column_key;
  guint8 epoch[ENIGM_ID_SIZE];
  gint64 epoch_began;
  guint8 pins[2][ENIGM_PIN_SIZE];
  struct _EnigmGuesses *guesses;
  struct _EnigmJournal *journal;
  GBytes *makers;
  struct _EnigmRate *attestation_rate;
  guint8 seen_handle[ENIGM_ID_SIZE];
  struct _EnigmRate *sign_up_rate;
  struct _EnigmRate *invitation_rate;
  EnigmPlatformClock clock;
  gpointer clock_data;
} EnigmPlatformState;

EnigmPlatformState *enigm_platform_state_open (EnigmConfig *config,
                                               EnigmPlatformClock clock,
                                               gpointer clock_data,
                                               GError **error);
EnigmPlatformState *enigm_platform_state_open_restored (EnigmConfig *config,
                                                        EnigmPlatformClock clock,
                                                        gpointer clock_data,
                                                        gboolean with_journal,
                                                        GError **error);
gboolean enigm_platform_state_open_audit (const EnigmConfig *config,
                                          EnigmStore **store,
                                          EnigmAudit **audit,
                                          GError **error);
void enigm_platform_state_free (EnigmPlatformState *self);

gint64 enigm_platform_state_now (EnigmPlatformState *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmPlatformState, enigm_platform_state_free)

G_END_DECLS
