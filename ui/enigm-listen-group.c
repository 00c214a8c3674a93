/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-listen-group.h"

#include <glib/gi18n.h>

#include "enigm-notices.h"

struct _EnigmListenGroup
{
  AdwPreferencesGroup parent_instance;

  GtkSwitch *listen_switch;
  GtkWidget *start_row;
  GtkSwitch *start_switch;
  GtkLabel *listen_words;
  GtkWidget *try_button;
  GtkLabel *try_words;

  EnigmListener *listener;
  GCancellable *cancellable;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (EnigmListenGroup, enigm_listen_group, ADW_TYPE_PREFERENCES_GROUP)

static void
show_words (GtkLabel *label, const char *words, gboolean is_trouble)
{
  gtk_label_set_label (label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (label), words != NULL);
  if (is_trouble)
    gtk_widget_add_css_class (GTK_WIDGET (label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (label), "error");
}

static void
update (EnigmListenGroup *self)
{
  gboolean is_trouble;
  const char *words = enigm_listener_get_words (self->listener, &is_trouble);
  const gboolean wanted = enigm_listener_get_wanted (self->listener);

  self->updating = TRUE;
  /* Wanted, but not so yet: GTK draws a switch half-way. */
  gtk_switch_set_active (self->listen_switch, wanted);
  gtk_switch_set_state (self->listen_switch, enigm_listener_get_when_closed (self->listener));
  gtk_switch_set_active (self->start_switch, enigm_listener_get_autostart (self->listener));
  gtk_switch_set_state (self->start_switch, enigm_listener_get_autostart (self->listener));
  gtk_widget_set_sensitive (self->start_row, enigm_listener_get_when_closed (self->listener));
  self->updating = FALSE;
  show_words (self->listen_words, words, is_trouble);
}

static gboolean
on_listen_switch_set (EnigmListenGroup *self, gboolean on)
{
  if (!self->updating && self->listener != NULL && on != enigm_listener_get_wanted (self->listener))
    enigm_listener_set (self->listener, on, FALSE, "");
  return TRUE;
}

static gboolean
on_start_switch_set (EnigmListenGroup *self, gboolean on)
{
  if (!self->updating && self->listener != NULL &&
      on != enigm_listener_get_autostart (self->listener))
    enigm_listener_set (self->listener, TRUE, on, "");
  return TRUE;
}

static void
on_noticed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmListenGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  const gboolean sent = enigm_notices_probe_finish (result, &error);

  if (self->try_words == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (self->try_button, TRUE);
  if (sent)
    enigm_notices_try (g_application_get_default ());
  show_words (self->try_words,
              sent ? _ ("A practice notification is sent. If you do not see it, allow Enigm App in "
                        "your desktop's settings for notifications; until then alerts show in its "
                        "window only.")
                   : error->message,
              !sent);
}

static void
on_try_button_clicked (EnigmListenGroup *self)
{
  gtk_widget_set_sensitive (self->try_button, FALSE);
  show_words (self->try_words, _ ("Your desktop is asked."), FALSE);
  enigm_notices_probe_async (self->cancellable, on_noticed, g_object_ref (self));
}

static void
enigm_listen_group_dispose (GObject *object)
{
  EnigmListenGroup *self = ENIGM_LISTEN_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->listener);
  G_OBJECT_CLASS (enigm_listen_group_parent_class)->dispose (object);
}

static void
enigm_listen_group_class_init (EnigmListenGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_listen_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-listen-group.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmListenGroup, listen_switch);
  gtk_widget_class_bind_template_child (widget_class, EnigmListenGroup, start_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmListenGroup, start_switch);
  gtk_widget_class_bind_template_child (widget_class, EnigmListenGroup, listen_words);
  gtk_widget_class_bind_template_child (widget_class, EnigmListenGroup, try_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmListenGroup, try_words);
  gtk_widget_class_bind_template_callback (widget_class, on_listen_switch_set);
  gtk_widget_class_bind_template_callback (widget_class, on_start_switch_set);
  gtk_widget_class_bind_template_callback (widget_class, on_try_button_clicked);
}

static void
enigm_listen_group_init (EnigmListenGroup *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
enigm_listen_group_set_listener (EnigmListenGroup *self, EnigmListener *listener)
{
  g_return_if_fail (ENIGM_IS_LISTEN_GROUP (self) && self->listener == NULL);

  self->listener = g_object_ref (listener);
  g_signal_connect_object (listener, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self), enigm_listener_get_available (listener));
  /* What a desktop allows, the person may have changed there meanwhile. */
  if (enigm_listener_get_when_closed (listener))
    enigm_listener_set (listener, TRUE, enigm_listener_get_autostart (listener), "");
  update (self);
}
