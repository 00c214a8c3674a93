/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The first owner is made here, beside the database, by whoever may read it anyway. */

#include "enigm-platform-program.h"

#include <unistd.h>

#include "enigm-administrators.h"
#include "enigm-password.h"

#define MAX_LINE 300

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gchar **hash = user_data;

  *hash = enigm_password_hash_finish (result, NULL);
  if (*hash == NULL)
    *hash = g_strdup ("");
}

static gchar *
hash_text (const gchar *text)
{
  g_autoptr (EnigmSecret) secret = enigm_password_take_text (text);
  gchar *hash = NULL;

  enigm_password_hash_async (secret, NULL, on_hashed, &hash);
  while (hash == NULL)
    g_main_context_iteration (NULL, TRUE);
  return hash;
}

/* One line from a descriptor, without its end. */
static gboolean
read_line (gint fd, gchar line[MAX_LINE])
{
  gsize at = 0;

  while (at < MAX_LINE - 1 && read (fd, line + at, 1) == 1 && line[at] != '\n')
    at++;
  line[at] = '\0';
  return at > 0;
}

static gboolean
add (EnigmPlatformState *state,
     const gchar *name,
     const gchar *password,
     const gchar *pin,
     GError **error)
{
  g_autofree gchar *password_hash = hash_text (password);
  g_autofree gchar *pin_hash = hash_text (pin);
  g_autoptr (EnigmTransaction) transaction = NULL;
  guint8 id[ENIGM_ID_SIZE];

  if (*password_hash == '\0' || *pin_hash == '\0' || !enigm_random_bytes (id, sizeof id, error))
    return FALSE;
  transaction = enigm_store_begin (state->store, error);
  return transaction != NULL &&
         enigm_administrators_put (state, id, name, ENIGM_ROLE_OWNER, password_hash, pin_hash,
                                   error) &&
         enigm_administrators_audit (state, id, "made an owner beside the database", FALSE,
                                     error) &&
         enigm_store_commit (state->store, error);
}

/**
 * enigm_platform_administrator:
 * @argc: arguments, the subcommand among them
 * @argv: (array length=argc): the arguments
 *
 * Makes an administrator with the role of an owner, of a platform that does not run.
 *
 * Returns: exit status: 0 if it is done, 1 if not, 2 for wrong arguments
 */
int
enigm_platform_administrator (int argc, char **argv)
{
  g_autofree gchar *config_path = NULL;
  g_autofree gchar *name = NULL;
  gint fd = -1;
  GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "The configuration", "FILE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "What they sign in as", "NAME" },
    { "secrets-fd", 0, 0, G_OPTION_ARG_INT, &fd,
      "Read two lines from it: the password, and the PIN of six digits", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context =
    g_option_context_new ("- make an owner, who signs in with enigm-command");
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmPlatformState) state = NULL;
  EnigmConfig *config;
  gchar password[MAX_LINE], pin[MAX_LINE];
  gboolean done;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("enigm-platform administrator: %s\n", error->message);
      return 2;
    }
  if (config_path == NULL || name == NULL || fd < 0 || argc > 1)
    {
      g_printerr ("enigm-platform administrator: --config FILE, --name NAME and --secrets-fd N are "
                  "needed\n");
      return 2;
    }
  if (!read_line (fd, password) || !read_line (fd, pin) || strlen (password) < ENIGM_PASSWORD_MIN ||
      strlen (password) > ENIGM_PASSWORD_MAX || strlen (pin) != 6 ||
      strspn (pin, "0123456789") != 6)
    {
      g_printerr ("enigm-platform administrator: a password of 8 to 256 bytes, and a PIN of six "
                  "digits, are needed\n");
      return 2;
    }
  config = enigm_config_load (config_path, &error);
  if (config != NULL && enigm_administrators_check_name (name, &error))
    state = enigm_platform_state_open (config, NULL, NULL, &error);
  else
    g_clear_pointer (&config, enigm_config_free);
  done = state != NULL && add (state, name, password, pin, &error);
  explicit_bzero (password, sizeof password);
  explicit_bzero (pin, sizeof pin);
  if (!done)
    {
      g_printerr ("enigm-platform administrator: %s\n",
                  error != NULL ? error->message : "it could not be done");
      return 1;
    }
  g_print ("%s is an owner. Sign in with enigm-command sign-in.\n", name);
  return 0;
}
