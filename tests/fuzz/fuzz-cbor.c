/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-cbor.h"
#include "fuzz.h"

#define MAX_ITEMS 64

static void
copy_item (EnigmCborReader *reader, EnigmCborWriter *writer, guint depth, guint *left)
{
  g_autoptr (GBytes) blob = NULL;
  g_autofree char *text = NULL;
  gsize n;

  if (!enigm_cbor_reader_ok (reader))
    return;
  if (*left == 0)
    {
      enigm_cbor_reader_refuse (reader, "input", "has too many items");
      return;
    }
  (*left)--;
  switch (enigm_cbor_reader_peek (reader))
    {
    case ENIGM_CBOR_UINT:
      enigm_cbor_write_uint (writer, enigm_cbor_read_uint (reader, "uint", G_MAXUINT64));
      break;
    case ENIGM_CBOR_NEGATIVE:
      enigm_cbor_write_int (writer, enigm_cbor_read_int (reader, "int", G_MININT64, -1));
      break;
    case ENIGM_CBOR_BYTES:
      blob = enigm_cbor_read_blob (reader, "bytes", 0, 4096);
      if (blob != NULL)
        enigm_cbor_write_blob (writer, blob);
      break;
    case ENIGM_CBOR_TEXT:
      text = enigm_cbor_read_text (reader, "text", 0, 4096);
      if (text != NULL)
        enigm_cbor_write_text (writer, text);
      break;
    case ENIGM_CBOR_ARRAY:
      n = enigm_cbor_read_array_between (reader, "array", 0, 32);
      if (!enigm_cbor_reader_ok (reader))
        return;
      enigm_cbor_write_array (writer, n);
      for (gsize i = 0; i < n; i++)
        copy_item (reader, writer, depth + 1, left);
      break;
    case ENIGM_CBOR_BOOL:
      enigm_cbor_write_bool (writer, enigm_cbor_read_bool (reader, "bool"));
      break;
    case ENIGM_CBOR_NONE:
    default:
      enigm_cbor_reader_refuse (reader, "input", "is nothing known");
      break;
    }
}

/* Whatever is read at all is written back as the same bytes: one encoding, and nothing else. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GError) error = NULL;
  guint left = MAX_ITEMS;
  gboolean ok;

  copy_item (&reader, &writer, 0, &left);
  ok = enigm_cbor_reader_finish (&reader, &error);
  fuzz_assert_said (ok, error);
  if (ok)
    {
      g_autoptr (GBytes) again = enigm_cbor_writer_end (&writer);

      fuzz_assert_equal (bytes, again);
    }
  return 0;
}
