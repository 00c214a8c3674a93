/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-positions-row.h"

#include <glib/gi18n.h>

#include "enigm-time.h"

/* More of them are for the export. */
#define MOST 50

struct _EnigmPositionsRow
{
  AdwExpanderRow parent_instance;

  GPtrArray *rows;
  guint n_shown;
  gint64 newest;
};

G_DEFINE_FINAL_TYPE (EnigmPositionsRow, enigm_positions_row, ADW_TYPE_EXPANDER_ROW)

static void
add_line (EnigmPositionsRow *self, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
  g_ptr_array_add (self->rows, row);
}

static void
add_gap (EnigmPositionsRow *self, gint64 seconds)
{
  g_autofree char *span =
    seconds < 60 * 60
      ? g_strdup_printf (ngettext ("%d minute", "%d minutes", (gulong) (seconds / 60)),
                         (int) (seconds / 60))
      : g_strdup_printf (ngettext ("%d hour", "%d hours", (gulong) (seconds / 3600)),
                         (int) (seconds / 3600));
  /* Translators: a span such as “5 minutes” */
  g_autofree char *title = g_strdup_printf (_ ("No position for %s"), span);

  add_line (self, title, "");
}

static void
add_position (EnigmPositionsRow *self, EnigmAlertPosition *position)
{
  g_autofree char *title = g_strdup_printf (
    /* Translators: latitude, longitude, and accuracy in metres. */
    _ ("%.5f, %.5f · within %.0f m"), enigm_alert_position_get_latitude (position),
    enigm_alert_position_get_longitude (position), enigm_alert_position_get_accuracy (position));
  g_autofree char *moment = enigm_time_describe_moment (enigm_alert_position_get_time (position));

  add_line (self, title, moment);
}

static void
set_subtitle (EnigmPositionsRow *self, const char *subtitle)
{
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
}

void
enigm_positions_row_set (EnigmPositionsRow *self, EnigmAlert *alert, const char *trouble)
{
  GListModel *positions = enigm_alert_get_positions (alert);
  const guint n = g_list_model_get_n_items (positions);
  g_autoptr (EnigmAlertPosition) first = g_list_model_get_item (positions, 0);
  g_autofree char *subtitle = NULL;
  gint64 later = 0;

  gtk_widget_set_visible (GTK_WIDGET (self), n > 0 || trouble != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self), n > 0);
  if (n == 0)
    set_subtitle (self, trouble != NULL ? trouble : "");
  if (n == self->n_shown &&
      (first == NULL || enigm_alert_position_get_time (first) == self->newest))
    return;
  self->n_shown = n;
  self->newest = first != NULL ? enigm_alert_position_get_time (first) : 0;
  for (guint i = 0; i < self->rows->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  subtitle =
    n > MOST
      ? g_strdup_printf (_ ("%u, of which the last %d are shown. All are in the export."), n, MOST)
      : g_strdup_printf (ngettext ("%u, for you alone", "%u, for you alone", n), n);
  if (n > 0)
    set_subtitle (self, subtitle);
  for (guint i = 0; i < MIN (n, MOST); i++)
    {
      g_autoptr (EnigmAlertPosition) position = g_list_model_get_item (positions, i);
      const gint64 time = enigm_alert_position_get_time (position);

      if (i > 0 && later - time > ENIGM_ALERT_GAP)
        add_gap (self, later - time);
      add_position (self, position);
      later = time;
    }
}

static void
enigm_positions_row_finalize (GObject *object)
{
  g_ptr_array_unref (ENIGM_POSITIONS_ROW (object)->rows);
  G_OBJECT_CLASS (enigm_positions_row_parent_class)->finalize (object);
}

static void
enigm_positions_row_class_init (EnigmPositionsRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = enigm_positions_row_finalize;
}

static void
enigm_positions_row_init (EnigmPositionsRow *self)
{
  self->rows = g_ptr_array_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("Positions"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Positions"), -1);
}

GtkWidget *
enigm_positions_row_new (void)
{
  return g_object_new (ENIGM_TYPE_POSITIONS_ROW, NULL);
}
