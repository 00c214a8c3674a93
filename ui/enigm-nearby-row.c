/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-nearby-row.h"

#include <glib/gi18n.h>

struct _EnigmNearbyRow
{
  AdwActionRow parent_instance;

  GtkImage *bars;

  EnigmNearbyKey *key;
};

G_DEFINE_FINAL_TYPE (EnigmNearbyRow, enigm_nearby_row, ADW_TYPE_ACTION_ROW)

static void
update_row (EnigmNearbyRow *self)
{
  static const struct
  {
    const char *icon;
    const char *words;
  } signal_bars[] = {
    { "enigm-signal-0-symbolic", N_ ("Signal: hardly any") },
    { "enigm-signal-1-symbolic", N_ ("Signal: weak") },
    { "enigm-signal-2-symbolic", N_ ("Signal: fair") },
    { "enigm-signal-3-symbolic", N_ ("Signal: good") },
    { "enigm-signal-4-symbolic", N_ ("Signal: very good") },
  };
  const guint bars = MIN (enigm_nearby_key_get_bars (self->key), G_N_ELEMENTS (signal_bars) - 1);
  const char *words = _ (signal_bars[bars].words);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("A key"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                               enigm_nearby_key_get_bound (self->key)
                                 ? _ ("Paired already. Pairing again makes a new credential.")
                                 : _ ("Not paired yet."));
  gtk_image_set_from_icon_name (self->bars, signal_bars[bars].icon);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->bars), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bars), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
}

static void
enigm_nearby_row_dispose (GObject *object)
{
  g_clear_object (&ENIGM_NEARBY_ROW (object)->key);
  G_OBJECT_CLASS (enigm_nearby_row_parent_class)->dispose (object);
}

static void
enigm_nearby_row_class_init (EnigmNearbyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_nearby_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-nearby-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmNearbyRow, bars);
}

static void
enigm_nearby_row_init (EnigmNearbyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_nearby_row_new (EnigmNearbyKey *key)
{
  EnigmNearbyRow *self = g_object_new (ENIGM_TYPE_NEARBY_ROW, NULL);

  self->key = g_object_ref (key);
  g_signal_connect_object (key, "notify", G_CALLBACK (update_row), self, G_CONNECT_SWAPPED);
  update_row (self);
  return GTK_WIDGET (self);
}
