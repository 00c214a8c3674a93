/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lets another CBOR codec be held against ours, a line at a time.
 *
 * `cbor-tool decode` reads hex and answers with tokens, or "refused"; `cbor-tool encode` reads
 * tokens and answers with hex. Tokens, with a space between: u5 n-5 b0102 t616263 a2 T F, an
 * array's items behind it.
 */
#include "enigm-cbor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static GByteArray *
from_hex (const gchar *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; hex[i] != '\0' && hex[i + 1] != '\0'; i += 2)
    {
      guint8 byte = g_ascii_xdigit_value (hex[i]) << 4 | g_ascii_xdigit_value (hex[i + 1]);

      g_byte_array_append (bytes, &byte, 1);
    }
  return bytes;
}

static void
append_hex (GString *out, const guint8 *data, gsize len)
{
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (out, "%02x", data[i]);
}

static void
decode_item (EnigmCborReader *reader, GString *out)
{
  g_autoptr (GBytes) blob = NULL;
  g_autofree gchar *text = NULL;
  gsize n_items;

  switch (enigm_cbor_reader_peek (reader))
    {
    case ENIGM_CBOR_UINT:
      g_string_append_printf (out, "u%" G_GUINT64_FORMAT " ",
                              enigm_cbor_read_uint (reader, "item", G_MAXUINT64));
      break;
    case ENIGM_CBOR_NEGATIVE:
      g_string_append_printf (out, "n%" G_GINT64_FORMAT " ",
                              enigm_cbor_read_int (reader, "item", G_MININT64, -1));
      break;
    case ENIGM_CBOR_BYTES:
      blob = enigm_cbor_read_blob (reader, "item", 0, 4096);
      g_string_append_c (out, 'b');
      if (blob != NULL)
        append_hex (out, g_bytes_get_data (blob, NULL), g_bytes_get_size (blob));
      g_string_append_c (out, ' ');
      break;
    case ENIGM_CBOR_TEXT:
      text = enigm_cbor_read_text (reader, "item", 0, 4096);
      g_string_append_c (out, 't');
      if (text != NULL)
        append_hex (out, (const guint8 *) text, strlen (text));
      g_string_append_c (out, ' ');
      break;
    case ENIGM_CBOR_ARRAY:
      n_items = enigm_cbor_read_array_between (reader, "item", 0, 4096);
      g_string_append_printf (out, "a%" G_GSIZE_FORMAT " ", n_items);
      for (gsize i = 0; i < n_items && enigm_cbor_reader_ok (reader); i++)
        decode_item (reader, out);
      break;
    case ENIGM_CBOR_BOOL:
      g_string_append (out, enigm_cbor_read_bool (reader, "item") ? "T " : "F ");
      break;
    case ENIGM_CBOR_NONE:
    default:
      enigm_cbor_reader_refuse (reader, "item", "is of a type that is not known");
      break;
    }
}

static void
decode_line (const gchar *line)
{
  g_autoptr (GByteArray) bytes = from_hex (line);
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (EnigmCborReader) reader = ENIGM_CBOR_READER_INIT (bytes->data, bytes->len);

  decode_item (&reader, out);
  puts (enigm_cbor_reader_finish (&reader, NULL) ? g_strchomp (out->str) : "refused");
}

static void
encode_line (const gchar *line)
{
  g_auto (GStrv) tokens = g_strsplit (line, " ", -1);
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GBytes) encoded = NULL;

  for (gsize i = 0; tokens[i] != NULL; i++)
    {
      const gchar *rest = tokens[i] + 1;
      g_autoptr (GByteArray) bytes = NULL;

      switch (tokens[i][0])
        {
        case 'u':
          enigm_cbor_write_uint (&writer, g_ascii_strtoull (rest, NULL, 10));
          break;
        case 'n':
          enigm_cbor_write_int (&writer, g_ascii_strtoll (rest, NULL, 10));
          break;
        case 'b':
          bytes = from_hex (rest);
          enigm_cbor_write_bytes (&writer, bytes->data, bytes->len);
          break;
        case 't':
          bytes = from_hex (rest);
          g_byte_array_append (bytes, (const guint8 *) "", 1);
          enigm_cbor_write_text (&writer, (const gchar *) bytes->data);
          break;
        case 'a':
          enigm_cbor_write_array (&writer, g_ascii_strtoull (rest, NULL, 10));
          break;
        case 'T':
        case 'F':
          enigm_cbor_write_bool (&writer, tokens[i][0] == 'T');
          break;
        default:
          g_error ("no such token: %s", tokens[i]);
        }
    }
  encoded = enigm_cbor_writer_end (&writer);
  append_hex (out, g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded));
  puts (out->str);
}

int
main (int argc, char **argv)
{
  gsize size = 0;
  gboolean decode = argc == 2 && strcmp (argv[1], "decode") == 0;
  gchar *line = NULL;

  if (argc != 2 || (!decode && strcmp (argv[1], "encode") != 0))
    {
      fprintf (stderr, "cbor-tool decode|encode\n");
      return 2;
    }
  while (getline (&line, &size, stdin) > 0)
    {
      g_strchomp (line);
      if (decode)
        decode_line (line);
      else
        encode_line (line);
    }
  free (line);
  return 0;
}
