/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"
#include "enigm-error.h"
#include "enigm-radio.h"

#define DEFAULT_SECONDS 10
#define MAX_SECONDS 600

typedef struct
{
  EnigmCli *cli;
  EnigmRadio *radio;
  guint timeout_id;
  guint n_found;
} Scan;

static void
scan_end (Scan *scan, GError *error)
{
  EnigmCli *cli = scan->cli;

  if (error == NULL && scan->n_found == 0)
    error = g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_KEY_UNKNOWN,
                                 _ ("No key is on the air. Hold a key's button until its light "
                                    "turns, and try again."));
  g_signal_handlers_disconnect_by_data (scan->radio, scan);
  g_signal_handlers_disconnect_by_data (enigm_radio_get_keys (scan->radio), scan);
  if (enigm_cli_get_cancellable (cli) != NULL)
    g_signal_handlers_disconnect_by_data (enigm_cli_get_cancellable (cli), scan);
  g_clear_handle_id (&scan->timeout_id, g_source_remove);
  enigm_radio_stop_scan (scan->radio);
  if (error != NULL)
    enigm_cli_fail (cli, error);
  else
    enigm_cli_end (cli, ENIGM_CLI_OK);
  g_clear_error (&error);
  g_object_unref (scan->radio);
  g_object_unref (cli);
  g_free (scan);
}

static void
on_keys_changed (GListModel *keys, guint position, guint removed, guint added, gpointer user_data)
{
  Scan *scan = user_data;

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (EnigmNearbyKey) key = g_list_model_get_item (keys, i);
      JsonObject *found = json_object_new ();

      scan->n_found++;
      json_object_set_int_member (found, "discriminator", enigm_nearby_key_get_discriminator (key));
      json_object_set_boolean_member (found, "bound", enigm_nearby_key_get_bound (key));
      json_object_set_int_member (found, "bars", enigm_nearby_key_get_bars (key));
      enigm_cli_print_json (scan->cli, found);
      enigm_cli_print (scan->cli,
                       enigm_nearby_key_get_bound (key) ? _ ("Key %u, paired, signal %u of 4")
                                                        : _ ("Key %u, not paired, signal %u of 4"),
                       enigm_nearby_key_get_discriminator (key), enigm_nearby_key_get_bars (key));
    }
}

static void
on_radio_state_changed (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  Scan *scan = user_data;
  GError *error = enigm_radio_dup_error (scan->radio);

  if (error != NULL)
    scan_end (scan, error);
}

static gboolean
on_time_over (gpointer user_data)
{
  Scan *scan = user_data;

  scan->timeout_id = 0;
  scan_end (scan, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_scan_cancelled (GCancellable *cancellable, gpointer user_data)
{
  scan_end (user_data, NULL);
}

/**
 * enigm_cli_scan:
 * @cli: a run of `scan`
 */
void
enigm_cli_scan (EnigmCli *cli)
{
  const char *text = enigm_cli_get_option (cli, "seconds");
  guint64 seconds = DEFAULT_SECONDS;
  Scan *scan;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, MAX_SECONDS, &seconds, NULL))
    {
      enigm_cli_fail_usage (cli, _ ("--seconds takes a number from 1 to %d."), MAX_SECONDS);
      return;
    }
  scan = g_new0 (Scan, 1);
  scan->cli = g_object_ref (cli);
  scan->radio = enigm_radio_new (NULL);
  scan->timeout_id = g_timeout_add_seconds (seconds, on_time_over, scan);
  g_signal_connect (enigm_radio_get_keys (scan->radio), "items-changed",
                    G_CALLBACK (on_keys_changed), scan);
  if (enigm_cli_get_cancellable (cli) != NULL)
    g_signal_connect (enigm_cli_get_cancellable (cli), "cancelled", G_CALLBACK (on_scan_cancelled),
                      scan);
  enigm_radio_start_scan (scan->radio);
  g_signal_connect (scan->radio, "notify::state", G_CALLBACK (on_radio_state_changed), scan);
  on_radio_state_changed (G_OBJECT (scan->radio), NULL, scan);
}
