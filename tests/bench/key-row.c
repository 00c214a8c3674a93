/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-nearby-row.h"
#include "enigm-radio.h"
#include "protocol/enigm-attributes.h"

#include <stdlib.h>

/* key-row [--bare N]: the pairing window's list of keys in reach, by itself. Prints, for each row
 * that comes, the milliseconds from bluetoothd's signal on the bus to the end of the first frame
 * that shows it. With --bare, N rows that no radio has anything to do with, from the moment each is
 * put in. */

#define BETWEEN_MS 100

typedef struct
{
  GListModel *model;
  GMutex lock;
  gint64 signalled; /* monotonic, microseconds; taken in the bus's own thread */
  gboolean pending;
  guint left;
} Bench;

static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  Bench *bench = data;
  const char *member = g_dbus_message_get_member (message);

  if (incoming && g_strcmp0 (member, "InterfacesAdded") == 0)
    {
      g_autofree char *body = g_variant_print (g_dbus_message_get_body (message), FALSE);

      if (strstr (body, ENIGM_KEY_SERVICE_UUID) != NULL)
        {
          g_mutex_lock (&bench->lock);
          bench->signalled = g_get_monotonic_time ();
          g_mutex_unlock (&bench->lock);
        }
    }
  return message;
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Bench *bench = data;

  bench->pending = added > 0;
}

static void
on_painted (GdkFrameClock *clock, gpointer data)
{
  Bench *bench = data;

  if (!bench->pending)
    return;
  bench->pending = FALSE;
  g_mutex_lock (&bench->lock);
  g_print ("%.2f\n", (double) (g_get_monotonic_time () - bench->signalled) / 1000);
  g_mutex_unlock (&bench->lock);
  if (bench->left > 0 && --bench->left == 0)
    exit (0);
}

static gboolean
on_next_row (gpointer data)
{
  Bench *bench = data;
  g_autoptr (GtkStringObject) item = gtk_string_object_new ("A key");

  if (g_list_model_get_n_items (bench->model) > 0)
    {
      g_list_store_remove_all (G_LIST_STORE (bench->model));
      return G_SOURCE_CONTINUE;
    }
  bench->signalled = g_get_monotonic_time ();
  g_list_store_append (G_LIST_STORE (bench->model), item);
  return G_SOURCE_CONTINUE;
}

static GtkWidget *
create_bare_row (gpointer item, gpointer data)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), gtk_string_object_get_string (item));
  return row;
}

static GtkWidget *
create_key_row (gpointer item, gpointer data)
{
  return enigm_nearby_row_new (item);
}

int
main (int argc, char *argv[])
{
  Bench bench = { NULL };
  g_autoptr (EnigmRadio) radio = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  GtkWidget *list;
  GtkWidget *window;

  adw_init ();
  list = gtk_list_box_new ();
  window = adw_window_new ();
  if (argc == 3 && g_str_equal (argv[1], "--bare"))
    {
      bench.left = (guint) g_ascii_strtoull (argv[2], NULL, 10);
      bench.model = G_LIST_MODEL (g_list_store_new (GTK_TYPE_STRING_OBJECT));
      g_timeout_add (BETWEEN_MS, on_next_row, &bench);
    }
  else
    {
      bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
      g_dbus_connection_add_filter (bus, on_message, &bench, NULL);
      radio = enigm_radio_new (bus);
      bench.model = enigm_radio_get_keys (radio);
      enigm_radio_start_scan (radio);
    }
  gtk_list_box_bind_model (GTK_LIST_BOX (list), bench.model,
                           radio != NULL ? create_key_row : create_bare_row, NULL, NULL);
  g_signal_connect (bench.model, "items-changed", G_CALLBACK (on_items_changed), &bench);
  adw_window_set_content (ADW_WINDOW (window), list);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 400);
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_painted),
                    &bench);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}
