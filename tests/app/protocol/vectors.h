/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-secret.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What the protocol's tests share: published vectors from tests/vectors, and bytes as hex. */
JsonParser *test_vectors_load (const char *name);
GBytes *test_bytes_from_hex (const char *hex);
char *test_hex_from_bytes (gconstpointer data, gsize len);
EnigmSecret *test_secret_from_hex (const char *hex);
char *test_hex_from_secret (EnigmSecret *secret);

G_END_DECLS
