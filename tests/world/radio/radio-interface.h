/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RadioMethodHandler:
 * @owner: what the interface belongs to
 * @sender: unique bus name of the caller
 * @parameters: arguments, already of the documented type
 * @invocation: (transfer full): to be answered exactly once
 */
typedef void (*RadioMethodHandler) (gpointer owner,
                                    const char *sender,
                                    GVariant *parameters,
                                    GDBusMethodInvocation *invocation);

/**
 * RadioPropertyWriter:
 * @owner: what the interface belongs to
 * @name: a writable property
 * @value: of the documented type
 * @error: set when refused
 *
 * Returns: whether the value was taken
 */
typedef gboolean (*RadioPropertyWriter) (gpointer owner,
                                         const char *name,
                                         GVariant *value,
                                         GError **error);

typedef struct
{
  const char *name;
  RadioMethodHandler handle;
} RadioMethod;

#define RADIO_TYPE_INTERFACE (radio_interface_get_type ())
G_DECLARE_FINAL_TYPE (RadioInterface, radio_interface, RADIO, INTERFACE, GDBusInterfaceSkeleton)

RadioInterface *radio_interface_new (GDBusInterfaceInfo *info,
                                     const RadioMethod *methods,
                                     RadioPropertyWriter writer,
                                     gpointer owner);
void radio_interface_set (RadioInterface *self, const char *name, GVariant *value);
void radio_interface_announce (RadioInterface *self, const char *name, GVariant *value);
GVariant *radio_interface_get (RadioInterface *self, const char *name);
gboolean radio_interface_get_boolean (RadioInterface *self, const char *name);
const char *radio_interface_get_string (RadioInterface *self, const char *name);

G_END_DECLS
