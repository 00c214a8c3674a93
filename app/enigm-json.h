/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "protocol/enigm-error.h"

G_BEGIN_DECLS

/*
 * Reading JSON into types at once. Every function refuses a member that is missing, of another
 * type, or out of bounds, with %ENIGM_ERROR_PLATFORM_ANSWER and the member's name; what a function
 * gives back belongs to the caller unless it is an object or array, which belong to their parent.
 * Members nobody reads are passed over, so that a newer platform works with this version.
 */

/* Deepest nesting and largest document that is parsed: json-glib itself recurses without bound. */
#define ENIGM_JSON_MAX_DEPTH 16
#define ENIGM_JSON_MAX_BYTES (1024 * 1024)
/* Times are Unix seconds below 2^40, as in PROTOCOL.md. */
#define ENIGM_JSON_MAX_TIME ((G_GINT64_CONSTANT (1) << 40) - 1)

JsonObject *enigm_json_parse (GBytes *bytes, GError **error);

gboolean enigm_json_read_string (JsonObject *object,
                                 const gchar *field,
                                 gsize max_bytes,
                                 gchar **out,
                                 GError **error);
gboolean enigm_json_read_hex (JsonObject *object,
                              const gchar *field,
                              gsize n_chars,
                              gchar **out,
                              GError **error);
gboolean enigm_json_read_bytes (JsonObject *object,
                                const gchar *field,
                                gsize min,
                                gsize max,
                                GBytes **out,
                                GError **error);
gboolean enigm_json_read_int (JsonObject *object,
                              const gchar *field,
                              gint64 min,
                              gint64 max,
                              gint64 *out,
                              GError **error);
gboolean enigm_json_read_number (JsonObject *object,
                                 const gchar *field,
                                 gdouble min,
                                 gdouble max,
                                 gdouble *out,
                                 GError **error);
gboolean
enigm_json_read_bool (JsonObject *object, const gchar *field, gboolean *out, GError **error);
gboolean enigm_json_read_time (JsonObject *object, const gchar *field, gint64 *out, GError **error);
gboolean
enigm_json_read_time_or_null (JsonObject *object, const gchar *field, gint64 *out, GError **error);
gboolean enigm_json_read_choice (JsonObject *object,
                                 const gchar *field,
                                 const gchar *const *names,
                                 guint *out,
                                 GError **error);
gboolean
enigm_json_read_object (JsonObject *object, const gchar *field, JsonObject **out, GError **error);
gboolean enigm_json_read_object_or_null (JsonObject *object,
                                         const gchar *field,
                                         JsonObject **out,
                                         GError **error);
gboolean enigm_json_read_array (JsonObject *object,
                                const gchar *field,
                                guint max,
                                JsonArray **out,
                                GError **error);

/* The object at an index of an array that @field named. */
JsonObject *
enigm_json_element_object (JsonArray *array, const gchar *field, guint index, GError **error);

/* Whether a string is exactly @n_chars lower-case hexadecimal digits. */
gboolean enigm_is_hex (const gchar *text, gsize n_chars);

G_END_DECLS
