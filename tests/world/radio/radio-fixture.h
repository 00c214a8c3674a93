/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-bluez.h"
#include "enigm-world.h"
#include "practice-radio.h"

G_BEGIN_DECLS

#define SERVICE_UUID "5b1e0001-9d3c-4f5a-8a77-c40e8d2f61b3"
#define OTHER_UUID "5b1e00ff-9d3c-4f5a-8a77-c40e8d2f61b3"

/* The peripheral's characteristics, in the order of their handles. */
typedef enum
{
  STORE,  /* read, write, write-without-response */
  OUTBOX, /* notify */
  PLAIN,  /* read, write */
  SECRET, /* encrypt-read */
  N_CHARACTERISTICS
} Characteristic;

/**
 * Fixture:
 *
 * A practice radio and two programs on it: a peripheral that serves and advertises
 * on hci1, and a central that uses hci0 through a GDBusObjectManagerClient.
 */
typedef struct
{
  EnigmWorld *world;
  GDBusConnection *peripheral;
  GDBusConnection *central;
  GDBusObjectManager *objects; /* the central's view */
  PracticeRadio1 *control;

  GDBusObjectManagerServer *application;
  EnigmBluezGattCharacteristic1 *served[N_CHARACTERISTICS];
  EnigmBluezLEAdvertisement1 *advertisement;
  GByteArray *value;      /* what the characteristics hold */
  GPtrArray *log;         /* what the peripheral was asked for, as text */
  const char *refuse;     /* nullable: error name for the next reads and writes */
  const char *refuse_why; /* its message */
  gboolean silent;        /* keep reads waiting */
  GPtrArray *kept;        /* of GDBusMethodInvocation, not owned */
  guint released;

  GPtrArray *values;  /* of GBytes: Value signals the central saw on OUTBOX's UUID */
  guint rssi_changes; /* RSSI signals the central saw */
  GPtrArray *removed; /* paths that left the central's view */
} Fixture;

void fixture_set_up (Fixture *f, gconstpointer options);
void fixture_tear_down (Fixture *f, gconstpointer options);

GVariant *fixture_call (Fixture *f,
                        GDBusConnection *from,
                        const char *path,
                        const char *interface,
                        const char *method,
                        GVariant *parameters,
                        GError **error);
void fixture_call_ok (Fixture *f,
                      GDBusConnection *from,
                      const char *path,
                      const char *interface,
                      const char *method,
                      GVariant *parameters);
void fixture_call_refused (Fixture *f,
                           GDBusConnection *from,
                           const char *path,
                           const char *interface,
                           const char *method,
                           GVariant *parameters,
                           const char *error_name);
void fixture_set (Fixture *f,
                  const char *path,
                  const char *interface,
                  const char *name,
                  GVariant *value);

void fixture_advertise (Fixture *f);
void fixture_serve (Fixture *f);
void fixture_scan (Fixture *f);
char *fixture_find_device (Fixture *f);
char *fixture_connect (Fixture *f);
char *fixture_device_path (Fixture *f, const char *of, const char *at);
char *fixture_characteristic (Fixture *f, const char *device, Characteristic which);
gboolean fixture_get_boolean (Fixture *f, const char *path, const char *name);
void fixture_await_boolean (Fixture *f, const char *path, const char *name, gboolean value);
void fixture_await_object (Fixture *f, const char *path, gboolean there);
void fixture_await_values (Fixture *f, guint n);
void fixture_await_log (Fixture *f, const char *entry);
void fixture_notify (Fixture *f, const guint8 *data, gsize length);
guint64 fixture_counter (Fixture *f, const char *name);

#define DEVICE_INTERFACE "org.bluez.Device1"
#define ADAPTER_INTERFACE "org.bluez.Adapter1"
#define CHARACTERISTIC_INTERFACE "org.bluez.GattCharacteristic1"
#define HCI0 "/org/bluez/hci0"
#define HCI1 "/org/bluez/hci1"
#define NO_OPTIONS g_variant_new ("(a{sv})", NULL)

G_END_DECLS
