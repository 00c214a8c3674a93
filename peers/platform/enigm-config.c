/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-config.h"

#define GROUP_PLATFORM "platform"
#define GROUP_FILES "files"
#define HTTPS_PORT 443
#define MAX_ORIGIN 128

/* Every file the platform keeps, with the name `init` gives it. */
static const struct
{
  const gchar *key;
  const gchar *name;
  gsize offset;
} files[] = {
  { "database", "platform.db", G_STRUCT_OFFSET (EnigmConfig, database) },
  { "journal", "platform.journal", G_STRUCT_OFFSET (EnigmConfig, journal) },
  { "ca", "ca.pem", G_STRUCT_OFFSET (EnigmConfig, ca) },
  { "certificate", "server.pem", G_STRUCT_OFFSET (EnigmConfig, certificate) },
  { "key", "server-key.pem", G_STRUCT_OFFSET (EnigmConfig, key) },
  { "reserve-key", "reserve-key.pem", G_STRUCT_OFFSET (EnigmConfig, reserve_key) },
  { "identity-key", "identity-key.pem", G_STRUCT_OFFSET (EnigmConfig, identity_key) },
  { "secrets", "secrets", G_STRUCT_OFFSET (EnigmConfig, secrets) },
  { "maker-ca", "maker-ca.pem", G_STRUCT_OFFSET (EnigmConfig, maker_ca) },
};

static gboolean
check_unknown (GKeyFile *key_file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (key_file, NULL);

  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (key_file, groups[i], NULL, NULL);

      for (gsize j = 0; keys != NULL && keys[j] != NULL; j++)
        {
          gboolean known = FALSE;

          if (g_str_equal (groups[i], GROUP_PLATFORM))
            known = g_str_equal (keys[j], "origin") || g_str_equal (keys[j], "port") ||
                    g_str_equal (keys[j], "retention-days") ||
                    g_str_equal (keys[j], "audit-days") || g_str_equal (keys[j], "command-sees");
          for (gsize k = 0; g_str_equal (groups[i], GROUP_FILES) && k < G_N_ELEMENTS (files); k++)
            known = known || g_str_equal (keys[j], files[k].key);
          if (!known)
            {
              g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "[%s] %s: there is no such setting", groups[i], keys[j]);
              return FALSE;
            }
        }
    }
  return TRUE;
}

static gboolean
read_number (GKeyFile *key_file,
             const gchar *key,
             gint min,
             gint max,
             gint fallback,
             gint *value,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *value = fallback;
  if (!g_key_file_has_key (key_file, GROUP_PLATFORM, key, NULL))
    return TRUE;
  *value = g_key_file_get_integer (key_file, GROUP_PLATFORM, key, &local_error);
  if (local_error == NULL && *value >= min && *value <= max)
    return TRUE;
  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
               "[" GROUP_PLATFORM "] %s: not a number from %d to %d", key, min, max);
  return FALSE;
}

/**
 * enigm_config_parse_origin:
 * @origin: text from a person or a file
 * @host: (out) (optional) (transfer full): its host
 * @port: (out) (optional): its port, or -1 if it names none
 * @error: what is wrong with it
 *
 * Accepts the two forms an offer may carry (PROTOCOL.md, section 5): `https://host` and
 * `https://host:port`, lower case, no path, 9 to 128 bytes.
 *
 * Returns: whether it is an origin
 */
gboolean
enigm_config_parse_origin (const gchar *origin, gchar **host, gint *port, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree gchar *lower = NULL;
  g_autofree gchar *canonical = NULL;

  g_return_val_if_fail (origin != NULL, FALSE);

  lower = g_ascii_strdown (origin, -1);
  if (strlen (origin) <= MAX_ORIGIN && g_str_equal (lower, origin))
    uri = g_uri_parse (origin, G_URI_FLAGS_NONE, NULL);
  if (uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0')
    {
      if (g_uri_get_port (uri) > 0)
        canonical = g_strdup_printf ("https://%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
      else
        canonical = g_strdup_printf ("https://%s", g_uri_get_host (uri));
    }
  if (canonical == NULL || !g_str_equal (canonical, origin) ||
      strspn (g_uri_get_host (uri), "abcdefghijklmnopqrstuvwxyz0123456789.-") !=
        strlen (g_uri_get_host (uri)))
    {
      g_set_error_literal (
        error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
        "origin: it must be https://host or https://host:port, in lower case and without a path");
      return FALSE;
    }
  if (host != NULL)
    *host = g_strdup (g_uri_get_host (uri));
  if (port != NULL)
    *port = g_uri_get_port (uri);
  return TRUE;
}

static gboolean
read_command_sees (GKeyFile *key_file, EnigmCommandSees *sees, GError **error)
{
  static const gchar *const names[] = { "nothing", "events", "positions" };
  g_autofree gchar *text = g_key_file_get_string (key_file, GROUP_PLATFORM, "command-sees", NULL);

  *sees = ENIGM_COMMAND_SEES_NOTHING;
  if (text == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i]))
      {
        *sees = (EnigmCommandSees) i;
        return TRUE;
      }
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       "[" GROUP_PLATFORM "] command-sees: nothing, events or positions");
  return FALSE;
}

/**
 * enigm_config_load:
 * @path: a configuration file
 * @error: what is wrong with it
 *
 * Returns: (transfer full) (nullable): what it says
 */
EnigmConfig *
enigm_config_load (const gchar *path, GError **error)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autoptr (EnigmConfig) self = g_new0 (EnigmConfig, 1);
  g_autoptr (GError) local_error = NULL;
  g_autofree gchar *absolute = NULL;
  g_autofree gchar *folder = NULL;
  gint origin_port, number;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_key_file_load_from_file (key_file, path, G_KEY_FILE_NONE, &local_error))
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", path, local_error->message);
      return NULL;
    }
  if (!check_unknown (key_file, error))
    return NULL;

  self->origin = g_key_file_get_string (key_file, GROUP_PLATFORM, "origin", NULL);
  if (self->origin == NULL)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "[" GROUP_PLATFORM "] origin: missing");
      return NULL;
    }
  if (!enigm_config_parse_origin (self->origin, NULL, &origin_port, error))
    return NULL;
  if (!read_number (key_file, "port", 0, G_MAXUINT16, origin_port > 0 ? origin_port : HTTPS_PORT,
                    &number, error))
    return NULL;
  self->port = number;
  if (!read_number (key_file, "retention-days", 1, 30, ENIGM_CONFIG_RETENTION_DAYS, &number, error))
    return NULL;
  self->retention_days = number;
  if (!read_number (key_file, "audit-days", 1, 3650, ENIGM_CONFIG_AUDIT_DAYS, &number, error))
    return NULL;
  self->audit_days = number;
  if (!read_command_sees (key_file, &self->command_sees, error))
    return NULL;

  absolute = g_canonicalize_filename (path, NULL);
  folder = g_path_get_dirname (absolute);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree gchar *name = g_key_file_get_string (key_file, GROUP_FILES, files[i].key, NULL);

      if (name == NULL || *name == '\0')
        {
          g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "[" GROUP_FILES "] %s: missing",
                       files[i].key);
          return NULL;
        }
      G_STRUCT_MEMBER (gchar *, self, files[i].offset) = g_canonicalize_filename (name, folder);
    }
  return g_steal_pointer (&self);
}

/**
 * enigm_config_write:
 * @path: the file to write
 * @origin: an origin that enigm_config_parse_origin() accepts
 * @port: TCP port to listen on
 * @error: why it was not written
 *
 * Writes a configuration with the usual names for all files.
 *
 * Returns: whether it was written
 */
gboolean
enigm_config_write (const gchar *path, const gchar *origin, guint16 port, GError **error)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();

  g_return_val_if_fail (path != NULL && origin != NULL, FALSE);

  g_key_file_set_string (key_file, GROUP_PLATFORM, "origin", origin);
  g_key_file_set_integer (key_file, GROUP_PLATFORM, "port", port);
  g_key_file_set_integer (key_file, GROUP_PLATFORM, "retention-days", ENIGM_CONFIG_RETENTION_DAYS);
  g_key_file_set_integer (key_file, GROUP_PLATFORM, "audit-days", ENIGM_CONFIG_AUDIT_DAYS);
  g_key_file_set_string (key_file, GROUP_PLATFORM, "command-sees", "nothing");
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    g_key_file_set_string (key_file, GROUP_FILES, files[i].key, files[i].name);
  return g_key_file_save_to_file (key_file, path, error);
}

/**
 * enigm_config_free:
 * @self: (transfer full): a configuration
 */
void
enigm_config_free (EnigmConfig *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    g_free (G_STRUCT_MEMBER (gchar *, self, files[i].offset));
  g_free (self->origin);
  g_free (self);
}

/**
 * enigm_config_get_authority:
 * @self: a configuration
 *
 * Returns: (transfer none): the origin's host, and its port if it names one: what a request's Host
 *   field must say, and the `@authority` of its signature
 */
const gchar *
enigm_config_get_authority (const EnigmConfig *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->origin + strlen ("https://");
}

/**
 * enigm_config_take_bound_port:
 * @self: a configuration
 * @port: the port the server listens on
 *
 * An origin that names no port takes the one that is listened on, unless that is what https:
 * implies. One that names its port keeps it: it may be reached through a forwarded port.
 */
void
enigm_config_take_bound_port (EnigmConfig *self, guint16 port)
{
  gint origin_port;

  g_return_if_fail (self != NULL);

  self->port = port;
  if (enigm_config_parse_origin (self->origin, NULL, &origin_port, NULL) && origin_port < 0 &&
      port != HTTPS_PORT)
    {
      g_autofree gchar *origin = g_steal_pointer (&self->origin);

      self->origin = g_strdup_printf ("%s:%u", origin, port);
    }
}
