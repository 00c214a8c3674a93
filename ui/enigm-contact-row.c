/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-contact-row.h"

#include <glib/gi18n.h>

#include "enigm-menu.h"

struct _EnigmContactRow
{
  AdwActionRow parent_instance;

  AdwAvatar *avatar;
  GtkImage *icon;
  GtkMenuButton *menu_button;

  EnigmContact *contact;
  GSimpleActionGroup *actions;
  gboolean first;
  gboolean last;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmContactRow, enigm_contact_row, ADW_TYPE_ACTION_ROW)

static void
enable (EnigmContactRow *self, const char *action, gboolean enabled)
{
  GAction *found = g_action_map_lookup_action (G_ACTION_MAP (self->actions), action);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (found), enabled);
}

static void
update_actions (EnigmContactRow *self)
{
  const gboolean removed =
    enigm_contact_get_waiting (self->contact) == ENIGM_CONTACT_WAITING_REMOVE;

  enable (self, "up", !self->first && !removed);
  enable (self, "down", !self->last && !removed);
  enable (self, "replace", !removed);
  enable (self, "remove", !removed);
  enable (self, "keep", removed);
}

static void
update_row (EnigmContactRow *self)
{
  static const struct
  {
    const char *icon;
    const char *style;
  } looks[] = {
    [ENIGM_CONTACT_STATE_INVITED] = { "enigm-step-waiting-symbolic", "dim-label" },
    [ENIGM_CONTACT_STATE_ELIGIBLE] = { "enigm-ok-symbolic", "success" },
    [ENIGM_CONTACT_STATE_DECLINED] = { "enigm-error-symbolic", "error" },
    [ENIGM_CONTACT_STATE_NOT_ELIGIBLE] = { "enigm-error-symbolic", "error" },
  };
  const EnigmContactState state = enigm_contact_get_state (self->contact);
  const char *title = enigm_contact_get_title (self->contact);
  const gboolean labelled = *enigm_contact_get_label (self->contact) != '\0';
  g_autofree char *words =
    enigm_contact_describe_state (self->contact, g_get_real_time () / G_USEC_PER_SEC);
  const char *note = enigm_contact_get_note (self->contact);
  g_autofree char *subtitle =
    *note != '\0' ? g_strconcat (words, "\n", note, NULL) : g_strdup (words);
  const gboolean waits = enigm_contact_get_waiting (self->contact) != ENIGM_CONTACT_WAITING_NOTHING;
  g_autofree char *menu = g_strdup_printf (_ ("What to do with %s"), title);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  adw_avatar_set_text (self->avatar, labelled ? title : NULL);
  adw_avatar_set_show_initials (self->avatar, labelled);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), looks[i].style);
  gtk_image_set_from_icon_name (self->icon,
                                waits ? "enigm-step-waiting-symbolic" : looks[state].icon);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), waits ? "dim-label" : looks[state].style);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu_button), menu);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  menu, -1);
  update_actions (self);
}

static void
on_action_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (EnigmContactRow) self = g_object_ref (user_data);

  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, g_action_get_name (G_ACTION (action)));
}

EnigmContact *
enigm_contact_row_get_contact (EnigmContactRow *self)
{
  return self->contact;
}

void
enigm_contact_row_set_place (EnigmContactRow *self, gboolean first, gboolean last)
{
  self->first = first;
  self->last = last;
  update_row (self);
}

static void
enigm_contact_row_dispose (GObject *object)
{
  EnigmContactRow *self = ENIGM_CONTACT_ROW (object);

  g_clear_object (&self->contact);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (enigm_contact_row_parent_class)->dispose (object);
}

static void
enigm_contact_row_class_init (EnigmContactRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_contact_row_dispose;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", ENIGM_TYPE_CONTACT_ROW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-contact-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmContactRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactRow, icon);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactRow, menu_button);
}

static void
enigm_contact_row_init (EnigmContactRow *self)
{
  static const GActionEntry entries[] = {
    { "up", on_action_activated, NULL, NULL, NULL, { 0 } },
    { "down", on_action_activated, NULL, NULL, NULL, { 0 } },
    { "label", on_action_activated, NULL, NULL, NULL, { 0 } },
    { "replace", on_action_activated, NULL, NULL, NULL, { 0 } },
    { "remove", on_action_activated, NULL, NULL, NULL, { 0 } },
    { "keep", on_action_activated, NULL, NULL, NULL, { 0 } },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  enigm_menu_name_items (self->menu_button);
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "contact", G_ACTION_GROUP (self->actions));
}

GtkWidget *
enigm_contact_row_new (EnigmContact *contact)
{
  EnigmContactRow *self = g_object_new (ENIGM_TYPE_CONTACT_ROW, NULL);

  self->contact = g_object_ref (contact);
  g_signal_connect_object (contact, "notify", G_CALLBACK (update_row), self, G_CONNECT_SWAPPED);
  update_row (self);
  return GTK_WIDGET (self);
}
