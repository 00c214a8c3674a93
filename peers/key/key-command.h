/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EnigmKeyCommandKind:
 * @ENIGM_KEY_COMMAND_PLAY: press the button
 * @ENIGM_KEY_COMMAND_STATE: say how the key stands
 * @ENIGM_KEY_COMMAND_RESET: clear tries and management secrets
 * @ENIGM_KEY_COMMAND_WATCH: say what the key shows and feels like from now on
 * @ENIGM_KEY_COMMAND_POSITION: be somewhere
 * @ENIGM_KEY_COMMAND_NO_POSITION: know no position
 * @ENIGM_KEY_COMMAND_BATTERY: have that much left
 * @ENIGM_KEY_COMMAND_NETWORK: have mobile data, or none
 */
typedef enum
{
  ENIGM_KEY_COMMAND_PLAY,
  ENIGM_KEY_COMMAND_STATE,
  ENIGM_KEY_COMMAND_RESET,
  ENIGM_KEY_COMMAND_WATCH,
  ENIGM_KEY_COMMAND_POSITION,
  ENIGM_KEY_COMMAND_NO_POSITION,
  ENIGM_KEY_COMMAND_BATTERY,
  ENIGM_KEY_COMMAND_NETWORK,
} EnigmKeyCommandKind;

/**
 * EnigmKeyCommand:
 * @kind: what is to be done; it decides which of the other fields count
 * @n_presses: how often the button goes down
 * @down_ms: and for how long, in milliseconds
 * @latitude: 10⁻⁶ degrees
 * @longitude: 10⁻⁶ degrees
 * @accuracy: metres
 * @percent: of battery
 * @on: whether there is mobile data
 *
 * One line from the control socket.
 */
typedef struct
{
  EnigmKeyCommandKind kind;
  guint n_presses;
  guint down_ms;
  gint32 latitude;
  gint32 longitude;
  guint32 accuracy;
  guint percent;
  gboolean on;
} EnigmKeyCommand;

gboolean enigm_key_command_parse (const char *line, EnigmKeyCommand *command);

G_END_DECLS
