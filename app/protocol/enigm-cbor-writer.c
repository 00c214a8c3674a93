/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-cbor-private.h"

#include <string.h>

static void
wipe_and_free (guint8 *data, gsize len)
{
  if (data != NULL)
    explicit_bzero (data, len);
  g_free (data);
}

static void
writer_append (EnigmCborWriter *writer, gconstpointer data, gsize len)
{
  if (len == 0)
    return;
  if (len > writer->size - writer->len)
    {
      gsize size = MAX (2 * writer->size, MAX (writer->len + len, 256));
      guint8 *grown = g_malloc (size);

      /* Not g_realloc(): it would leave the old bytes lying about. */
      if (writer->len != 0)
        memcpy (grown, writer->data, writer->len);
      wipe_and_free (writer->data, writer->size);
      writer->data = grown;
      writer->size = size;
    }
  memcpy (writer->data + writer->len, data, len);
  writer->len += len;
}

static void
writer_head (EnigmCborWriter *writer, guint8 major, guint64 argument)
{
  guint8 head[9];
  gsize n_bytes;

  /* Shortest form only: what the reader insists on. */
  if (argument < 24)
    n_bytes = 0;
  else if (argument <= G_MAXUINT8)
    n_bytes = 1;
  else if (argument <= G_MAXUINT16)
    n_bytes = 2;
  else if (argument <= G_MAXUINT32)
    n_bytes = 4;
  else
    n_bytes = 8;

  head[0] = major << 5;
  if (n_bytes == 0)
    head[0] |= (guint8) argument;
  else
    head[0] |= n_bytes == 1 ? 24 : n_bytes == 2 ? 25 : n_bytes == 4 ? 26 : 27;
  for (gsize i = 0; i < n_bytes; i++)
    head[1 + i] = argument >> 8 * (n_bytes - 1 - i) & 0xff;
  writer_append (writer, head, 1 + n_bytes);
}

/**
 * enigm_cbor_writer_clear:
 * @writer: a writer
 *
 * Wipes and frees what was written so far; the writer can be used again.
 */
void
enigm_cbor_writer_clear (EnigmCborWriter *writer)
{
  g_return_if_fail (writer != NULL);

  wipe_and_free (writer->data, writer->size);
  writer->data = NULL;
  writer->len = 0;
  writer->size = 0;
}

typedef struct
{
  gsize len;
  guint8 data[];
} WipedBlock;

static void
wiped_block_free (gpointer data)
{
  WipedBlock *block = data;

  explicit_bzero (block->data, block->len);
  g_free (block);
}

/**
 * enigm_cbor_writer_end:
 * @writer: a writer that holds one whole value
 *
 * Takes what was written and leaves @writer empty.
 *
 * Returns: (transfer full): the encoding; its memory is wiped when freed
 */
GBytes *
enigm_cbor_writer_end (EnigmCborWriter *writer)
{
  WipedBlock *block;

  g_return_val_if_fail (writer != NULL, NULL);
  g_return_val_if_fail (writer->len > 0, NULL);

  block = g_malloc (sizeof *block + writer->len);
  block->len = writer->len;
  memcpy (block->data, writer->data, writer->len);
  enigm_cbor_writer_clear (writer);
  return g_bytes_new_with_free_func (block->data, block->len, wiped_block_free, block);
}

/**
 * enigm_cbor_write_uint:
 * @writer: a writer
 * @value: any value
 */
void
enigm_cbor_write_uint (EnigmCborWriter *writer, guint64 value)
{
  g_return_if_fail (writer != NULL);

  writer_head (writer, MAJOR_UINT, value);
}

/**
 * enigm_cbor_write_int:
 * @writer: a writer
 * @value: any value; what is not negative becomes an unsigned integer, as CBOR has it
 */
void
enigm_cbor_write_int (EnigmCborWriter *writer, gint64 value)
{
  g_return_if_fail (writer != NULL);

  if (value >= 0)
    writer_head (writer, MAJOR_UINT, (guint64) value);
  else
    writer_head (writer, MAJOR_NEGATIVE, (guint64) (-1 - value));
}

/**
 * enigm_cbor_write_bool:
 * @writer: a writer
 * @value: true or false
 */
void
enigm_cbor_write_bool (EnigmCborWriter *writer, gboolean value)
{
  g_return_if_fail (writer != NULL);

  writer_head (writer, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

/**
 * enigm_cbor_write_bytes:
 * @writer: a writer
 * @data: (array length=len) (nullable): bytes; %NULL only if @len is 0
 * @len: how many
 */
void
enigm_cbor_write_bytes (EnigmCborWriter *writer, gconstpointer data, gsize len)
{
  g_return_if_fail (writer != NULL);
  g_return_if_fail (data != NULL || len == 0);

  writer_head (writer, MAJOR_BYTES, len);
  writer_append (writer, data, len);
}

/**
 * enigm_cbor_write_blob:
 * @writer: a writer
 * @blob: bytes, written as a byte string
 */
void
enigm_cbor_write_blob (EnigmCborWriter *writer, GBytes *blob)
{
  gconstpointer data;
  gsize len;

  g_return_if_fail (writer != NULL);
  g_return_if_fail (blob != NULL);

  data = g_bytes_get_data (blob, &len);
  enigm_cbor_write_bytes (writer, data, len);
}

/**
 * enigm_cbor_write_text:
 * @writer: a writer
 * @text: valid UTF-8
 */
void
enigm_cbor_write_text (EnigmCborWriter *writer, const gchar *text)
{
  gsize len;

  g_return_if_fail (writer != NULL);
  g_return_if_fail (text != NULL);

  len = strlen (text);
  g_return_if_fail (g_utf8_validate_len (text, len, NULL));
  writer_head (writer, MAJOR_TEXT, len);
  writer_append (writer, text, len);
}

/**
 * enigm_cbor_write_array:
 * @writer: a writer
 * @n_items: how many items the caller writes next
 */
void
enigm_cbor_write_array (EnigmCborWriter *writer, gsize n_items)
{
  g_return_if_fail (writer != NULL);

  writer_head (writer, MAJOR_ARRAY, n_items);
}
