/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-command.h"

#include <math.h>

#define TAP_MS 60
#define HOLD_MS 3200
#define LONG_MS 6200

static gboolean
parse_number (const char *word, double min, double max, double *number)
{
  char *end;

  *number = g_ascii_strtod (word, &end);

  return end != word && *end == '\0' && isfinite (*number) && *number >= min && *number <= max;
}

static gboolean
parse_position (char **words, EnigmKeyCommand *command)
{
  double latitude, longitude, accuracy;

  if (!parse_number (words[1], -90, 90, &latitude) ||
      !parse_number (words[2], -180, 180, &longitude) ||
      !parse_number (words[3], 0, 1e6, &accuracy))
    return FALSE;
  command->latitude = (gint32) lround (latitude * 1e6);
  command->longitude = (gint32) lround (longitude * 1e6);
  command->accuracy = (guint32) lround (accuracy);

  return TRUE;
}

static gboolean
parse_battery (char **words, EnigmKeyCommand *command)
{
  guint64 percent;

  if (!g_ascii_string_to_unsigned (words[1], 10, 0, 100, &percent, NULL))
    return FALSE;
  command->percent = percent;

  return TRUE;
}

static gboolean
parse_network (char **words, EnigmKeyCommand *command)
{
  command->on = g_str_equal (words[1], "on");

  return command->on || g_str_equal (words[1], "off");
}

/**
 * enigm_key_command_parse:
 * @line: a line, without its end
 * @command: (out caller-allocates): what it asks for
 *
 * Returns: whether it is one this key knows, with the right words after it
 */
gboolean
enigm_key_command_parse (const char *line, EnigmKeyCommand *command)
{
  static const struct
  {
    const char *name;
    EnigmKeyCommandKind kind;
    guint n_words;
    guint n_presses;
    guint down_ms;
    gboolean (*parse) (char **words, EnigmKeyCommand *command);
  } forms[] = {
    { "press", ENIGM_KEY_COMMAND_PLAY, 1, 1, TAP_MS },
    { "press3", ENIGM_KEY_COMMAND_PLAY, 1, 3, TAP_MS },
    { "press5", ENIGM_KEY_COMMAND_PLAY, 1, 5, TAP_MS },
    { "hold", ENIGM_KEY_COMMAND_PLAY, 1, 1, HOLD_MS },
    { "long-press", ENIGM_KEY_COMMAND_PLAY, 1, 1, LONG_MS },
    { "state", ENIGM_KEY_COMMAND_STATE, 1 },
    { "reset", ENIGM_KEY_COMMAND_RESET, 1 },
    { "watch", ENIGM_KEY_COMMAND_WATCH, 1 },
    { "no-position", ENIGM_KEY_COMMAND_NO_POSITION, 1 },
    { "position", ENIGM_KEY_COMMAND_POSITION, 4, 0, 0, parse_position },
    { "battery", ENIGM_KEY_COMMAND_BATTERY, 2, 0, 0, parse_battery },
    { "network", ENIGM_KEY_COMMAND_NETWORK, 2, 0, 0, parse_network },
  };
  g_auto (GStrv) words = NULL;
  guint n;

  g_return_val_if_fail (line != NULL && command != NULL, FALSE);

  words = g_strsplit (line, " ", 5);
  n = g_strv_length (words);
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (n == forms[i].n_words && g_str_equal (words[0], forms[i].name))
      {
        *command = (EnigmKeyCommand){ .kind = forms[i].kind,
                                      .n_presses = forms[i].n_presses,
                                      .down_ms = forms[i].down_ms };

        return forms[i].parse == NULL || forms[i].parse (words, command);
      }

  return FALSE;
}
