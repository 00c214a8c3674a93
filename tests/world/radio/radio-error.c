/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-error.h"

#define PREFIX "org.bluez.Error."

static const GDBusErrorEntry entries[] = {
  { RADIO_ERROR_FAILED, PREFIX "Failed" },
  { RADIO_ERROR_NOT_READY, PREFIX "NotReady" },
  { RADIO_ERROR_IN_PROGRESS, PREFIX "InProgress" },
  { RADIO_ERROR_NOT_AUTHORIZED, PREFIX "NotAuthorized" },
  { RADIO_ERROR_NOT_SUPPORTED, PREFIX "NotSupported" },
  { RADIO_ERROR_DOES_NOT_EXIST, PREFIX "DoesNotExist" },
  { RADIO_ERROR_INVALID_ARGUMENTS, PREFIX "InvalidArguments" },
  { RADIO_ERROR_ALREADY_EXISTS, PREFIX "AlreadyExists" },
  { RADIO_ERROR_NOT_PERMITTED, PREFIX "NotPermitted" },
  { RADIO_ERROR_NOT_CONNECTED, PREFIX "NotConnected" },
  { RADIO_ERROR_INVALID_OFFSET, PREFIX "InvalidOffset" },
  { RADIO_ERROR_INVALID_VALUE_LENGTH, PREFIX "InvalidValueLength" },
};

/* What bluetoothd 5.66 says beside each name. */
static const char *const messages[] = {
  [RADIO_ERROR_FAILED] = "Operation failed",
  [RADIO_ERROR_NOT_READY] = "Resource Not Ready",
  [RADIO_ERROR_IN_PROGRESS] = "Operation already in progress",
  [RADIO_ERROR_NOT_AUTHORIZED] = "Operation Not Authorized",
  [RADIO_ERROR_NOT_SUPPORTED] = "Operation is not supported",
  [RADIO_ERROR_DOES_NOT_EXIST] = "Does Not Exist",
  [RADIO_ERROR_INVALID_ARGUMENTS] = "Invalid arguments in method call",
  [RADIO_ERROR_ALREADY_EXISTS] = "Already Exists",
  [RADIO_ERROR_NOT_PERMITTED] = "Not permitted",
  [RADIO_ERROR_NOT_CONNECTED] = "Not Connected",
  [RADIO_ERROR_INVALID_OFFSET] = "Invalid offset",
  [RADIO_ERROR_INVALID_VALUE_LENGTH] = "Invalid Length",
};

GQuark
radio_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("radio-error-quark", &quark, entries, G_N_ELEMENTS (entries));
  return (GQuark) quark;
}

/**
 * radio_error_return:
 * @invocation: (transfer full): the call to refuse
 * @code: with which of BlueZ's errors
 *
 * Refuses a call with BlueZ's name and message.
 */
void
radio_error_return (GDBusMethodInvocation *invocation, RadioError code)
{
  g_dbus_method_invocation_return_error_literal (invocation, RADIO_ERROR, (int) code,
                                                 messages[code]);
}

/**
 * radio_error_return_failed:
 * @invocation: (transfer full): the call to refuse
 * @why: the message
 *
 * Refuses a call with `org.bluez.Error.Failed`.
 */
void
radio_error_return_failed (GDBusMethodInvocation *invocation, const char *why)
{
  g_dbus_method_invocation_return_error_literal (invocation, RADIO_ERROR, RADIO_ERROR_FAILED, why);
}

/**
 * radio_error_return_att:
 * @invocation: (transfer full): the GATT client's call
 * @code: what the peer's attribute server answered; not %RADIO_ATT_OK
 *
 * Refuses a GATT call the way bluetoothd 5.66 words an ATT error.
 */
void
radio_error_return_att (GDBusMethodInvocation *invocation, RadioAtt code)
{
  g_assert (code != RADIO_ATT_OK);

  if (code == RADIO_ATT_READ_NOT_PERMITTED)
    g_dbus_method_invocation_return_error_literal (invocation, RADIO_ERROR,
                                                   RADIO_ERROR_NOT_PERMITTED, "Read not permitted");
  else if (code == RADIO_ATT_WRITE_NOT_PERMITTED)
    g_dbus_method_invocation_return_error_literal (
      invocation, RADIO_ERROR, RADIO_ERROR_NOT_PERMITTED, "Write not permitted");
  else if (code == RADIO_ATT_ENCRYPTION)
    g_dbus_method_invocation_return_error_literal (invocation, RADIO_ERROR,
                                                   RADIO_ERROR_NOT_PERMITTED, "Not paired");
  else if (code == RADIO_ATT_INVALID_OFFSET)
    g_dbus_method_invocation_return_error_literal (invocation, RADIO_ERROR,
                                                   RADIO_ERROR_INVALID_ARGUMENTS, "Invalid offset");
  else if (code == RADIO_ATT_INVALID_LENGTH)
    g_dbus_method_invocation_return_error_literal (invocation, RADIO_ERROR,
                                                   RADIO_ERROR_INVALID_ARGUMENTS, "Invalid Length");
  else if (code == RADIO_ATT_AUTHORIZATION)
    radio_error_return (invocation, RADIO_ERROR_NOT_AUTHORIZED);
  else if (code == RADIO_ATT_REQUEST_NOT_SUPPORTED)
    radio_error_return (invocation, RADIO_ERROR_NOT_SUPPORTED);
  else if (code == RADIO_ATT_LOST)
    radio_error_return (invocation, RADIO_ERROR_FAILED);
  else
    g_dbus_method_invocation_return_error (invocation, RADIO_ERROR, RADIO_ERROR_FAILED,
                                           "Operation failed with ATT error: 0x%02x", code);
}

/**
 * radio_error_to_att:
 * @error: what a server's application answered over D-Bus
 * @not_permitted: what NotPermitted means for this request
 *
 * The ATT error that bluetoothd puts on the air for it. An application may name
 * one of its own codes, 0x80 to 0x9f, as the message of a Failed.
 *
 * Returns: the code, never %RADIO_ATT_OK
 */
RadioAtt
radio_error_to_att (const GError *error, RadioAtt not_permitted)
{
  g_autoptr (GError) stripped = g_error_copy (error);
  char *end = NULL;
  gint64 code;

  if (error->domain != RADIO_ERROR)
    return RADIO_ATT_UNLIKELY;

  g_dbus_error_strip_remote_error (stripped);
  switch (error->code)
    {
    case RADIO_ERROR_FAILED:
      code = g_ascii_strtoll (stripped->message, &end, 0);
      if (end == stripped->message || *end != '\0')
        return RADIO_ATT_APPLICATION;
      if (code < RADIO_ATT_APPLICATION || code > RADIO_ATT_APPLICATION_LAST)
        return RADIO_ATT_UNLIKELY;
      return (RadioAtt) code;
    case RADIO_ERROR_NOT_SUPPORTED:
      return RADIO_ATT_REQUEST_NOT_SUPPORTED;
    case RADIO_ERROR_NOT_AUTHORIZED:
      return RADIO_ATT_AUTHORIZATION;
    case RADIO_ERROR_INVALID_VALUE_LENGTH:
      return RADIO_ATT_INVALID_LENGTH;
    case RADIO_ERROR_INVALID_OFFSET:
      return RADIO_ATT_INVALID_OFFSET;
    case RADIO_ERROR_IN_PROGRESS:
      return RADIO_ATT_IN_PROGRESS;
    case RADIO_ERROR_NOT_PERMITTED:
      return not_permitted;
    default:
      return RADIO_ATT_UNLIKELY;
    }
}
