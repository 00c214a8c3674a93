/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmWorldFlags:
 * @ENIGM_WORLD_EMPTY: private folders, and bus addresses where nobody listens
 * @ENIGM_WORLD_SYSTEM_BUS: a system bus on which nobody owns a name
 * @ENIGM_WORLD_RADIO: the practice radio with two adapters, and the system bus it needs
 * @ENIGM_WORLD_SESSION_BUS: a session bus that starts nothing by itself
 * @ENIGM_WORLD_KEYRING: an unlocked, empty keyring, and the session bus it needs
 *
 * What a test's private world holds.
 */
typedef enum
{
  ENIGM_WORLD_EMPTY = 0,
  ENIGM_WORLD_SYSTEM_BUS = 1 << 0,
  ENIGM_WORLD_RADIO = 1 << 1 | ENIGM_WORLD_SYSTEM_BUS,
  ENIGM_WORLD_SESSION_BUS = 1 << 2,
  ENIGM_WORLD_KEYRING = 1 << 3 | ENIGM_WORLD_SESSION_BUS,
} EnigmWorldFlags;

/**
 * ENIGM_WORLD_DEADLINE:
 *
 * Seconds after which what a test waits for counts as failed. Generous, because machines are slow
 * now and then; nothing is expected to come near it.
 */
#define ENIGM_WORLD_DEADLINE 30

typedef struct _EnigmWorld EnigmWorld;

EnigmWorld *enigm_world_new (EnigmWorldFlags flags);
void enigm_world_free (EnigmWorld *self);
const char *enigm_world_get_folder (EnigmWorld *self);
GDBusConnection *enigm_world_connect (EnigmWorld *self, GBusType bus);

char *enigm_world_find_program (const char *path);
guint16 enigm_world_find_port (void);
GSubprocess *enigm_world_spawn (EnigmWorld *self, GSubprocessFlags flags, const char *const *argv);
void enigm_world_stop (EnigmWorld *self, GSubprocess *process);

void enigm_world_start_radio (EnigmWorld *self, guint n_adapters);
void enigm_world_stop_radio (EnigmWorld *self);
void enigm_world_start_keyring (EnigmWorld *self);
void enigm_world_lock_keyring (EnigmWorld *self);
void enigm_world_stop_keyring (EnigmWorld *self);

gboolean enigm_world_await (GSourceFunc condition, gpointer user_data);
char *enigm_world_await_line (GSubprocess *process);
void enigm_world_await_name (EnigmWorld *self, GBusType bus, const char *name, gboolean owned);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmWorld, enigm_world_free)

G_END_DECLS
