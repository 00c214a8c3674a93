/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-factory.h"
#include "key-memory.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_STORE (enigm_key_store_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyStore, enigm_key_store, ENIGM, KEY_STORE, GObject)

EnigmKeyStore *enigm_key_store_open (const char *folder, GError **error);

EnigmKeyFactory *enigm_key_store_get_factory (EnigmKeyStore *self);
EnigmKeyMemory *enigm_key_store_get_memory (EnigmKeyStore *self);

gboolean enigm_key_store_save (EnigmKeyStore *self, GError **error);
GBytes *enigm_key_store_remember (EnigmKeyStore *self);
void enigm_key_store_restore (EnigmKeyStore *self, GBytes *remembered);
gboolean enigm_key_store_save_or_restore (EnigmKeyStore *self, GBytes *remembered, GError **error);

gint64 enigm_key_store_get_time (EnigmKeyStore *self);
void enigm_key_store_set_time (EnigmKeyStore *self, gint64 time);

G_END_DECLS
