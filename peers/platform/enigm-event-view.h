/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "enigm-platform-state.h"

G_BEGIN_DECLS

JsonNode *enigm_event_view (EnigmPlatformState *state,
                            const guint8 event_id[ENIGM_ID_SIZE],
                            const guint8 viewer[ENIGM_ID_SIZE],
                            gboolean whole,
                            GError **error);
JsonArray *enigm_event_view_all (EnigmPlatformState *state,
                                 const guint8 viewer[ENIGM_ID_SIZE],
                                 GError **error);
JsonNode *enigm_event_view_page (EnigmPlatformState *state,
                                 const guint8 viewer[ENIGM_ID_SIZE],
                                 const guint8 *before,
                                 GError **error);

G_END_DECLS
