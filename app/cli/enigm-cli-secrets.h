/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-cli-verbs.h"

G_BEGIN_DECLS

GHashTable *enigm_cli_secrets_take (const EnigmCliVerb *verb, GPtrArray *argv, GError **error);

G_END_DECLS
