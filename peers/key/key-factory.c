/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-factory.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enigm-cbor.h"
#include "enigm-setup-code.h"
#include "key-certificate.h"
#include "key-file.h"

#define FACTORY_FILE "factory"
#define FACTORY_MAX 8192
#define FORM 1
#define MAX_CERTIFICATE 1024
#define MAX_PEM 1024
#define W0_SIZE 32

static GBytes *
encode (EnigmSecret *pem,
        GBytes *leaf,
        EnigmSecret *w0,
        EnigmSecret *l,
        guint discriminator,
        const guint8 *platform)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  gsize len;
  const guint8 *data;

  enigm_cbor_write_array (&writer, 7);
  enigm_cbor_write_uint (&writer, FORM);
  data = enigm_secret_peek (pem, &len);
  enigm_cbor_write_bytes (&writer, data, len);
  enigm_cbor_write_array (&writer, 1);
  enigm_cbor_write_blob (&writer, leaf);
  data = enigm_secret_peek (w0, &len);
  enigm_cbor_write_bytes (&writer, data, len);
  data = enigm_secret_peek (l, &len);
  enigm_cbor_write_bytes (&writer, data, len);
  enigm_cbor_write_uint (&writer, discriminator);
  enigm_cbor_write_bytes (&writer, platform, ENIGM_P256_POINT_SIZE);

  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_key_factory_make:
 * @folder: path of the folder to make; it must not exist, or be empty
 * @ca_folder: path of what enigm_key_certificate_make_authority() made
 * @platform: the platform's public identity key
 * @error: return location for an error
 *
 * Makes one key's factory state. The setup code it returns is kept nowhere.
 *
 * Returns: (transfer full): the setup code as `XXXX-XXXX-XXXX`, or %NULL
 */
char *
enigm_key_factory_make (const char *folder,
                        const char *ca_folder,
                        const guint8 platform[ENIGM_P256_POINT_SIZE],
                        GError **error)
{
  g_autoptr (EnigmSetupCode) code = NULL;
  g_autoptr (EnigmSecret) pem = NULL;
  g_autoptr (EnigmSecret) w0 = NULL;
  g_autoptr (EnigmSecret) l = NULL;
  g_autoptr (GBytes) leaf = NULL;
  g_autoptr (GBytes) bytes = NULL;
  int fd;
  gboolean ok;

  g_return_val_if_fail (folder != NULL && ca_folder != NULL && platform != NULL, NULL);

  if (!enigm_p256_check_point (platform, ENIGM_P256_POINT_SIZE, error))
    return NULL;
  code = enigm_setup_code_new_random (error);
  if (code == NULL)
    return NULL;
  if (!enigm_key_certificate_issue (ca_folder, &pem, &leaf, error))
    return NULL;
  enigm_setup_code_derive_verifier (code, &w0, &l);
  bytes = encode (pem, leaf, w0, l, enigm_setup_code_get_discriminator (code), platform);

  if (g_mkdir_with_parents (folder, 0700) < 0 || chmod (folder, 0700) < 0 ||
      (fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
    {
      int saved = errno;

      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", folder, g_strerror (saved));
      return NULL;
    }
  if (faccessat (fd, FACTORY_FILE, F_OK, 0) == 0)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: a key is there already", folder);
      close (fd);
      return NULL;
    }
  ok = enigm_key_file_replace (fd, FACTORY_FILE, bytes, error);
  close (fd);

  return ok ? g_strdup (enigm_setup_code_get_text (code)) : NULL;
}

static EnigmSecret *
read_secret (EnigmCborReader *reader, const char *field, gsize min, gsize max)
{
  guint8 data[MAX_PEM] = { 0 };
  g_autoptr (GBytes) blob = enigm_cbor_read_blob (reader, field, min, max);
  gsize len = blob != NULL ? g_bytes_get_size (blob) : 0;

  if (blob == NULL)
    return NULL;
  memcpy (data, g_bytes_get_data (blob, NULL), len);
  OPENSSL_cleanse ((guint8 *) g_bytes_get_data (blob, NULL), len);

  return enigm_secret_new_copy (data, len);
}

/**
 * enigm_key_factory_load:
 * @folder: a descriptor of the key's folder
 * @error: return location for an error
 *
 * Returns: (transfer full): what the factory left, or %NULL
 */
EnigmKeyFactory *
enigm_key_factory_load (int folder, GError **error)
{
  g_autoptr (EnigmKeyFactory) self = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (EnigmSecret) pem = NULL;
  g_auto (EnigmCborReader) reader = ENIGM_CBOR_READER_INIT (NULL, 0);
  gsize n;

  bytes = enigm_key_file_read (folder, FACTORY_FILE, FACTORY_MAX, error);
  if (bytes == NULL)
    return NULL;

  self = g_new0 (EnigmKeyFactory, 1);
  self->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  reader = enigm_cbor_reader_over (bytes);
  enigm_cbor_read_array (&reader, "factory", 7);
  if (enigm_cbor_read_uint (&reader, "form", G_MAXUINT32) != FORM)
    enigm_cbor_reader_refuse (&reader, "form", "not one this program knows");
  pem = read_secret (&reader, "attestation key", 1, MAX_PEM);
  n = enigm_cbor_read_array_between (&reader, "chain", 1, 3);
  for (gsize i = 0; i < n; i++)
    {
      GBytes *certificate = enigm_cbor_read_blob (&reader, "certificate", 1, MAX_CERTIFICATE);

      if (certificate != NULL)
        g_ptr_array_add (self->chain, certificate);
    }
  self->w0 = read_secret (&reader, "w0", W0_SIZE, W0_SIZE);
  self->l = read_secret (&reader, "L", ENIGM_P256_POINT_SIZE, ENIGM_P256_POINT_SIZE);
  self->discriminator = enigm_cbor_read_uint (&reader, "discriminator", 4095);
  enigm_cbor_read_bytes (&reader, "platform key", sizeof self->platform, self->platform);
  if (!enigm_cbor_reader_finish (&reader, error))
    return NULL;

  self->attestation_key = enigm_p256_key_new_from_pem (pem, error);
  if (self->attestation_key == NULL)
    return NULL;
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (self->chain->pdata[0])), self->certificate_hash);

  return g_steal_pointer (&self);
}

/**
 * enigm_key_factory_free:
 * @self: (transfer full): factory state
 */
void
enigm_key_factory_free (EnigmKeyFactory *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->attestation_key, enigm_p256_key_unref);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  g_clear_pointer (&self->w0, enigm_secret_unref);
  g_clear_pointer (&self->l, enigm_secret_unref);
  g_free (self);
}
