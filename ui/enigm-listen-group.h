/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-listener.h"

G_BEGIN_DECLS

/**
 * EnigmListenGroup:
 *
 * How alerts of others reach this computer: without a window, from the start, as notifications; and
 * what the desktop allows of that.
 */
#define ENIGM_TYPE_LISTEN_GROUP (enigm_listen_group_get_type ())
G_DECLARE_FINAL_TYPE (EnigmListenGroup,
                      enigm_listen_group,
                      ENIGM,
                      LISTEN_GROUP,
                      AdwPreferencesGroup)

/**
 * enigm_listen_group_set_listener:
 * @listener: what is shown and changed; set once
 */
void enigm_listen_group_set_listener (EnigmListenGroup *self, EnigmListener *listener);

G_END_DECLS
