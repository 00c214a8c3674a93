/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "app/protocol/enigm-text.h"

#include "enigm-problem.h"
#include "enigm-store.h"

G_BEGIN_DECLS

/**
 * EnigmObject:
 *
 * A JSON object from outside, read member by member into types. What is missing, of another type or
 * out of bounds is refused by name; enigm_object_end() refuses the members that nobody asked for.
 */
typedef struct _EnigmObject EnigmObject;

EnigmObject *enigm_object_parse (GBytes *text, GError **error);
void enigm_object_free (EnigmObject *self);

const gchar *enigm_object_get_string (EnigmObject *self,
                                      const gchar *name,
                                      gsize min,
                                      gsize max,
                                      GError **error);
gboolean enigm_object_get_integer (EnigmObject *self,
                                   const gchar *name,
                                   gint64 min,
                                   gint64 max,
                                   gint64 *value,
                                   GError **error);
gboolean
enigm_object_get_boolean (EnigmObject *self, const gchar *name, gboolean *value, GError **error);
GBytes *
enigm_object_get_bytes (EnigmObject *self, const gchar *name, gsize min, gsize max, GError **error);
gboolean enigm_object_get_id (EnigmObject *self,
                              const gchar *name,
                              guint8 id[ENIGM_ID_SIZE],
                              GError **error);
EnigmObject *enigm_object_get_object (EnigmObject *self, const gchar *name, GError **error);
GStrv enigm_object_get_strings (EnigmObject *self,
                                const gchar *name,
                                gsize max_items,
                                gsize max_length,
                                GError **error);
gboolean enigm_object_is_null (EnigmObject *self, const gchar *name);
gboolean enigm_object_has (EnigmObject *self, const gchar *name);
gboolean enigm_object_end (EnigmObject *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmObject, enigm_object_free)

gboolean enigm_text_to_id (const gchar *text, guint8 id[ENIGM_ID_SIZE]);
void enigm_object_set_time_or_null (JsonObject *object, const gchar *name, gint64 time);

G_END_DECLS
