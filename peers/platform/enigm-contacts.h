/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "enigm-platform-state.h"

G_BEGIN_DECLS

/* How many people one account may ask to be told. */
#define ENIGM_CONTACTS_MAX 10

gboolean enigm_contacts_hide_events (EnigmPlatformState *state,
                                     const guint8 owner[ENIGM_ID_SIZE],
                                     const guint8 contact[ENIGM_ID_SIZE],
                                     GError **error);

G_END_DECLS
