/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-new-platform.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "app/protocol/enigm-certificate.h"
#include "app/protocol/enigm-text.h"

#include "enigm-certificates.h"
#include "enigm-config.h"

/* Pseudonym secret and column key, 32 bytes each. */
#define SECRETS_SIZE 64

/* Never replaces a file: whoever runs this twice must not lose the keys that are in use. */
static gboolean
write_new (const gchar *path, gconstpointer data, gsize size, int mode, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  gboolean written;

  if (fd < 0)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  written = write (fd, data, size) == (gssize) size && fsync (fd) == 0;
  if (!written)
    g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", path, g_strerror (errno));
  close (fd);
  return written;
}

static gboolean
write_secret (const gchar *path, EnigmSecret *secret, GError **error)
{
  gsize size;
  const guint8 *data = enigm_secret_peek (secret, &size);

  return write_new (path, data, size, 0600, error);
}

static EnigmP256Key *
make_key (const gchar *path, GError **error)
{
  g_autoptr (EnigmP256Key) key = enigm_p256_key_generate (error);
  g_autoptr (EnigmSecret) pem = NULL;

  if (key == NULL)
    return NULL;
  pem = enigm_p256_key_to_pem (key);
  return write_secret (path, pem, error) ? g_steal_pointer (&key) : NULL;
}

static gboolean
make_certificates (const EnigmConfig *config, const gchar *ca_key_path, GError **error)
{
  g_autofree gchar *host = NULL;
  g_autofree gchar *name = NULL;
  g_autofree gchar *ca = NULL;
  g_autofree gchar *server = NULL;
  g_autoptr (EnigmP256Key) ca_key = NULL;
  g_autoptr (EnigmP256Key) key = NULL;
  g_autoptr (EnigmP256Key) reserve = NULL;

  if (!enigm_config_parse_origin (config->origin, &host, NULL, error))
    return FALSE;
  ca_key = make_key (ca_key_path, error);
  if (ca_key == NULL)
    return FALSE;
  key = make_key (config->key, error);
  if (key == NULL)
    return FALSE;
  reserve = make_key (config->reserve_key, error);
  if (reserve == NULL)
    return FALSE;
  name = g_strdup_printf ("Enigm platform %.40s", host);
  ca = enigm_certificates_make_ca (ca_key, name, error);
  if (ca == NULL)
    return FALSE;
  server = enigm_certificates_make_server (ca_key, ca, key, host, error);
  return server != NULL && write_new (config->ca, ca, strlen (ca), 0644, error) &&
         write_new (config->certificate, server, strlen (server), 0644, error);
}

static gboolean
make_identity (const EnigmConfig *config, const gchar *public_path, GError **error)
{
  g_autoptr (EnigmP256Key) identity = make_key (config->identity_key, error);
  g_autofree gchar *text = NULL;
  g_autofree gchar *line = NULL;

  if (identity == NULL)
    return FALSE;
  text = enigm_base64url_encode (enigm_p256_key_get_point (identity), ENIGM_P256_POINT_SIZE);
  line = g_strconcat (text, "\n", NULL);
  return write_new (public_path, line, strlen (line), 0644, error);
}

/**
 * enigm_new_platform_make:
 * @folder: where to make it; made if it is missing
 * @maker_ca: file with the certificates of those whose keys are genuine, PEM
 * @origin: where it will be reached
 * @error: why it was not made
 *
 * Makes everything a platform needs, under the names of `enigm-new-platform.h`. Nothing that is
 * there already is replaced.
 *
 * Returns: whether it is made
 */
gboolean
enigm_new_platform_make (const gchar *folder,
                         const gchar *maker_ca,
                         const gchar *origin,
                         GError **error)
{
  g_autofree gchar *config_path = g_build_filename (folder, ENIGM_NEW_PLATFORM_CONFIG, NULL);
  g_autofree gchar *public_path = g_build_filename (folder, ENIGM_NEW_PLATFORM_IDENTITY, NULL);
  g_autofree gchar *ca_key_path = g_build_filename (folder, "ca-key.pem", NULL);
  g_autofree gchar *pem = NULL;
  g_autofree gchar *authorities = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (EnigmConfig) config = NULL;
  g_autoptr (EnigmSecret) secrets = NULL;
  gsize pem_size;
  gint port;

  if (!enigm_config_parse_origin (origin, NULL, &port, error))
    return FALSE;
  if (!g_file_get_contents (maker_ca, &pem, &pem_size, error))
    return FALSE;
  authorities = enigm_certificates_check_authority (pem, pem_size, error);
  if (authorities == NULL)
    return FALSE;
  /* What `serve` would refuse is refused here, before anything is made. */
  bytes = g_bytes_new (authorities, strlen (authorities));
  if (!enigm_certificate_check_authorities (bytes, error))
    {
      g_prefix_error_literal (error, "maker CA: ");
      return FALSE;
    }
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  if (g_file_test (config_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                   "%s: there is a platform already; nothing was changed", config_path);
      return FALSE;
    }
  if (!enigm_config_write (config_path, origin, port > 0 ? port : 443, error))
    return FALSE;
  config = enigm_config_load (config_path, error);
  if (config == NULL)
    return FALSE;
  secrets = enigm_secret_new_random (SECRETS_SIZE, error);
  if (secrets == NULL || !write_secret (config->secrets, secrets, error) ||
      !write_new (config->maker_ca, authorities, strlen (authorities), 0644, error) ||
      !make_certificates (config, ca_key_path, error) ||
      !make_identity (config, public_path, error))
    return FALSE;
  return TRUE;
}
