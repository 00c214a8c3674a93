/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmError:
 * @ENIGM_ERROR_MALFORMED: outside input did not parse; the message names the field
 * @ENIGM_ERROR_NOT_GENUINE: a signature, certificate or MAC is not the right one
 * @ENIGM_ERROR_CODE_MISTYPED: the setup code's check character does not fit; nothing was sent
 * @ENIGM_ERROR_CODE_WRONG: the key has another setup code
 * @ENIGM_ERROR_KEY_WAIT: the key asks for a pause before the next try
 * @ENIGM_ERROR_KEY_CLOSED: the key takes no tries until it is reset
 * @ENIGM_ERROR_KEY_BUSY: the key is talking to another computer
 * @ENIGM_ERROR_KEY_GONE: the link to the key was lost
 * @ENIGM_ERROR_KEY_OWNED: the key belongs to another account
 * @ENIGM_ERROR_KEY_NOT_PRESSED: nobody pressed the key's button in time
 * @ENIGM_ERROR_KEY_REFUSED: the key refused for another reason, which the message names
 * @ENIGM_ERROR_KEY_UNKNOWN: this computer holds no secret for that key, or the key no longer knows
 * it
 * @ENIGM_ERROR_RADIO_OFF: Bluetooth is switched off
 * @ENIGM_ERROR_RADIO_NO_ADAPTER: this computer has no Bluetooth adapter
 * @ENIGM_ERROR_RADIO_NO_SERVICE: bluetoothd is not running
 * @ENIGM_ERROR_RADIO_NO_ACCESS: the sandbox or the bus's policy closes org.bluez
 * @ENIGM_ERROR_PLATFORM_AWAY: the platform cannot be reached
 * @ENIGM_ERROR_PLATFORM_CERTIFICATE: the platform showed a certificate that is not trusted
 * @ENIGM_ERROR_PLATFORM_REFUSED: the platform refused; the message says why
 * @ENIGM_ERROR_PLATFORM_ANSWER: the platform's answer did not parse or was not signed right
 * @ENIGM_ERROR_SIGN_IN_WRONG: user name or password do not fit
 * @ENIGM_ERROR_PIN_WRONG: the PIN does not fit
 * @ENIGM_ERROR_SESSION_ENDED: the session is over and this computer may not renew it
 * @ENIGM_ERROR_CONFLICT: somebody else changed it first
 * @ENIGM_ERROR_KEYRING_LOCKED: the keyring is locked
 * @ENIGM_ERROR_KEYRING_MISSING: there is no keyring service
 * @ENIGM_ERROR_STORAGE: a file could not be read or written
 * @ENIGM_ERROR_IN_USE: another process owns the account's state on this computer
 * @ENIGM_ERROR_NO_ACCOUNT: nobody is signed in on this computer
 * @ENIGM_ERROR_RANDOMNESS: this computer's random generator failed; nothing secret can be made
 * @ENIGM_ERROR_DESKTOP_REFUSED: the desktop was asked, and does not allow it
 * @ENIGM_ERROR_DESKTOP_MISSING: the desktop offers nobody to ask
 *
 * Everything that can go wrong, one domain for the whole project. Cancelling stays
 * %G_IO_ERROR_CANCELLED.
 *
 * In `app/` a message is a sentence that a person may read: what happened, what is unchanged, what
 * to do. In `app/protocol/` it names the field that was wrong, for whoever builds a key.
 */
typedef enum
{
  ENIGM_ERROR_MALFORMED,
  ENIGM_ERROR_NOT_GENUINE,
  ENIGM_ERROR_CODE_MISTYPED,
  ENIGM_ERROR_CODE_WRONG,
  ENIGM_ERROR_KEY_WAIT,
  ENIGM_ERROR_KEY_CLOSED,
  ENIGM_ERROR_KEY_BUSY,
  ENIGM_ERROR_KEY_GONE,
  ENIGM_ERROR_KEY_OWNED,
  ENIGM_ERROR_KEY_NOT_PRESSED,
  ENIGM_ERROR_KEY_REFUSED,
  ENIGM_ERROR_KEY_UNKNOWN,
  ENIGM_ERROR_RADIO_OFF,
  ENIGM_ERROR_RADIO_NO_ADAPTER,
  ENIGM_ERROR_RADIO_NO_SERVICE,
  ENIGM_ERROR_RADIO_NO_ACCESS,
  ENIGM_ERROR_PLATFORM_AWAY,
  ENIGM_ERROR_PLATFORM_CERTIFICATE,
  ENIGM_ERROR_PLATFORM_REFUSED,
  ENIGM_ERROR_PLATFORM_ANSWER,
  ENIGM_ERROR_SIGN_IN_WRONG,
  ENIGM_ERROR_PIN_WRONG,
  ENIGM_ERROR_SESSION_ENDED,
  ENIGM_ERROR_CONFLICT,
  ENIGM_ERROR_KEYRING_LOCKED,
  ENIGM_ERROR_KEYRING_MISSING,
  ENIGM_ERROR_STORAGE,
  ENIGM_ERROR_IN_USE,
  ENIGM_ERROR_NO_ACCOUNT,
  ENIGM_ERROR_RANDOMNESS,
  ENIGM_ERROR_DESKTOP_REFUSED,
  ENIGM_ERROR_DESKTOP_MISSING,
} EnigmError;

#define ENIGM_ERROR (enigm_error_quark ())

GQuark enigm_error_quark (void);

G_END_DECLS
