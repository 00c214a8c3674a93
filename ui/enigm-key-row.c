/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-key-row.h"

#include <glib/gi18n.h>

#include "enigm-time.h"

struct _EnigmKeyRow
{
  AdwActionRow parent_instance;

  EnigmKey *key;
};

G_DEFINE_FINAL_TYPE (EnigmKeyRow, enigm_key_row, ADW_TYPE_ACTION_ROW)

char *
enigm_key_row_describe (EnigmKey *key)
{
  const gint64 since = enigm_key_get_since (key);
  g_autofree char *state = enigm_key_describe_state (key);
  g_autofree char *moment = NULL;

  if (since == 0 || enigm_key_get_waiting_to_revoke (key))
    return g_steal_pointer (&state);
  moment = enigm_time_describe_moment (since);
  /* Translators: a key's state, and since when. */
  return g_strdup_printf (_ ("%s, since %s"), state, moment);
}

static void
update_row (EnigmKeyRow *self)
{
  g_autofree char *state = enigm_key_row_describe (self->key);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), enigm_key_get_name (self->key));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), state);
}

EnigmKey *
enigm_key_row_get_key (EnigmKeyRow *self)
{
  return self->key;
}

static void
enigm_key_row_dispose (GObject *object)
{
  g_clear_object (&ENIGM_KEY_ROW (object)->key);
  G_OBJECT_CLASS (enigm_key_row_parent_class)->dispose (object);
}

static void
enigm_key_row_class_init (EnigmKeyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_row_dispose;
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/enigm/App/enigm-key-row.ui");
}

static void
enigm_key_row_init (EnigmKeyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_key_row_new (EnigmKey *key)
{
  EnigmKeyRow *self = g_object_new (ENIGM_TYPE_KEY_ROW, NULL);

  self->key = g_object_ref (key);
  g_signal_connect_object (key, "notify", G_CALLBACK (update_row), self, G_CONNECT_SWAPPED);
  update_row (self);
  return GTK_WIDGET (self);
}
