/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-cbor.h"

#include <string.h>

#include "enigm-error.h"

static GBytes *
from_hex (const gchar *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; hex[i] != '\0'; i += 2)
    {
      guint8 byte = g_ascii_xdigit_value (hex[i]) << 4 | g_ascii_xdigit_value (hex[i + 1]);

      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static void
assert_written (EnigmCborWriter *writer, const gchar *hex)
{
  g_autoptr (GBytes) written = enigm_cbor_writer_end (writer);
  g_autoptr (GBytes) expected = from_hex (hex);

  g_assert_true (g_bytes_equal (written, expected));
}

/* RFC 8949, appendix A. */
static const struct
{
  gint64 value;
  const gchar *hex;
} integers[] = {
  { 0, "00" },
  { 1, "01" },
  { 10, "0a" },
  { 23, "17" },
  { 24, "1818" },
  { 25, "1819" },
  { 100, "1864" },
  { 255, "18ff" },
  { 256, "190100" },
  { 1000, "1903e8" },
  { 65535, "19ffff" },
  { 65536, "1a00010000" },
  { 1000000, "1a000f4240" },
  { 4294967295, "1affffffff" },
  { 4294967296, "1b0000000100000000" },
  { 1000000000000, "1b000000e8d4a51000" },
  { G_MAXINT64, "1b7fffffffffffffff" },
  { -1, "20" },
  { -10, "29" },
  { -24, "37" },
  { -25, "3818" },
  { -100, "3863" },
  { -1000, "3903e7" },
  { G_MININT64, "3b7fffffffffffffff" },
};

static void
test_integers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (integers); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = from_hex (integers[i].hex);
      g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
      g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

      enigm_cbor_write_int (&writer, integers[i].value);
      assert_written (&writer, integers[i].hex);

      g_assert_cmpint (enigm_cbor_read_int (&reader, "n", G_MININT64, G_MAXINT64), ==,
                       integers[i].value);
      g_assert_true (enigm_cbor_reader_finish (&reader, &error));
      g_assert_no_error (error);
    }
}

static void
test_greatest_uint (void)
{
  g_autoptr (GBytes) bytes = from_hex ("1bffffffffffffffff");
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  g_auto (EnigmCborReader) as_int = enigm_cbor_reader_over (bytes);
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GError) error = NULL;

  enigm_cbor_write_uint (&writer, G_MAXUINT64);
  assert_written (&writer, "1bffffffffffffffff");
  g_assert_cmpuint (enigm_cbor_read_uint (&reader, "n", G_MAXUINT64), ==, G_MAXUINT64);
  g_assert_true (enigm_cbor_reader_finish (&reader, NULL));

  enigm_cbor_read_int (&as_int, "n", G_MININT64, G_MAXINT64);
  g_assert_false (enigm_cbor_reader_finish (&as_int, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

static void
test_message (void)
{
  const guint8 data[] = { 1, 2, 3, 4 };
  guint8 data_out[4];
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_auto (EnigmCborReader) reader = ENIGM_CBOR_READER_INIT (NULL, 0);

  enigm_cbor_write_array (&writer, 7);
  enigm_cbor_write_bool (&writer, TRUE);
  enigm_cbor_write_bool (&writer, FALSE);
  enigm_cbor_write_bytes (&writer, data, sizeof data);
  enigm_cbor_write_bytes (&writer, NULL, 0);
  enigm_cbor_write_text (&writer, "\xc3\xbc\xe6\xb0\xb4");
  enigm_cbor_write_array (&writer, 2);
  enigm_cbor_write_uint (&writer, 500);
  enigm_cbor_write_array (&writer, 0);
  enigm_cbor_write_int (&writer, -500);
  bytes = enigm_cbor_writer_end (&writer);

  reader = enigm_cbor_reader_over (bytes);
  g_assert_cmpint (enigm_cbor_reader_peek (&reader), ==, ENIGM_CBOR_ARRAY);
  g_assert_true (enigm_cbor_read_array (&reader, "message", 7));
  g_assert_cmpint (enigm_cbor_reader_peek (&reader), ==, ENIGM_CBOR_BOOL);
  g_assert_true (enigm_cbor_read_bool (&reader, "yes"));
  g_assert_false (enigm_cbor_read_bool (&reader, "no"));
  g_assert_true (enigm_cbor_read_bytes (&reader, "data", 4, data_out));
  g_assert_cmpmem (data_out, 4, data, 4);
  blob = enigm_cbor_read_blob (&reader, "nothing", 0, 16);
  g_assert_cmpuint (g_bytes_get_size (blob), ==, 0);
  text = enigm_cbor_read_text (&reader, "text", 1, 16);
  g_assert_cmpstr (text, ==, "\xc3\xbc\xe6\xb0\xb4");
  g_assert_cmpuint (enigm_cbor_read_array_between (&reader, "inner", 0, 4), ==, 2);
  g_assert_cmpuint (enigm_cbor_read_uint (&reader, "five hundred", 500), ==, 500);
  g_assert_true (enigm_cbor_read_array (&reader, "empty", 0));
  g_assert_cmpint (enigm_cbor_reader_peek (&reader), ==, ENIGM_CBOR_NEGATIVE);
  g_assert_cmpint (enigm_cbor_read_int (&reader, "minus", -500, 0), ==, -500);
  g_assert_cmpint (enigm_cbor_reader_peek (&reader), ==, ENIGM_CBOR_NONE);
  g_assert_true (enigm_cbor_reader_finish (&reader, &error));
  g_assert_no_error (error);
}

typedef enum
{
  AS_UINT,
  AS_INT,
  AS_BOOL,
  AS_BYTES,
  AS_TEXT,
  AS_ARRAY,
} As;

static void
read_as (EnigmCborReader *reader, As as)
{
  g_autoptr (GBytes) blob = NULL;
  g_autofree gchar *text = NULL;

  switch (as)
    {
    case AS_UINT:
      g_assert_cmpuint (enigm_cbor_read_uint (reader, "the-field", 1000), ==, 0);
      break;
    case AS_INT:
      g_assert_cmpint (enigm_cbor_read_int (reader, "the-field", -1000, 1000), ==, 0);
      break;
    case AS_BOOL:
      g_assert_false (enigm_cbor_read_bool (reader, "the-field"));
      break;
    case AS_BYTES:
      blob = enigm_cbor_read_blob (reader, "the-field", 1, 4);
      g_assert_null (blob);
      break;
    case AS_TEXT:
      text = enigm_cbor_read_text (reader, "the-field", 1, 4);
      g_assert_null (text);
      break;
    case AS_ARRAY:
      g_assert_cmpuint (enigm_cbor_read_array_between (reader, "the-field", 1, 4), ==, 0);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
test_refusals (void)
{
  const struct
  {
    As as;
    const gchar *hex;
  } cases[] = {
    /* nothing there, or cut off */
    { AS_UINT, "" },
    { AS_UINT, "18" },
    { AS_UINT, "1901" },
    { AS_UINT, "1a000100" },
    { AS_UINT, "1b00000001000000" },
    { AS_BYTES, "42ff" },
    { AS_TEXT, "6261" },
    { AS_ARRAY, "83" },
    /* not the shortest form */
    { AS_UINT, "1800" },
    { AS_UINT, "1817" },
    { AS_UINT, "190018" },
    { AS_UINT, "1900ff" },
    { AS_UINT, "1a000000ff" },
    { AS_UINT, "1a0000ffff" },
    { AS_UINT, "1b00000000000000ff" },
    { AS_UINT, "1b00000000ffffffff" },
    { AS_INT, "3800" },
    { AS_INT, "390010" },
    { AS_BYTES, "580101" },
    { AS_TEXT, "780161" },
    { AS_ARRAY, "980101" },
    { AS_BOOL, "f814" },
    { AS_BOOL, "f815" },
    /* indefinite or reserved lengths */
    { AS_UINT, "1c" },
    { AS_UINT, "1c00000000000000000000000000000064" },
    { AS_UINT, "1f" },
    { AS_BYTES, "5f4101ff" },
    { AS_TEXT, "7f6161ff" },
    { AS_ARRAY, "9f01ff" },
    { AS_BOOL, "ff" },
    /* types this codec does not have */
    { AS_BOOL, "f6" },
    { AS_BOOL, "f7" },
    { AS_BOOL, "e0" },
    { AS_BOOL, "f820" },
    { AS_BOOL, "f93c00" },
    { AS_UINT, "f93c00" },
    { AS_UINT, "fa47c35000" },
    { AS_UINT, "fb3ff199999999999a" },
    { AS_UINT, "c100" },
    { AS_BYTES, "c24101" },
    { AS_ARRAY, "a10102" },
    { AS_ARRAY, "a0" },
    /* another type than asked for */
    { AS_UINT, "20" },
    { AS_UINT, "4101" },
    { AS_UINT, "f5" },
    { AS_INT, "6161" },
    { AS_BOOL, "01" },
    { AS_BYTES, "6161" },
    { AS_TEXT, "4161" },
    { AS_ARRAY, "01" },
    /* out of range */
    { AS_UINT, "1903e9" },
    { AS_UINT, "1bffffffffffffffff" },
    { AS_INT, "1903e9" },
    { AS_INT, "3903e8" },
    { AS_INT, "1b8000000000000000" },
    { AS_INT, "3bffffffffffffffff" },
    { AS_BYTES, "40" },
    { AS_BYTES, "450102030405" },
    { AS_BYTES, "5bffffffffffffffff" },
    { AS_TEXT, "60" },
    { AS_TEXT, "656161616161" },
    { AS_ARRAY, "80" },
    { AS_ARRAY, "850000000000" },
    { AS_ARRAY, "9bffffffffffffffff" },
    /* not UTF-8: a stray byte, an overlong form, a surrogate, a zero */
    { AS_TEXT, "61ff" },
    { AS_TEXT, "62c080" },
    { AS_TEXT, "63eda080" },
    { AS_TEXT, "6100" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = from_hex (cases[i].hex);
      g_autoptr (GError) error = NULL;
      g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);

      g_test_message ("%s", cases[i].hex);
      read_as (&reader, cases[i].as);
      g_assert_false (enigm_cbor_reader_ok (&reader));
      g_assert_false (enigm_cbor_reader_finish (&reader, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
      g_assert_true (g_str_has_prefix (error->message, "the-field: "));
    }
}

static void
test_exact_length (void)
{
  const guint8 bytes[] = { 0x43, 1, 2, 3 };
  const gsize wrong[] = { 0, 2, 4 };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      guint8 out[4] = { 9, 9, 9, 9 };
      const guint8 zero[4] = { 0 };
      g_auto (EnigmCborReader) reader = ENIGM_CBOR_READER_INIT (bytes, sizeof bytes);

      g_assert_false (enigm_cbor_read_bytes (&reader, "handle", wrong[i], out));
      g_assert_cmpmem (out, wrong[i], zero, wrong[i]);
      g_assert_false (enigm_cbor_reader_ok (&reader));
    }
}

static void
test_left_over (void)
{
  const struct
  {
    const gchar *hex;
    guint n_reads;
  } cases[] = {
    { "0000", 1 },   /* a byte behind the value */
    { "0000", 2 },   /* which is no second value either */
    { "820000", 2 }, /* read as [0] below: an element too many */
    { "821864", 2 }, /* an array of two, whose bytes are all in the first */
    { "81", 1 },     /* an array that promises one */
    { "", 0 },       /* nothing at all */
    { "00", 0 },     /* nothing read */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = from_hex (cases[i].hex);
      g_autoptr (GError) error = NULL;
      g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);

      for (guint k = 0; k < cases[i].n_reads; k++)
        {
          if (enigm_cbor_reader_peek (&reader) == ENIGM_CBOR_ARRAY)
            enigm_cbor_read_array_between (&reader, "array", 0, 8);
          else
            enigm_cbor_read_uint (&reader, "n", 100);
        }
      g_assert_false (enigm_cbor_reader_finish (&reader, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

static void
test_sticky (void)
{
  g_autoptr (GBytes) bytes = from_hex ("8301420102f5");
  g_autoptr (GError) error = NULL;
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  guint8 out[2] = { 7, 7 };

  enigm_cbor_read_array (&reader, "message", 3);
  enigm_cbor_read_uint (&reader, "first", 0);
  /* These would fit, had the first one. */
  enigm_cbor_read_bytes (&reader, "second", 2, out);
  g_assert_cmpint (out[0] | out[1], ==, 0);
  g_assert_false (enigm_cbor_read_bool (&reader, "third"));
  enigm_cbor_reader_refuse (&reader, "fourth", "is late");
  g_assert_false (enigm_cbor_reader_finish (&reader, &error));
  g_assert_cmpstr (error->message, ==, "first: is out of range");
  g_clear_error (&error);
  /* And it stays so. */
  g_assert_false (enigm_cbor_reader_finish (&reader, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

static void
test_nesting (void)
{
  g_autoptr (GBytes) deepest = from_hex ("8181818100");
  g_autoptr (GBytes) deeper = from_hex ("818181818100");
  g_autoptr (GError) error = NULL;
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (deepest);
  g_auto (EnigmCborReader) second = enigm_cbor_reader_over (deeper);

  for (guint i = 0; i < ENIGM_CBOR_MAX_DEPTH; i++)
    g_assert_true (enigm_cbor_read_array (&reader, "level", 1));
  enigm_cbor_read_uint (&reader, "n", 0);
  g_assert_true (enigm_cbor_reader_finish (&reader, &error));
  g_assert_no_error (error);

  for (guint i = 0; i < ENIGM_CBOR_MAX_DEPTH; i++)
    g_assert_true (enigm_cbor_read_array (&second, "level", 1));
  g_assert_false (enigm_cbor_read_array (&second, "level", 1));
  g_assert_false (enigm_cbor_reader_finish (&second, &error));
  g_assert_cmpstr (error->message, ==, "level: is nested too deep");
}

static void
test_growth (void)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GBytes) bytes = NULL;
  g_auto (EnigmCborReader) reader = ENIGM_CBOR_READER_INIT (NULL, 0);

  enigm_cbor_write_array (&writer, 2000);
  for (guint i = 0; i < 2000; i++)
    enigm_cbor_write_uint (&writer, i);
  bytes = enigm_cbor_writer_end (&writer);
  reader = enigm_cbor_reader_over (bytes);
  g_assert_true (enigm_cbor_read_array (&reader, "many", 2000));
  for (guint i = 0; i < 2000; i++)
    g_assert_cmpuint (enigm_cbor_read_uint (&reader, "n", 2000), ==, i);
  g_assert_true (enigm_cbor_reader_finish (&reader, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cbor/integers", test_integers);
  g_test_add_func ("/cbor/greatest-uint", test_greatest_uint);
  g_test_add_func ("/cbor/message", test_message);
  g_test_add_func ("/cbor/refusals", test_refusals);
  g_test_add_func ("/cbor/exact-length", test_exact_length);
  g_test_add_func ("/cbor/left-over", test_left_over);
  g_test_add_func ("/cbor/sticky", test_sticky);
  g_test_add_func ("/cbor/nesting", test_nesting);
  g_test_add_func ("/cbor/growth", test_growth);
  return g_test_run ();
}
