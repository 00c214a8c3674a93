/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Registers many keys with a platform that does not run, for bench-requests.py:
 *
 *   fill-platform CONFIG N
 *
 * They are trusted, belong to one account, and key number I has H("handle I") as its handle (the
 * first 16 bytes) and H("request I") and H("answer I") as its two keys. */
#include <stdio.h>

#include "app/protocol/enigm-hash.h"

#include "enigm-column.h"
#include "enigm-lifecycle.h"
#include "enigm-platform-state.h"

static void
name (const char *what, guint64 number, guint8 digest[ENIGM_SHA256_SIZE])
{
  g_autofree char *text = g_strdup_printf ("%s %" G_GUINT64_FORMAT, what, number);

  enigm_sha256 (ENIGM_PARTS ({ (const guint8 *) text, strlen (text) }), digest);
}

static GBytes *
seal (EnigmPlatformState *state,
      const char *column,
      const guint8 *id,
      const char *what,
      guint64 number,
      GError **error)
{
  g_autoptr (EnigmSecret) secret = NULL;
  guint8 key[ENIGM_SHA256_SIZE];

  name (what, number, key);
  secret = enigm_secret_new_copy (key, sizeof key);
  return enigm_column_seal (state->column_key, column, id, secret, error);
}

static gboolean
add_key (EnigmPlatformState *state, const guint8 *account, guint64 number, GError **error)
{
  gint64 now = enigm_platform_state_now (state);
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GBytes) answer = NULL;
  guint8 id[ENIGM_SHA256_SIZE], handle[ENIGM_SHA256_SIZE], certificate[ENIGM_SHA256_SIZE];

  name ("binding", number, id);
  name ("handle", number, handle);
  name ("certificate", number, certificate);
  request = seal (state, "bindings.request_key", id, "request", number, error);
  answer = seal (state, "bindings.answer_key", id, "answer", number, error);
  return request != NULL && answer != NULL &&
         enigm_store_run (state->store, error,
                          "INSERT INTO bindings (id, handle, account, certificate, pseudonym, "
                          "hash, request_key, answer_key, state, restrictions, begun, since, "
                          "trusted) VALUES (?1, ?2, ?3, ?4, ?4, ?4, ?5, ?6, ?7, 0, ?8, ?8, ?8)",
                          "kkkbbbii", id, handle, account, certificate, sizeof certificate,
                          g_bytes_get_data (request, NULL), g_bytes_get_size (request),
                          g_bytes_get_data (answer, NULL), g_bytes_get_size (answer),
                          (gint64) ENIGM_BINDING_TRUSTED, now);
}

static gboolean
fill (const char *path, guint64 n_keys, GError **error)
{
  static const guint8 account[ENIGM_ID_SIZE] = { 1 };
  EnigmConfig *config = enigm_config_load (path, error);
  g_autoptr (EnigmPlatformState) state = NULL;
  g_autoptr (EnigmTransaction) transaction = NULL;

  if (config == NULL)
    return FALSE;
  state = enigm_platform_state_open (config, NULL, NULL, error);
  if (state == NULL)
    return FALSE;
  transaction = enigm_store_begin (state->store, error);
  if (transaction == NULL ||
      !enigm_store_run (state->store, error,
                        "INSERT INTO accounts (id, user_name, password, pin, contact_id, created) "
                        "VALUES (?1, 'many', '', '', '', ?2)",
                        "ki", account, enigm_platform_state_now (state)))
    return FALSE;
  for (guint64 i = 0; i < n_keys; i++)
    if (!add_key (state, account, i, error))
      return FALSE;
  return enigm_store_commit (state->store, error) && enigm_store_settle (state->store, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  guint64 n_keys = 0;

  if (argc == 3 && g_ascii_string_to_unsigned (argv[2], 10, 1, 10 * 1000 * 1000, &n_keys, &error) &&
      fill (argv[1], n_keys, &error))
    return 0;
  g_printerr ("fill-platform: %s\n", error != NULL ? error->message : "CONFIG N");
  return 1;
}
