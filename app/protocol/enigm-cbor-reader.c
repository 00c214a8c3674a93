/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-cbor-private.h"

#include <string.h>

#include "enigm-error.h"

/**
 * enigm_cbor_reader_over:
 * @bytes: bytes that outlive the reader
 *
 * Returns: a reader at the first of @bytes
 */
EnigmCborReader
enigm_cbor_reader_over (GBytes *bytes)
{
  EnigmCborReader reader = ENIGM_CBOR_READER_INIT (NULL, 0);

  g_return_val_if_fail (bytes != NULL, reader);

  reader.data = g_bytes_get_data (bytes, &reader.len);
  return reader;
}

/**
 * enigm_cbor_reader_clear:
 * @reader: a reader
 */
void
enigm_cbor_reader_clear (EnigmCborReader *reader)
{
  g_return_if_fail (reader != NULL);

  g_clear_error (&reader->error);
}

/**
 * enigm_cbor_reader_ok:
 * @reader: a reader
 *
 * For loops and branches over what was read; nothing else needs it.
 *
 * Returns: whether everything so far did fit
 */
gboolean
enigm_cbor_reader_ok (const EnigmCborReader *reader)
{
  g_return_val_if_fail (reader != NULL, FALSE);

  return reader->error == NULL;
}

/**
 * enigm_cbor_reader_refuse:
 * @reader: a reader
 * @field: the field that does not fit
 * @why: what is wrong with it
 *
 * Makes the reader fail over something only its caller can see. The first refusal stays.
 */
void
enigm_cbor_reader_refuse (EnigmCborReader *reader, const gchar *field, const gchar *why)
{
  g_return_if_fail (reader != NULL);
  g_return_if_fail (field != NULL && why != NULL);

  if (reader->error == NULL)
    g_set_error (&reader->error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s: %s", field, why);
}

/**
 * enigm_cbor_reader_finish:
 * @reader: a reader
 * @error: return location
 *
 * Returns: %TRUE if all items did fit and no byte is left over, or %FALSE with
 *   %ENIGM_ERROR_MALFORMED, whose message names the field
 */
gboolean
enigm_cbor_reader_finish (EnigmCborReader *reader, GError **error)
{
  g_return_val_if_fail (reader != NULL, FALSE);

  if (reader->depth != 0)
    enigm_cbor_reader_refuse (reader, "message", "has elements that nobody asked for");
  if (reader->at == 0)
    enigm_cbor_reader_refuse (reader, "message", "is empty");
  if (reader->at != reader->len)
    enigm_cbor_reader_refuse (reader, "message", "is followed by more bytes");
  if (reader->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reader->error));
  /* A reader stays refused, also for whoever reads on. */
  reader->len = reader->at = 0;
  return FALSE;
}

/**
 * enigm_cbor_reader_peek:
 * @reader: a reader
 *
 * Returns: what the next item is; it may still turn out malformed when read
 */
EnigmCborKind
enigm_cbor_reader_peek (const EnigmCborReader *reader)
{
  guint8 initial;

  g_return_val_if_fail (reader != NULL, ENIGM_CBOR_NONE);

  if (reader->error != NULL || reader->at == reader->len)
    return ENIGM_CBOR_NONE;
  initial = reader->data[reader->at];
  switch (initial >> 5)
    {
    case MAJOR_UINT:
      return ENIGM_CBOR_UINT;
    case MAJOR_NEGATIVE:
      return ENIGM_CBOR_NEGATIVE;
    case MAJOR_BYTES:
      return ENIGM_CBOR_BYTES;
    case MAJOR_TEXT:
      return ENIGM_CBOR_TEXT;
    case MAJOR_ARRAY:
      return ENIGM_CBOR_ARRAY;
    case MAJOR_SIMPLE:
      return (initial & 31) == SIMPLE_FALSE || (initial & 31) == SIMPLE_TRUE ? ENIGM_CBOR_BOOL
                                                                             : ENIGM_CBOR_NONE;
    default:
      return ENIGM_CBOR_NONE;
    }
}

/* An item is through: it counts in its array, and an array that is full counts in the next. */
static void
reader_count (EnigmCborReader *reader)
{
  while (reader->depth > 0)
    {
      g_assert (reader->left[reader->depth - 1] > 0);
      if (--reader->left[reader->depth - 1] > 0)
        break;
      reader->depth--;
    }
}

static gboolean
reader_head (EnigmCborReader *reader, const gchar *field, guint8 *major, guint64 *argument)
{
  guint8 initial, info;
  gsize n_bytes;
  guint64 value = 0;

  if (reader->error != NULL)
    return FALSE;
  /* After one value at the top there is nothing more to read, whatever bytes follow. */
  if (reader->at == reader->len || (reader->at != 0 && reader->depth == 0))
    {
      enigm_cbor_reader_refuse (reader, field, "is missing");
      return FALSE;
    }

  initial = reader->data[reader->at];
  info = initial & 31;
  *major = initial >> 5;
  if (info >= 28)
    {
      enigm_cbor_reader_refuse (reader, field, "has an indefinite or reserved length");
      return FALSE;
    }
  if (info < 24)
    {
      reader->at++;
      *argument = info;
      return TRUE;
    }
  if (*major == MAJOR_SIMPLE)
    {
      enigm_cbor_reader_refuse (reader, field, "is of a type that is not known");
      return FALSE;
    }

  n_bytes = (gsize) 1 << (info - 24);
  if (n_bytes > reader->len - reader->at - 1)
    {
      enigm_cbor_reader_refuse (reader, field, "is cut off");
      return FALSE;
    }
  for (gsize i = 0; i < n_bytes; i++)
    value = value << 8 | reader->data[reader->at + 1 + i];
  if (value < 24 || (n_bytes > 1 && value >> 4 * n_bytes == 0))
    {
      enigm_cbor_reader_refuse (reader, field, "is not in its shortest form");
      return FALSE;
    }
  reader->at += 1 + n_bytes;
  *argument = value;
  return TRUE;
}

static gboolean
reader_typed_head (EnigmCborReader *reader, const gchar *field, guint8 expected, guint64 *argument)
{
  guint8 major;

  if (!reader_head (reader, field, &major, argument))
    return FALSE;
  if (major == expected)
    return TRUE;
  enigm_cbor_reader_refuse (reader, field, "is of another type");
  return FALSE;
}

static const guint8 *
reader_string (EnigmCborReader *reader,
               const gchar *field,
               guint8 major,
               gsize min_len,
               gsize max_len,
               gsize *len)
{
  const guint8 *start;
  guint64 argument;

  if (!reader_typed_head (reader, field, major, &argument))
    return NULL;
  if (argument < min_len || argument > max_len)
    {
      enigm_cbor_reader_refuse (reader, field, "has another length");
      return NULL;
    }
  if (argument > reader->len - reader->at)
    {
      enigm_cbor_reader_refuse (reader, field, "is cut off");
      return NULL;
    }
  start = reader->data + reader->at;
  *len = (gsize) argument;
  reader->at += *len;
  return start;
}

/**
 * enigm_cbor_read_uint:
 * @reader: a reader
 * @field: the field's name, for the error
 * @max: the greatest value that is accepted
 *
 * Returns: the value, or 0
 */
guint64
enigm_cbor_read_uint (EnigmCborReader *reader, const gchar *field, guint64 max)
{
  guint64 value;

  g_return_val_if_fail (reader != NULL && field != NULL, 0);

  if (!reader_typed_head (reader, field, MAJOR_UINT, &value))
    return 0;
  if (value > max)
    {
      enigm_cbor_reader_refuse (reader, field, "is out of range");
      return 0;
    }
  reader_count (reader);
  return value;
}

/**
 * enigm_cbor_read_int:
 * @reader: a reader
 * @field: the field's name, for the error
 * @min: the least value that is accepted
 * @max: the greatest value that is accepted
 *
 * Returns: the value, or 0
 */
gint64
enigm_cbor_read_int (EnigmCborReader *reader, const gchar *field, gint64 min, gint64 max)
{
  guint8 major;
  guint64 argument;
  gint64 value;

  g_return_val_if_fail (reader != NULL && field != NULL, 0);

  if (!reader_head (reader, field, &major, &argument))
    return 0;
  if (major != MAJOR_UINT && major != MAJOR_NEGATIVE)
    {
      enigm_cbor_reader_refuse (reader, field, "is of another type");
      return 0;
    }
  if (argument > G_MAXINT64)
    {
      enigm_cbor_reader_refuse (reader, field, "is out of range");
      return 0;
    }
  value = major == MAJOR_UINT ? (gint64) argument : -1 - (gint64) argument;
  if (value < min || value > max)
    {
      enigm_cbor_reader_refuse (reader, field, "is out of range");
      return 0;
    }
  reader_count (reader);
  return value;
}

/**
 * enigm_cbor_read_bool:
 * @reader: a reader
 * @field: the field's name, for the error
 *
 * Returns: the value, or %FALSE
 */
gboolean
enigm_cbor_read_bool (EnigmCborReader *reader, const gchar *field)
{
  guint64 value;

  g_return_val_if_fail (reader != NULL && field != NULL, FALSE);

  if (!reader_typed_head (reader, field, MAJOR_SIMPLE, &value))
    return FALSE;
  if (value != SIMPLE_FALSE && value != SIMPLE_TRUE)
    {
      enigm_cbor_reader_refuse (reader, field, "is of another type");
      return FALSE;
    }
  reader_count (reader);
  return value == SIMPLE_TRUE;
}

/**
 * enigm_cbor_read_bytes:
 * @reader: a reader
 * @field: the field's name, for the error
 * @len: the exact length
 * @bytes_out: (out caller-allocates) (array length=len): the bytes; zeroed if they do not fit
 *
 * Returns: whether the field did fit
 */
gboolean
enigm_cbor_read_bytes (EnigmCborReader *reader, const gchar *field, gsize len, guint8 *bytes_out)
{
  const guint8 *start;
  gsize found;

  g_return_val_if_fail (reader != NULL && field != NULL, FALSE);
  g_return_val_if_fail (bytes_out != NULL, FALSE);

  start = reader_string (reader, field, MAJOR_BYTES, len, len, &found);
  if (start == NULL)
    {
      memset (bytes_out, 0, len);
      return FALSE;
    }
  memcpy (bytes_out, start, len);
  reader_count (reader);
  return TRUE;
}

/**
 * enigm_cbor_read_blob:
 * @reader: a reader
 * @field: the field's name, for the error
 * @min_len: bytes, at least
 * @max_len: bytes, at most
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL
 */
GBytes *
enigm_cbor_read_blob (EnigmCborReader *reader, const gchar *field, gsize min_len, gsize max_len)
{
  const guint8 *start;
  gsize len;

  g_return_val_if_fail (reader != NULL && field != NULL, NULL);

  start = reader_string (reader, field, MAJOR_BYTES, min_len, max_len, &len);
  if (start == NULL)
    return NULL;
  reader_count (reader);
  return g_bytes_new (start, len);
}

/**
 * enigm_cbor_read_text:
 * @reader: a reader
 * @field: the field's name, for the error
 * @min_len: bytes, at least
 * @max_len: bytes, at most
 *
 * Text that is not UTF-8, or holds a zero character, is refused.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL
 */
gchar *
enigm_cbor_read_text (EnigmCborReader *reader, const gchar *field, gsize min_len, gsize max_len)
{
  const guint8 *start;
  gsize len;

  g_return_val_if_fail (reader != NULL && field != NULL, NULL);

  start = reader_string (reader, field, MAJOR_TEXT, min_len, max_len, &len);
  if (start == NULL)
    return NULL;
  if (!g_utf8_validate_len ((const gchar *) start, len, NULL))
    {
      enigm_cbor_reader_refuse (reader, field, "is not UTF-8");
      return NULL;
    }
  reader_count (reader);
  return g_strndup ((const gchar *) start, len);
}

/**
 * enigm_cbor_read_array:
 * @reader: a reader
 * @field: the field's name, for the error
 * @n_items: exactly how many items it has, which are read next
 *
 * Returns: whether the field did fit
 */
gboolean
enigm_cbor_read_array (EnigmCborReader *reader, const gchar *field, gsize n_items)
{
  enigm_cbor_read_array_between (reader, field, n_items, n_items);
  return enigm_cbor_reader_ok (reader);
}

/**
 * enigm_cbor_read_array_between:
 * @reader: a reader
 * @field: the field's name, for the error
 * @min_items: items, at least
 * @max_items: items, at most
 *
 * Returns: how many items it has, which are read next; 0 if the field does not fit
 */
gsize
enigm_cbor_read_array_between (EnigmCborReader *reader,
                               const gchar *field,
                               gsize min_items,
                               gsize max_items)
{
  guint64 n_items;

  g_return_val_if_fail (reader != NULL && field != NULL, 0);

  if (!reader_typed_head (reader, field, MAJOR_ARRAY, &n_items))
    return 0;
  if (n_items < min_items || n_items > max_items)
    {
      enigm_cbor_reader_refuse (reader, field, "has another number of elements");
      return 0;
    }
  /* Each item takes a byte at least: no number is believed that cannot be true. */
  if (n_items > reader->len - reader->at)
    {
      enigm_cbor_reader_refuse (reader, field, "is cut off");
      return 0;
    }
  if (n_items == 0)
    {
      reader_count (reader);
      return 0;
    }
  if (reader->depth == ENIGM_CBOR_MAX_DEPTH)
    {
      enigm_cbor_reader_refuse (reader, field, "is nested too deep");
      return 0;
    }
  reader->left[reader->depth++] = n_items;
  return (gsize) n_items;
}
