/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-application.h"
#include "radio-error.h"
#include "radio.h"

G_BEGIN_DECLS

/* Bits of a characteristic's configuration: Bluetooth Core, volume 3, part G, 3.3.3.3 */
#define RADIO_CCCD_NOTIFY 1
#define RADIO_CCCD_INDICATE 2

/**
 * RadioEnd:
 *
 * Either end of a link can be GATT client of the other; ends differ in who
 * advertised.
 */
typedef enum
{
  RADIO_END_CENTRAL,
  RADIO_END_PERIPHERAL,
  RADIO_N_ENDS
} RadioEnd;

typedef enum
{
  RADIO_REQUEST_READ,
  RADIO_REQUEST_WRITE,
  RADIO_REQUEST_PREPARE,
  RADIO_REQUEST_EXECUTE,
  RADIO_REQUEST_CCCD,
} RadioRequestType;

/**
 * RadioResponse:
 * @code: how it ended; %RADIO_ATT_LOST if the link went down first
 * @value: (nullable): what a read got, at most MTU - 1 bytes
 * @user_data: as given
 */
typedef void (*RadioResponse) (RadioAtt code, GBytes *value, gpointer user_data);

/**
 * RadioLink:
 *
 * A connection between two adapters, and the Attribute Protocol on it.
 */
struct _RadioLink
{
  int ref_count;
  Radio *radio;
  gboolean up;
  RadioAdapter *adapters[RADIO_N_ENDS];
  RadioDevice *devices[RADIO_N_ENDS]; /* the other end, as Device1 of this end's adapter */
  char *opener;                       /* bus name of who called Connect */
  guint mtu;
  GHashTable *subscriptions[RADIO_N_ENDS]; /* by client: declaration handle to CCCD bits */
  GQueue requests[RADIO_N_ENDS];           /* by client, of Request; the head is on the air */
  GHashTable *prepared[RADIO_N_ENDS];      /* by client: declaration handle to Prepared */
  gboolean ends;                           /* as it begins */
  gboolean hides;                          /* the peripheral's services */
  gboolean hastens;
  guint resolve_id;
  GQueue late; /* of notifications that are on their way */
  guint late_id;
};

RadioLink *radio_link_open (RadioAdapter *central, RadioAdapter *peripheral, const char *opener);
void radio_link_resolve_soon (RadioLink *self);
void radio_link_drop (RadioLink *self);
RadioLink *radio_link_ref (RadioLink *self);
RadioLink *radio_link_copy (RadioLink *self, gpointer unused);
void radio_link_unref (RadioLink *self);
RadioAdapter *radio_link_get_peer (RadioLink *self, RadioAdapter *adapter);
void radio_link_request (RadioLink *self,
                         RadioAdapter *client,
                         RadioRequestType type,
                         guint16 handle,
                         guint16 offset,
                         GBytes *value,
                         RadioResponse respond,
                         gpointer user_data);
gboolean radio_link_command (RadioLink *self, RadioAdapter *client, guint16 handle, GBytes *value);
gboolean radio_link_carry (RadioLink *self);
guint radio_link_get_subscription (RadioLink *self, RadioAdapter *client, guint16 handle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RadioLink, radio_link_unref)

G_END_DECLS
