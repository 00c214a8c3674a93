/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-error.h"
#include "radio-interface.h"
#include "radio.h"

G_BEGIN_DECLS

/**
 * RadioFlags:
 *
 * What a characteristic offers. The low byte is what goes on the air (Bluetooth
 * Core, volume 3, part G, 3.3.1.1); the rest stays with the server.
 */
typedef enum
{
  RADIO_FLAG_BROADCAST = 1 << 0,
  RADIO_FLAG_READ = 1 << 1,
  RADIO_FLAG_WRITE_COMMAND = 1 << 2,
  RADIO_FLAG_WRITE = 1 << 3,
  RADIO_FLAG_NOTIFY = 1 << 4,
  RADIO_FLAG_INDICATE = 1 << 5,
  RADIO_FLAG_SIGNED_WRITE = 1 << 6,
  RADIO_FLAG_EXTENDED = 1 << 7,
  RADIO_FLAG_RELIABLE_WRITE = 1 << 8,
  RADIO_FLAG_WRITABLE_AUXILIARIES = 1 << 9,
  RADIO_FLAG_ENCRYPT_READ = 1 << 10,
  RADIO_FLAG_ENCRYPT_WRITE = 1 << 11,
} RadioFlags;

/**
 * RadioAttribute:
 *
 * A characteristic that an application offers.
 */
struct _RadioAttribute
{
  RadioApplication *application;
  char *path;
  char *uuid;     /* normalized */
  guint16 handle; /* of the declaration; the value's is the next one, the CCCD's the one after */
  RadioFlags flags;
  guint changed_id;
};

typedef struct
{
  guint64 serial; /* of this registration; handles are used again */
  char *path;
  char *uuid; /* normalized */
  guint16 handle;
  gboolean primary;
  GPtrArray *attributes; /* of RadioAttribute, owned, by handle */
} RadioService;

/**
 * RadioApplication:
 *
 * The services one client registered with GattManager1, as they were then.
 */
struct _RadioApplication
{
  RadioAdapter *adapter;
  char *client;
  char *path;
  GPtrArray *services; /* of RadioService, owned, by handle */
};

typedef void (*RadioAttributeDone) (RadioAtt code, GBytes *value, gpointer user_data);

extern const RadioMethod radio_application_methods[];

void radio_application_free (RadioApplication *self);
void radio_attribute_read (RadioAttribute *self,
                           GVariant *options,
                           RadioAttributeDone done,
                           gpointer user_data);
void radio_attribute_write (RadioAttribute *self,
                            GBytes *value,
                            GVariant *options,
                            RadioAttributeDone done,
                            gpointer user_data);
void radio_attribute_call (RadioAttribute *self, const char *method);
GVariant *radio_flags_to_variant (RadioFlags flags);

G_END_DECLS
