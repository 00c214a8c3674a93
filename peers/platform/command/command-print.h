/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

void command_print_json (JsonObject *object);
void command_print_keys (JsonArray *keys);
void command_print_key (JsonObject *key);
void command_print_events (JsonArray *events);
void command_print_sessions (JsonArray *sessions);
void command_print_records (JsonArray *records);
void command_print_administrators (JsonArray *administrators);

G_END_DECLS
