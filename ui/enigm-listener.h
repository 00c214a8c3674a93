/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmListener:
 *
 * Whether this app goes on listening for alerts when its window is closed, and starts by itself:
 * what the person wants, what the desktop allows, and the words for both. Nothing is on before the
 * desktop has allowed it. Emits `changed`.
 */
#define ENIGM_TYPE_LISTENER (enigm_listener_get_type ())
G_DECLARE_FINAL_TYPE (EnigmListener, enigm_listener, ENIGM, LISTENER, GObject)

/**
 * enigm_listener_new:
 * @settings: (nullable): where it is remembered; without, nothing can be switched on
 */
EnigmListener *enigm_listener_new (GSettings *settings);

/**
 * enigm_listener_get_available:
 *
 * Returns: whether it can be switched on at all
 */
gboolean enigm_listener_get_available (EnigmListener *self);

/**
 * enigm_listener_get_when_closed:
 *
 * Returns: whether the app listens without a window; %FALSE until that is allowed
 */
gboolean enigm_listener_get_when_closed (EnigmListener *self);

/**
 * enigm_listener_get_autostart:
 *
 * Returns: whether the app starts when the person signs in to this computer
 */
gboolean enigm_listener_get_autostart (EnigmListener *self);

/**
 * enigm_listener_get_wanted:
 *
 * Returns: what the person switched on last, allowed or not yet; %FALSE once it is refused
 */
gboolean enigm_listener_get_wanted (EnigmListener *self);

/**
 * enigm_listener_get_words:
 * @is_trouble: (out) (optional): whether they tell of something that is not as wanted
 *
 * Returns: (nullable): how it stands, for a person
 */
const char *enigm_listener_get_words (EnigmListener *self, gboolean *is_trouble);

/**
 * enigm_listener_set:
 * @when_closed: whether to listen without a window
 * @autostart: whether to start when the person signs in; only with @when_closed
 * @parent: the window that asks, as portals name one, or ""
 *
 * Asks for it where it has to be asked for. A question that is not answered yet is taken back.
 */
void enigm_listener_set (EnigmListener *self,
                         gboolean when_closed,
                         gboolean autostart,
                         const char *parent);

G_END_DECLS
