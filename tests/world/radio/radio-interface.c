/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-interface.h"

#include "radio-error.h"

/* A generated skeleton exports every property always, gathers changes and drops
 * repeats. BlueZ leaves properties out while they mean nothing (RSSI of a device
 * that is not heard), and signals every notification, also of an equal value. */

struct _RadioInterface
{
  GDBusInterfaceSkeleton parent_instance;

  GDBusInterfaceInfo *info;
  const RadioMethod *methods; /* ends with a NULL name; NULL for none */
  RadioPropertyWriter writer;
  gpointer owner;
  GHashTable *properties; /* name to GVariant; absent ones are not there */
};

G_DEFINE_FINAL_TYPE (RadioInterface, radio_interface, G_TYPE_DBUS_INTERFACE_SKELETON)

static void
radio_interface_signal (RadioInterface *self, const char *name, GVariant *value)
{
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self);
  g_autolist (GDBusConnection) connections = g_dbus_interface_skeleton_get_connections (skeleton);
  const char *path = g_dbus_interface_skeleton_get_object_path (skeleton);

  for (GList *l = connections; l != NULL; l = l->next)
    {
      g_auto (GVariantBuilder) changed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sv}"));
      g_auto (GVariantBuilder) invalidated = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));

      if (value != NULL)
        g_variant_builder_add (&changed, "{sv}", name, value);
      else
        g_variant_builder_add (&invalidated, "s", name);
      g_dbus_connection_emit_signal (
        l->data, NULL, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
        g_variant_new ("(sa{sv}as)", self->info->name, &changed, &invalidated), NULL);
    }
}

static void
on_method_called (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *name,
                  GVariant *parameters,
                  GDBusMethodInvocation *invocation,
                  gpointer user_data)
{
  RadioInterface *self = RADIO_INTERFACE (user_data);

  for (const RadioMethod *m = self->methods; m != NULL && m->name != NULL; m++)
    if (g_str_equal (m->name, name))
      {
        m->handle (self->owner, sender, parameters, invocation);
        return;
      }
  radio_error_return (invocation, RADIO_ERROR_NOT_SUPPORTED);
}

static GVariant *
on_property_read (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *name,
                  GError **error,
                  gpointer user_data)
{
  RadioInterface *self = RADIO_INTERFACE (user_data);
  GVariant *value = g_hash_table_lookup (self->properties, name);

  if (value == NULL)
    {
      g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "No such property '%s'", name);
      return NULL;
    }
  return g_variant_ref (value);
}

static gboolean
on_property_written (GDBusConnection *connection,
                     const char *sender,
                     const char *path,
                     const char *interface,
                     const char *name,
                     GVariant *value,
                     GError **error,
                     gpointer user_data)
{
  RadioInterface *self = RADIO_INTERFACE (user_data);

  if (self->writer == NULL)
    {
      g_set_error_literal (error, RADIO_ERROR, RADIO_ERROR_NOT_SUPPORTED,
                           "Operation is not supported");
      return FALSE;
    }
  return self->writer (self->owner, name, value, error);
}

static const GDBusInterfaceVTable vtable = { on_method_called, on_property_read,
                                             on_property_written };

static GDBusInterfaceInfo *
radio_interface_get_info (GDBusInterfaceSkeleton *skeleton)
{
  return RADIO_INTERFACE (skeleton)->info;
}

static GDBusInterfaceVTable *
radio_interface_get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  return (GDBusInterfaceVTable *) &vtable;
}

static GVariant *
radio_interface_get_properties (GDBusInterfaceSkeleton *skeleton)
{
  RadioInterface *self = RADIO_INTERFACE (skeleton);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sv}"));
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->properties);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_variant_builder_add (&builder, "{sv}", name, value);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
radio_interface_flush (GDBusInterfaceSkeleton *skeleton)
{
}

static void
radio_interface_finalize (GObject *object)
{
  RadioInterface *self = RADIO_INTERFACE (object);

  g_hash_table_unref (self->properties);
  g_dbus_interface_info_unref (self->info);
  G_OBJECT_CLASS (radio_interface_parent_class)->finalize (object);
}

static void
radio_interface_class_init (RadioInterfaceClass *klass)
{
  GDBusInterfaceSkeletonClass *skeleton_class = G_DBUS_INTERFACE_SKELETON_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = radio_interface_finalize;
  skeleton_class->get_info = radio_interface_get_info;
  skeleton_class->get_vtable = radio_interface_get_vtable;
  skeleton_class->get_properties = radio_interface_get_properties;
  skeleton_class->flush = radio_interface_flush;
}

static void
radio_interface_init (RadioInterface *self)
{
  self->properties =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
}

/**
 * radio_interface_new:
 * @info: description of the interface
 * @methods: (nullable): handlers, ended by one without a name; must outlive the interface
 * @writer: (nullable): takes writes to writable properties
 * @owner: (nullable): handed to @methods and @writer; must outlive the interface's export
 *
 * Returns: (transfer full): an interface without properties, not exported yet
 */
RadioInterface *
radio_interface_new (GDBusInterfaceInfo *info,
                     const RadioMethod *methods,
                     RadioPropertyWriter writer,
                     gpointer owner)
{
  RadioInterface *self = g_object_new (RADIO_TYPE_INTERFACE, NULL);

  self->info = g_dbus_interface_info_ref (info);
  self->methods = methods;
  self->writer = writer;
  self->owner = owner;
  return self;
}

/**
 * radio_interface_announce:
 * @self: an interface
 * @name: one of its properties
 * @value: (nullable): new value, sunk if floating; %NULL takes the property away
 *
 * Sets a property and signals it at once, changed or not.
 */
void
radio_interface_announce (RadioInterface *self, const char *name, GVariant *value)
{
  g_return_if_fail (RADIO_IS_INTERFACE (self));

  if (value != NULL)
    g_hash_table_replace (self->properties, g_strdup (name), g_variant_ref_sink (value));
  else
    g_hash_table_remove (self->properties, name);
  radio_interface_signal (self, name, value);
}

/**
 * radio_interface_set:
 * @self: an interface
 * @name: one of its properties
 * @value: (nullable): new value, sunk if floating; %NULL takes the property away
 *
 * Sets a property and signals it at once if it changed.
 */
void
radio_interface_set (RadioInterface *self, const char *name, GVariant *value)
{
  g_autoptr (GVariant) sunk = value != NULL ? g_variant_ref_sink (value) : NULL;
  GVariant *before;

  g_return_if_fail (RADIO_IS_INTERFACE (self));

  before = g_hash_table_lookup (self->properties, name);
  if (before == NULL && sunk == NULL)
    return;
  if (before != NULL && sunk != NULL && g_variant_equal (before, sunk))
    return;
  radio_interface_announce (self, name, sunk);
}

/**
 * radio_interface_get:
 * @self: an interface
 * @name: one of its properties
 *
 * Returns: (transfer none) (nullable): its value
 */
GVariant *
radio_interface_get (RadioInterface *self, const char *name)
{
  g_return_val_if_fail (RADIO_IS_INTERFACE (self), NULL);

  return g_hash_table_lookup (self->properties, name);
}

/**
 * radio_interface_get_boolean:
 * @self: an interface
 * @name: one of its properties, of type `b`
 *
 * Returns: its value; %FALSE if absent
 */
gboolean
radio_interface_get_boolean (RadioInterface *self, const char *name)
{
  GVariant *value = radio_interface_get (self, name);

  return value != NULL && g_variant_get_boolean (value);
}

/**
 * radio_interface_get_string:
 * @self: an interface
 * @name: one of its properties, of type `s`
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
radio_interface_get_string (RadioInterface *self, const char *name)
{
  GVariant *value = radio_interface_get (self, name);

  return value != NULL ? g_variant_get_string (value, NULL) : NULL;
}
