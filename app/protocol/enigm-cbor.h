/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ENIGM_CBOR_MAX_DEPTH:
 *
 * Arrays within arrays, at most; the deepest message uses three.
 */
#define ENIGM_CBOR_MAX_DEPTH 4

/**
 * EnigmCborWriter:
 *
 * Builds one value in the deterministic encoding (RFC 8949, section 4.2.1). Lives on the stack:
 * `g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;`. Its buffers are wiped, since some
 * messages carry secrets.
 */
typedef struct
{
  /*< private >*/
  guint8 *data;
  gsize len;
  gsize size;
} EnigmCborWriter;

#define ENIGM_CBOR_WRITER_INIT                                                                     \
  {                                                                                                \
    NULL, 0, 0                                                                                     \
  }

void enigm_cbor_writer_clear (EnigmCborWriter *writer);
GBytes *enigm_cbor_writer_end (EnigmCborWriter *writer);
void enigm_cbor_write_uint (EnigmCborWriter *writer, guint64 value);
void enigm_cbor_write_int (EnigmCborWriter *writer, gint64 value);
void enigm_cbor_write_bool (EnigmCborWriter *writer, gboolean value);
void enigm_cbor_write_bytes (EnigmCborWriter *writer, gconstpointer data, gsize len);
void enigm_cbor_write_blob (EnigmCborWriter *writer, GBytes *blob);
void enigm_cbor_write_text (EnigmCborWriter *writer, const gchar *text);
void enigm_cbor_write_array (EnigmCborWriter *writer, gsize n_items);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EnigmCborWriter, enigm_cbor_writer_clear)

/**
 * EnigmCborKind:
 * @ENIGM_CBOR_NONE: nothing is left, or what follows is no value this codec knows
 * @ENIGM_CBOR_UINT: an unsigned integer
 * @ENIGM_CBOR_NEGATIVE: a negative integer
 * @ENIGM_CBOR_BYTES: a byte string
 * @ENIGM_CBOR_TEXT: a text string
 * @ENIGM_CBOR_ARRAY: an array of definite length
 * @ENIGM_CBOR_BOOL: true or false
 *
 * What the next value is.
 */
typedef enum
{
  ENIGM_CBOR_NONE,
  ENIGM_CBOR_UINT,
  ENIGM_CBOR_NEGATIVE,
  ENIGM_CBOR_BYTES,
  ENIGM_CBOR_TEXT,
  ENIGM_CBOR_ARRAY,
  ENIGM_CBOR_BOOL,
} EnigmCborKind;

/**
 * EnigmCborReader:
 *
 * Reads one value, item by item, from bytes that outlive the reader. The first thing that does not
 * fit sticks: every later read gives nothing (0, %NULL, zeroed bytes), and
 * enigm_cbor_reader_finish() reports it with the field's name. So callers read a whole message in
 * a row, and look once.
 *
 * Lives on the stack: `g_auto (EnigmCborReader) reader = ENIGM_CBOR_READER_INIT (data, len);`
 */
typedef struct
{
  /*< private >*/
  const guint8 *data;
  gsize len;
  gsize at;
  guint depth;
  guint64 left[ENIGM_CBOR_MAX_DEPTH];
  GError *error;
} EnigmCborReader;

#define ENIGM_CBOR_READER_INIT(bytes_data, bytes_len)                                              \
  {                                                                                                \
    (bytes_data), (bytes_len), 0, 0, { 0 }, NULL                                                   \
  }

void enigm_cbor_reader_clear (EnigmCborReader *reader);
EnigmCborReader enigm_cbor_reader_over (GBytes *bytes);
gboolean enigm_cbor_reader_ok (const EnigmCborReader *reader);
void enigm_cbor_reader_refuse (EnigmCborReader *reader, const gchar *field, const gchar *why);
gboolean enigm_cbor_reader_finish (EnigmCborReader *reader, GError **error);
EnigmCborKind enigm_cbor_reader_peek (const EnigmCborReader *reader);

guint64 enigm_cbor_read_uint (EnigmCborReader *reader, const gchar *field, guint64 max);
gint64 enigm_cbor_read_int (EnigmCborReader *reader, const gchar *field, gint64 min, gint64 max);
gboolean enigm_cbor_read_bool (EnigmCborReader *reader, const gchar *field);
gboolean
enigm_cbor_read_bytes (EnigmCborReader *reader, const gchar *field, gsize len, guint8 *bytes_out);
GBytes *
enigm_cbor_read_blob (EnigmCborReader *reader, const gchar *field, gsize min_len, gsize max_len);
gchar *
enigm_cbor_read_text (EnigmCborReader *reader, const gchar *field, gsize min_len, gsize max_len);
gboolean enigm_cbor_read_array (EnigmCborReader *reader, const gchar *field, gsize n_items);
gsize enigm_cbor_read_array_between (EnigmCborReader *reader,
                                     const gchar *field,
                                     gsize min_items,
                                     gsize max_items);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EnigmCborReader, enigm_cbor_reader_clear)

G_END_DECLS
