/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform-state.h"

#include "app/protocol/enigm-cbor.h"

G_BEGIN_DECLS

gboolean
enigm_replay_run (EnigmPlatformState *state, guint64 seen, guint64 *replayed, GError **error);

/* For enigm-replay.c alone: one kind of change each; FALSE with an error if the database failed.
 * What cannot be read is noted in the reader. */
typedef struct
{
  EnigmPlatformState *state;
  EnigmCborReader *reader;
  gint64 time;
} EnigmChange;

typedef gboolean (*EnigmReplayFunc) (EnigmChange *change, GError **error);

EnigmReplayFunc enigm_account_replay_find (guint64 kind, gsize *n_items);

G_END_DECLS
