/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmComputer:
 *
 * A computer that is signed in to the account. Immutable. Properties: `id` (32 hex characters),
 * `name` (as it called itself at sign-in), `since` and `last-seen` (gint64, Unix seconds), `this`
 * (whether it is the one that asks).
 */
#define ENIGM_TYPE_COMPUTER (enigm_computer_get_type ())
G_DECLARE_FINAL_TYPE (EnigmComputer, enigm_computer, ENIGM, COMPUTER, GObject)

const gchar *enigm_computer_get_id (EnigmComputer *self);
const gchar *enigm_computer_get_name (EnigmComputer *self);
gint64 enigm_computer_get_since (EnigmComputer *self);
gint64 enigm_computer_get_last_seen (EnigmComputer *self);
gboolean enigm_computer_get_this (EnigmComputer *self);

G_END_DECLS
