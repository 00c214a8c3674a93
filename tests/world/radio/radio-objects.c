/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-objects.h"

#define MANAGER_INTERFACE "org.freedesktop.DBus.ObjectManager"
#define MANAGER_PATH "/"

/* bluetoothctl wants an adapter's Adapter1 before its other interfaces, as
 * bluetoothd sends them, and crashes otherwise. GDBusObjectManagerServer sends
 * interfaces in no order. */

static const char manager_xml[] =
  "<node><interface name='" MANAGER_INTERFACE "'>"
  "<method name='GetManagedObjects'>"
  "<arg name='objects' type='a{oa{sa{sv}}}' direction='out'/></method>"
  "<signal name='InterfacesAdded'><arg name='object' type='o'/>"
  "<arg name='interfaces' type='a{sa{sv}}'/></signal>"
  "<signal name='InterfacesRemoved'><arg name='object' type='o'/>"
  "<arg name='interfaces' type='as'/></signal>"
  "</interface></node>";

struct _RadioObjects
{
  GDBusConnection *connection;
  RadioInterface *manager;
  GPtrArray *objects; /* of Object, owned, oldest first */
};

typedef struct
{
  char *path;
  GPtrArray *interfaces; /* of RadioInterface, in the order they are sent */
} Object;

static void
object_free (Object *object)
{
  for (guint i = 0; i < object->interfaces->len; i++)
    g_dbus_interface_skeleton_unexport (g_ptr_array_index (object->interfaces, i));
  g_ptr_array_unref (object->interfaces);
  g_free (object->path);
  g_free (object);
}

static const char *
interface_name (GDBusInterfaceSkeleton *skeleton)
{
  return g_dbus_interface_skeleton_get_info (skeleton)->name;
}

/* Returns: (transfer floating): `a{sa{sv}}` */
static GVariant *
object_describe (Object *object)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sa{sv}}"));

  for (guint i = 0; i < object->interfaces->len; i++)
    {
      GDBusInterfaceSkeleton *skeleton = g_ptr_array_index (object->interfaces, i);
      g_autoptr (GVariant) properties = g_dbus_interface_skeleton_get_properties (skeleton);

      g_variant_builder_add (&builder, "{s@a{sv}}", interface_name (skeleton), properties);
    }
  return g_variant_builder_end (&builder);
}

static void
handle_get_managed_objects (gpointer owner,
                            const char *sender,
                            GVariant *parameters,
                            GDBusMethodInvocation *invocation)
{
  RadioObjects *self = owner;
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{oa{sa{sv}}}"));

  for (guint i = 0; i < self->objects->len; i++)
    {
      Object *object = g_ptr_array_index (self->objects, i);

      g_variant_builder_add (&builder, "{o@a{sa{sv}}}", object->path, object_describe (object));
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a{oa{sa{sv}}})", &builder));
}

static const RadioMethod methods[] = {
  { "GetManagedObjects", handle_get_managed_objects },
  { NULL, NULL },
};

static void
export_interface (RadioObjects *self, RadioInterface *interface, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (interface), self->connection,
                                         path, &error))
    g_error ("%s: %s", path, error->message);
}

/**
 * radio_objects_new:
 * @connection: the bus to serve
 *
 * Exports an object manager at `/`, where BlueZ has its own.
 *
 * Returns: (transfer full): a manager without objects
 */
RadioObjects *
radio_objects_new (GDBusConnection *connection)
{
  RadioObjects *self = g_new0 (RadioObjects, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (manager_xml, &error);

  g_assert_no_error (error);
  self->connection = g_object_ref (connection);
  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) object_free);
  self->manager = radio_interface_new (node->interfaces[0], methods, NULL, self);
  export_interface (self, self->manager, MANAGER_PATH);
  return self;
}

void
radio_objects_free (RadioObjects *self)
{
  g_ptr_array_unref (self->objects);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->manager));
  g_object_unref (self->manager);
  g_object_unref (self->connection);
  g_free (self);
}

/**
 * radio_objects_export:
 * @self: a manager
 * @path: where nothing is yet
 * @first: first interface of the object
 * @...: further interfaces, then %NULL
 *
 * Puts an object on the bus and says so.
 */
void
radio_objects_export (RadioObjects *self, const char *path, RadioInterface *first, ...)
{
  Object *object = g_new0 (Object, 1);
  va_list more;

  object->path = g_strdup (path);
  object->interfaces = g_ptr_array_new_with_free_func (g_object_unref);
  va_start (more, first);
  for (RadioInterface *interface = first; interface != NULL;
       interface = va_arg (more, RadioInterface *))
    {
      export_interface (self, interface, path);
      g_ptr_array_add (object->interfaces, g_object_ref (interface));
    }
  va_end (more);
  g_ptr_array_add (self->objects, object);
  g_dbus_connection_emit_signal (
    self->connection, NULL, MANAGER_PATH, MANAGER_INTERFACE, "InterfacesAdded",
    g_variant_new ("(o@a{sa{sv}})", path, object_describe (object)), NULL);
}

/**
 * radio_objects_unexport:
 * @self: a manager
 * @path: of an object, or of none
 *
 * Takes an object off the bus and says so.
 */
void
radio_objects_unexport (RadioObjects *self, const char *path)
{
  g_auto (GVariantBuilder) names = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);

  for (guint i = 0; i < self->objects->len; i++)
    {
      Object *object = g_ptr_array_index (self->objects, i);

      if (!g_str_equal (object->path, path))
        continue;
      for (guint j = 0; j < object->interfaces->len; j++)
        g_variant_builder_add (&names, "s",
                               interface_name (g_ptr_array_index (object->interfaces, j)));
      g_dbus_connection_emit_signal (self->connection, NULL, MANAGER_PATH, MANAGER_INTERFACE,
                                     "InterfacesRemoved", g_variant_new ("(oas)", path, &names),
                                     NULL);
      g_ptr_array_remove_index (self->objects, i);
      return;
    }
}
