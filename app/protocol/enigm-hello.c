/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-hello.h"

#include <string.h>

#include "enigm-cbor.h"

#define MAX_DISCRIMINATOR 4095

static void
read_exactly (EnigmCborReader *reader, const gchar *field, guint64 expected)
{
  if (enigm_cbor_read_uint (reader, field, G_MAXUINT64) != expected)
    enigm_cbor_reader_refuse (reader, field, "is not known");
}

/**
 * enigm_key_hello_encode:
 * @self: a hello
 *
 * Returns: (transfer full): its bytes
 */
GBytes *
enigm_key_hello_encode (const EnigmKeyHello *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (self->discriminator <= MAX_DISCRIMINATOR, NULL);

  enigm_cbor_write_array (&writer, 4);
  enigm_cbor_write_uint (&writer, ENIGM_VERSION);
  enigm_cbor_write_array (&writer, 1);
  enigm_cbor_write_uint (&writer, ENIGM_SUITE);
  enigm_cbor_write_uint (&writer, self->discriminator);
  enigm_cbor_write_bool (&writer, self->bound);
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_key_hello_decode:
 * @bytes: what was read
 * @self: (out caller-allocates): the hello; zeroed if @bytes is none
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED, also for another version or suite
 */
gboolean
enigm_key_hello_decode (GBytes *bytes, EnigmKeyHello *self, GError **error)
{
  g_return_val_if_fail (bytes != NULL && self != NULL, FALSE);

  EnigmKeyHello hello = { 0 };
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);

  memset (self, 0, sizeof *self);
  enigm_cbor_read_array (&reader, "key hello", 4);
  read_exactly (&reader, "version", ENIGM_VERSION);
  enigm_cbor_read_array (&reader, "suites", 1);
  read_exactly (&reader, "suite", ENIGM_SUITE);
  hello.discriminator = enigm_cbor_read_uint (&reader, "discriminator", MAX_DISCRIMINATOR);
  hello.bound = enigm_cbor_read_bool (&reader, "bound");
  if (!enigm_cbor_reader_finish (&reader, error))
    return FALSE;
  *self = hello;
  return TRUE;
}

/**
 * enigm_app_hello_encode:
 *
 * Returns: (transfer full): the app's hello, which is always the same
 */
GBytes *
enigm_app_hello_encode (void)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  enigm_cbor_write_array (&writer, 2);
  enigm_cbor_write_uint (&writer, ENIGM_VERSION);
  enigm_cbor_write_uint (&writer, ENIGM_SUITE);
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_app_hello_check:
 * @bytes: an app's hello
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED, also for another version or suite
 */
gboolean
enigm_app_hello_check (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, FALSE);

  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);

  enigm_cbor_read_array (&reader, "app hello", 2);
  read_exactly (&reader, "version", ENIGM_VERSION);
  read_exactly (&reader, "suite", ENIGM_SUITE);
  return enigm_cbor_reader_finish (&reader, error);
}
