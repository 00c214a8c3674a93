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

/* Largest document that is parsed. */
#define ENIGM_JSON_MAX_BYTES (1024 * 1024)
/* Times are Unix seconds below 2^40, as in PROTOCOL.md. */
#define ENIGM_JSON_MAX_TIME ((G_GINT64_CONSTANT (1) << 40) - 1)

JsonObject *enigm_json_parse (GBytes *bytes, GError **error);
JsonObject *enigm_json_parse_bounded (GBytes *bytes, gsize max_bytes, GError **error);

/**
 * enigm_json_read_string:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @max_bytes: longest text that is taken, in bytes
 * @out: (out) (transfer full): the text, UTF-8
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean enigm_json_read_string (JsonObject *object,
                                 const gchar *field,
                                 gsize max_bytes,
                                 gchar **out,
                                 GError **error);

/**
 * enigm_json_read_hex:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @n_chars: exact length
 * @out: (out) (transfer full): lower-case hexadecimal digits
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean enigm_json_read_hex (JsonObject *object,
                              const gchar *field,
                              gsize n_chars,
                              gchar **out,
                              GError **error);

/**
 * enigm_json_read_bytes:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @min: fewest bytes
 * @max: most bytes
 * @out: (out) (transfer full): what the member says in base64url without padding
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean enigm_json_read_bytes (JsonObject *object,
                                const gchar *field,
                                gsize min,
                                gsize max,
                                GBytes **out,
                                GError **error);

/**
 * enigm_json_read_int:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @min: smallest value
 * @max: largest value
 * @out: (out): the whole number
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean enigm_json_read_int (JsonObject *object,
                              const gchar *field,
                              gint64 min,
                              gint64 max,
                              gint64 *out,
                              GError **error);

/**
 * enigm_json_read_number:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @min: smallest value
 * @max: largest value
 * @out: (out): the number, a finite one
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean enigm_json_read_number (JsonObject *object,
                                 const gchar *field,
                                 gdouble min,
                                 gdouble max,
                                 gdouble *out,
                                 GError **error);

/**
 * enigm_json_read_bool:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @out: (out): true or false
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean
enigm_json_read_bool (JsonObject *object, const gchar *field, gboolean *out, GError **error);

/**
 * enigm_json_read_time:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @out: (out): Unix seconds, at most %ENIGM_JSON_MAX_TIME
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean enigm_json_read_time (JsonObject *object, const gchar *field, gint64 *out, GError **error);

/**
 * enigm_json_read_time_or_null:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @out: (out): Unix seconds, at most %ENIGM_JSON_MAX_TIME; 0 for null
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean
enigm_json_read_time_or_null (JsonObject *object, const gchar *field, gint64 *out, GError **error);

/**
 * enigm_json_read_choice:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @names: (array zero-terminated=1): what the member may say
 * @out: (out): the index of what it says
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean enigm_json_read_choice (JsonObject *object,
                                 const gchar *field,
                                 const gchar *const *names,
                                 guint *out,
                                 GError **error);

/**
 * enigm_json_read_object:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @out: (out) (transfer none): the object, which @object keeps
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean
enigm_json_read_object (JsonObject *object, const gchar *field, JsonObject **out, GError **error);

/**
 * enigm_json_read_object_or_null:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @out: (out) (transfer none) (nullable): the object, which @object keeps; %NULL for null
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean enigm_json_read_object_or_null (JsonObject *object,
                                         const gchar *field,
                                         JsonObject **out,
                                         GError **error);

/**
 * enigm_json_read_array:
 * @object: an object of an answer
 * @field: the member's name; it is named in the error
 * @max: most elements
 * @out: (out) (transfer none): the array, which @object keeps
 * @error: return location for an error
 *
 * Returns: whether it is there, of that type and within bounds; else
 *   %ENIGM_ERROR_PLATFORM_ANSWER, and @out is not set
 */
gboolean enigm_json_read_array (JsonObject *object,
                                const gchar *field,
                                guint max,
                                JsonArray **out,
                                GError **error);

/**
 * enigm_json_element_object:
 * @array: an array of an answer
 * @field: the name it went by; it is named in the error
 * @index: which element, below the array's length
 * @error: return location for %ENIGM_ERROR_PLATFORM_ANSWER
 *
 * Returns: (transfer none) (nullable): that element if it is an object
 */
JsonObject *
enigm_json_element_object (JsonArray *array, const gchar *field, guint index, GError **error);

/**
 * enigm_is_hex:
 * @text: any text
 * @n_chars: exact length
 *
 * Returns: whether @text is that many lower-case hexadecimal digits
 */
gboolean enigm_is_hex (const gchar *text, gsize n_chars);

G_END_DECLS
