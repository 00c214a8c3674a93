/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RadioError:
 *
 * BlueZ's own errors, `org.bluez.Error.*`.
 */
typedef enum
{
  RADIO_ERROR_FAILED,
  RADIO_ERROR_NOT_READY,
  RADIO_ERROR_IN_PROGRESS,
  RADIO_ERROR_NOT_AUTHORIZED,
  RADIO_ERROR_NOT_SUPPORTED,
  RADIO_ERROR_DOES_NOT_EXIST,
  RADIO_ERROR_INVALID_ARGUMENTS,
  RADIO_ERROR_ALREADY_EXISTS,
  RADIO_ERROR_NOT_PERMITTED,
  RADIO_ERROR_NOT_CONNECTED,
  RADIO_ERROR_INVALID_OFFSET,
  RADIO_ERROR_INVALID_VALUE_LENGTH,
} RadioError;

#define RADIO_ERROR (radio_error_quark ())
GQuark radio_error_quark (void);

/**
 * RadioAtt:
 *
 * What a GATT request ended with: the error codes of the Attribute Protocol
 * (Bluetooth Core, volume 3, part F, 3.4.1.1) and two of this radio's own.
 */
typedef enum
{
  RADIO_ATT_OK = 0x00,
  RADIO_ATT_INVALID_HANDLE = 0x01,
  RADIO_ATT_READ_NOT_PERMITTED = 0x02,
  RADIO_ATT_WRITE_NOT_PERMITTED = 0x03,
  RADIO_ATT_REQUEST_NOT_SUPPORTED = 0x06,
  RADIO_ATT_INVALID_OFFSET = 0x07,
  RADIO_ATT_AUTHORIZATION = 0x08,
  RADIO_ATT_INVALID_LENGTH = 0x0d,
  RADIO_ATT_UNLIKELY = 0x0e,
  RADIO_ATT_ENCRYPTION = 0x0f,
  RADIO_ATT_APPLICATION = 0x80,
  RADIO_ATT_APPLICATION_LAST = 0x9f,
  RADIO_ATT_IN_PROGRESS = 0xfe,
  /* The link went down before an answer came; not a code on the air. */
  RADIO_ATT_LOST = 0x100,
} RadioAtt;

void radio_error_return (GDBusMethodInvocation *invocation, RadioError code);
void radio_error_return_failed (GDBusMethodInvocation *invocation, const char *why);
void radio_error_return_att (GDBusMethodInvocation *invocation, RadioAtt code);
RadioAtt radio_error_to_att (const GError *error, RadioAtt not_permitted);

G_END_DECLS
