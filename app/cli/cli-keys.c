/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-list.h"
#include "enigm-cli-verbs.h"
#include "enigm-error.h"
#include "enigm-readiness.h"

/* Fewer characters of a binding name a key by chance. */
#define MIN_PREFIX 4

/**
 * enigm_cli_choose_key:
 * @cli: a run
 * @word: (nullable): a binding, at least four characters of its beginning, or a key's name; %NULL
 * for the only key that has not ended
 * @error: return location for %ENIGM_ERROR_KEY_UNKNOWN
 *
 * Returns: (transfer full) (nullable): the one key that is meant
 */
EnigmKey *
enigm_cli_choose_key (EnigmCli *cli, const char *word, GError **error)
{
  GListModel *keys = enigm_account_get_keys (enigm_cli_get_account (cli));
  g_autoptr (EnigmKey) found = NULL;
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      if (word == NULL ? !enigm_key_is_live (key)
                       : (strlen (word) < MIN_PREFIX ||
                          !g_str_has_prefix (enigm_key_get_binding (key), word)) &&
                           !g_str_equal (enigm_key_get_name (key), word))
        continue;
      n++;
      g_set_object (&found, key);
    }
  if (n == 1)
    return g_steal_pointer (&found);
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_KEY_UNKNOWN,
                       n == 0 ? _ ("You have no such key. Nothing was changed. List yours with "
                                   "enigmctl keys.")
                              : _ ("This names several keys. Nothing was changed. Name one by its "
                                   "binding; list them with enigmctl keys."));
  return NULL;
}

static JsonArray *
history_to_json (GListModel *history)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (history); i++)
    {
      g_autoptr (EnigmKeyChange) change = g_list_model_get_item (history, i);
      JsonObject *object = json_object_new ();

      json_object_set_int_member (object, "time", enigm_key_change_get_time (change));
      json_object_set_string_member (object, "from", enigm_key_change_get_from (change));
      json_object_set_string_member (object, "to", enigm_key_change_get_to (change));
      json_object_set_string_member (object, "by", enigm_key_change_get_by (change));
      json_object_set_string_member (object, "reason", enigm_key_change_get_reason (change));
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
attempts_to_json (EnigmKey *key)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < enigm_key_get_n_attempts (key); i++)
    json_array_add_int_element (array, enigm_key_get_attempt (key, i));
  return array;
}

static JsonArray *
reasons_to_json (EnigmKeyReasons reasons)
{
  static const char *const names[] = { "lost", "suspended", "unproved" };
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (reasons & (1u << i))
      json_array_add_string_element (array, names[i]);
  return array;
}

/**
 * enigm_cli_key_to_json:
 *
 * Returns: (transfer full): all there is to say about a key; times are Unix seconds, 0: never
 */
JsonObject *
enigm_cli_key_to_json (EnigmKey *key)
{
  static const char *const proofs[] = { "none", "own", "relayed" };
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "binding", enigm_key_get_binding (key));
  json_object_set_string_member (object, "certificate", enigm_key_get_certificate (key));
  json_object_set_string_member (object, "pseudonym", enigm_key_get_pseudonym (key));
  json_object_set_string_member (object, "name", enigm_key_get_name (key));
  json_object_set_string_member (object, "state",
                                 enigm_key_state_to_string (enigm_key_get_state (key)));
  json_object_set_array_member (object, "reasons", reasons_to_json (enigm_key_get_reasons (key)));
  json_object_set_int_member (object, "since", enigm_key_get_since (key));
  json_object_set_int_member (object, "proved_time", enigm_key_get_proved_time (key));
  json_object_set_string_member (object, "proved_by", proofs[enigm_key_get_proved_by (key)]);
  if (enigm_key_get_battery (key) == ENIGM_KEY_BATTERY_UNKNOWN)
    json_object_set_null_member (object, "battery");
  else
    json_object_set_int_member (object, "battery", enigm_key_get_battery (key));
  json_object_set_int_member (object, "battery_time", enigm_key_get_battery_time (key));
  json_object_set_boolean_member (object, "has_secret", enigm_key_get_has_secret (key));
  json_object_set_boolean_member (object, "waiting_to_revoke",
                                  enigm_key_get_waiting_to_revoke (key));
  json_object_set_int_member (object, "drill_time", enigm_key_get_drill_time (key));
  json_object_set_int_member (object, "drill_reached", enigm_key_get_drill_reached (key));
  json_object_set_int_member (object, "released", enigm_key_get_released (key));
  json_object_set_string_member (object, "replaces", enigm_key_get_replaces (key));
  json_object_set_array_member (object, "attempts", attempts_to_json (key));
  json_object_set_array_member (object, "history", history_to_json (enigm_key_get_history (key)));
  return object;
}

static void
print_key (EnigmCli *cli, EnigmKey *key)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *state = enigm_key_describe_state (key);
  g_autofree char *age = enigm_describe_age (enigm_key_get_since (key), now);
  g_autofree char *remaining = enigm_key_describe_remaining (key);
  g_autofree char *number = enigm_key_dup_number (key);

  enigm_cli_print (cli, "%s  %s", enigm_key_get_binding (key), enigm_key_get_name (key));
  /* Translators: a key's state, and how long ago it began, such as “yesterday” */
  enigm_cli_print (cli, _ ("  %s, %s"), state, age);
  if (number != NULL)
    /* Translators: %s is twelve digits, such as 3f09ab12cd34 */
    enigm_cli_print (cli, _ ("  Number for whoever runs the platform: %s"), number);
  if (remaining != NULL)
    enigm_cli_print (cli, "  %s", remaining);
  if (enigm_key_get_n_attempts (key) > 0)
    {
      g_autofree char *tried = enigm_describe_age (enigm_key_get_attempt (key, 0), now);

      /* Translators: %s is an age, such as “2 hours ago” */
      enigm_cli_print (cli, _ ("  Somebody used it %s. Nobody was told, and nothing was sent on."),
                       tried);
    }
}

/**
 * enigm_cli_keys:
 * @cli: a run of `keys`
 */
void
enigm_cli_keys (EnigmCli *cli)
{
  GListModel *keys = enigm_account_get_keys (enigm_cli_get_account (cli));
  JsonObject *answer = json_object_new ();
  JsonArray *array = json_array_new ();

  enigm_cli_begin_list (cli);
  if (g_list_model_get_n_items (keys) == 0)
    enigm_cli_print (cli, _ ("You have no key yet. Pair one with enigmctl pair."));
  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      print_key (cli, key);
      json_array_add_object_element (array, enigm_cli_key_to_json (key));
    }
  json_object_set_array_member (answer, "keys", array);
  enigm_cli_end_list (cli, answer);
}
