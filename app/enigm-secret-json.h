/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/enigm-secret.h"

G_BEGIN_DECLS

/* A JSON object that holds secrets, written by hand and not with json-glib, which would leave them
 * all over memory; its bytes are wiped when they are freed. */

GByteArray *enigm_secret_json_begin (void);
void enigm_secret_json_add_name (GByteArray *self, const gchar *name);
void enigm_secret_json_add_text (GByteArray *self, const gchar *name, const gchar *text);
void enigm_secret_json_add_secret (GByteArray *self, const gchar *name, EnigmSecret *secret);
void enigm_secret_json_open (GByteArray *self, const gchar *name);
void enigm_secret_json_close (GByteArray *self);
GBytes *enigm_secret_json_end (GByteArray *self);

G_END_DECLS
