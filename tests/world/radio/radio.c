/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio.h"

#include "radio-adapter.h"
#include "radio-crowd.h"
#include "radio-error.h"
#include "radio-link.h"

/* A program that leaves the bus takes along what it asked for. */
static void
on_name_owner_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *signal,
                       GVariant *parameters,
                       gpointer user_data)
{
  Radio *self = user_data;
  const char *name, *new_owner;

  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &new_owner);
  if (name[0] != ':' || new_owner[0] != '\0')
    return;
  for (guint i = 0; i < self->adapters->len; i++)
    radio_adapter_forget_client (g_ptr_array_index (self->adapters, i), name);
}

/**
 * radio_new:
 * @connection: the bus to serve
 *
 * Returns: (transfer full): a radio without adapters
 */
Radio *
radio_new (GDBusConnection *connection)
{
  Radio *self = g_new0 (Radio, 1);

  /* Errors that applications answer are recognised only once the names are known. */
  (void) RADIO_ERROR;
  self->connection = g_object_ref (connection);
  self->objects = radio_objects_new (connection);
  self->adapters = g_ptr_array_new_with_free_func ((GDestroyNotify) radio_adapter_free);
  self->out_of_range = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->mtu = RADIO_MTU_MAX;
  self->temporary_timeout = 30 * 1000;
  self->connect_timeout = 20 * 1000;
  self->vanished_id = g_dbus_connection_signal_subscribe (
    connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
    "/org/freedesktop/DBus", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_name_owner_changed, self, NULL);
  return self;
}

/**
 * radio_free:
 * @self: a radio
 *
 * Switches everything off and frees it.
 */
void
radio_free (Radio *self)
{
  g_clear_pointer (&self->crowd, radio_crowd_free);
  while (self->adapters->len > 0)
    radio_remove_adapter (self, g_ptr_array_index (self->adapters, self->adapters->len - 1));
  g_dbus_connection_signal_unsubscribe (self->connection, self->vanished_id);
  g_ptr_array_unref (self->adapters);
  g_hash_table_unref (self->out_of_range);
  radio_objects_free (self->objects);
  g_object_unref (self->connection);
  g_free (self);
}

/**
 * radio_add_adapter:
 * @self: a radio
 *
 * Plugs an adapter in, under the first free name hciN. It has power.
 *
 * Returns: (transfer none): the adapter
 */
RadioAdapter *
radio_add_adapter (Radio *self)
{
  g_autofree char *name = NULL;
  RadioAdapter *adapter;
  guint n = 0;

  do
    {
      g_free (name);
      name = g_strdup_printf ("hci%u", n++);
    }
  while (radio_find_adapter (self, name) != NULL);

  adapter = radio_adapter_new (self, name);
  g_ptr_array_add (self->adapters, adapter);
  return adapter;
}

/**
 * radio_find_adapter:
 * @self: a radio
 * @name: as in `hci0`
 *
 * Returns: (transfer none) (nullable): the adapter of that name
 */
RadioAdapter *
radio_find_adapter (Radio *self, const char *name)
{
  for (guint i = 0; i < self->adapters->len; i++)
    {
      RadioAdapter *adapter = g_ptr_array_index (self->adapters, i);

      if (g_str_equal (adapter->name, name))
        return adapter;
    }
  return NULL;
}

/**
 * radio_remove_adapter:
 * @self: a radio
 * @adapter: (transfer full): one of its adapters
 *
 * Pulls an adapter out, whatever it was doing.
 */
void
radio_remove_adapter (Radio *self, RadioAdapter *adapter)
{
  GHashTableIter iter;
  gpointer pair;

  g_hash_table_iter_init (&iter, self->out_of_range);
  while (g_hash_table_iter_next (&iter, &pair, NULL))
    {
      g_auto (GStrv) names = g_strsplit (pair, " ", 2);

      if (g_strv_contains ((const char *const *) names, adapter->name))
        g_hash_table_iter_remove (&iter);
    }
  radio_adapter_set_powered (adapter, FALSE);
  g_ptr_array_remove (self->adapters, adapter);
}

static char *
range_key (RadioAdapter *a, RadioAdapter *b)
{
  gboolean in_order = g_strcmp0 (a->name, b->name) < 0;

  return g_strdup_printf ("%s %s", in_order ? a->name : b->name, in_order ? b->name : a->name);
}

/**
 * radio_set_in_range:
 * @self: a radio
 * @a: one adapter
 * @b: another
 * @in_range: whether they hear each other
 *
 * Carries two adapters apart, which ends a link between them, or back together.
 */
void
radio_set_in_range (Radio *self, RadioAdapter *a, RadioAdapter *b, gboolean in_range)
{
  RadioLink *link;

  if (in_range)
    {
      g_autofree char *key = range_key (a, b);

      g_hash_table_remove (self->out_of_range, key);
      radio_adapter_sense (a);
      radio_adapter_sense (b);
      return;
    }

  g_hash_table_add (self->out_of_range, range_key (a, b));
  link = radio_adapter_find_link (a, b);
  if (link != NULL)
    radio_link_drop (link);
}

/**
 * radio_is_in_range:
 * @self: a radio
 * @a: one adapter
 * @b: another
 *
 * Returns: whether they hear each other, which takes power at both
 */
gboolean
radio_is_in_range (Radio *self, RadioAdapter *a, RadioAdapter *b)
{
  g_autofree char *key = range_key (a, b);

  return a != b && radio_adapter_is_powered (a) && radio_adapter_is_powered (b) &&
         !g_hash_table_contains (self->out_of_range, key);
}

/**
 * radio_count:
 * @self: a radio
 * @counter: what was seen on the air
 * @n: how many, or how many bytes
 */
void
radio_count (Radio *self, RadioCounter counter, guint64 n)
{
  self->counters[counter] += n;
}
