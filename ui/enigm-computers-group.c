/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-computers-group.h"

#include <glib/gi18n.h>

#include "enigm-account-dialog.h"
#include "enigm-button.h"
#include "enigm-computers.h"
#include "enigm-time.h"

struct _EnigmComputersGroup
{
  AdwPreferencesGroup parent_instance;

  GtkWidget *others_button;
  GtkListBox *list;
  GtkLabel *error_label;

  EnigmAccount *account;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (EnigmComputersGroup, enigm_computers_group, ADW_TYPE_PREFERENCES_GROUP)

static void update (EnigmComputersGroup *self);

static void
say (EnigmComputersGroup *self, const char *sentence)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), adw_toast_new (sentence));
}

static void
show_error (EnigmComputersGroup *self, const GError *error)
{
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  gtk_label_set_label (self->error_label, error != NULL ? error->message : "");
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmComputersGroup) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_close_computer_finish (ENIGM_ACCOUNT (source), result, &error);
  if (self->account == NULL)
    return;
  if (error == NULL)
    say (self, _ ("The computer is closed. It knows so at once."));
  show_error (self, error);
  if (error == NULL)
    update (self);
}

static void
on_close_responded (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  EnigmComputersGroup *self = user_data;

  if (g_str_equal (response, "close"))
    enigm_account_close_computer_async (self->account, g_object_get_data (G_OBJECT (dialog), "id"),
                                        NULL, on_closed, g_object_ref (self));
}

static void
on_close_button_clicked (GtkButton *button, gpointer user_data)
{
  EnigmComputersGroup *self = user_data;
  EnigmComputer *computer = g_object_get_data (G_OBJECT (button), "computer");
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL,
                            _ ("It is signed out at once, and cannot manage your keys any more. "
                               "What it knows already stays on it. Your keys go on working."));

  /* Translators: %s is a computer's name */
  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("Close “%s”?"),
                                     enigm_computer_get_name (computer));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "close",
                                    _ ("C_lose It"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "close",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "id", g_strdup (enigm_computer_get_id (computer)),
                          g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_responded), self, 0);
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

static GtkWidget *
new_row (EnigmComputersGroup *self, EnigmComputer *computer)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *since = enigm_time_describe_moment (enigm_computer_get_since (computer));
  g_autofree char *seen = enigm_time_describe_moment (enigm_computer_get_last_seen (computer));
  g_autofree char *text = NULL;
  GtkWidget *button;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), enigm_computer_get_name (computer));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (enigm_computer_get_this (computer))
    /* Translators: %s is a time */
    text = g_strdup_printf (_ ("This computer, since %s"), since);
  else
    {
      /* Translators: both %s are times */
      text = g_strdup_printf (_ ("Since %s, last seen %s"), since, seen);
      button = enigm_button_new_with_mnemonic (_ ("C_lose…"));
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      g_object_set_data_full (G_OBJECT (button), "computer", g_object_ref (computer),
                              g_object_unref);
      g_signal_connect_object (button, "clicked", G_CALLBACK (on_close_button_clicked), self, 0);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  return row;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmComputersGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) computers =
    enigm_account_list_computers_finish (ENIGM_ACCOUNT (source), result, &error);
  const guint n = computers != NULL ? g_list_model_get_n_items (computers) : 0;
  GtkWidget *child;

  if (self->account == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* What was listed a while ago says nothing about now. */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EnigmComputer) computer = g_list_model_get_item (computers, i);

      gtk_list_box_append (self->list, new_row (self, computer));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (self->others_button, n > 1);
  show_error (self, error);
}

static void
update (EnigmComputersGroup *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  enigm_account_list_computers_async (self->account, self->cancellable, on_listed,
                                      g_object_ref (self));
}

static void
on_others_closed (const char *sentence, gpointer widget)
{
  say (widget, sentence);
  update (widget);
}

static void
on_others_button_clicked (EnigmComputersGroup *self)
{
  enigm_account_dialog_ask (GTK_WIDGET (self), self->account, ENIGM_ACCOUNT_CLOSE_OTHERS,
                            on_others_closed);
}

static void
enigm_computers_group_map (GtkWidget *widget)
{
  EnigmComputersGroup *self = ENIGM_COMPUTERS_GROUP (widget);

  GTK_WIDGET_CLASS (enigm_computers_group_parent_class)->map (widget);
  if (self->account != NULL)
    update (self);
}

static void
enigm_computers_group_dispose (GObject *object)
{
  EnigmComputersGroup *self = ENIGM_COMPUTERS_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (enigm_computers_group_parent_class)->dispose (object);
}

static void
enigm_computers_group_class_init (EnigmComputersGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_computers_group_dispose;
  widget_class->map = enigm_computers_group_map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/enigm/App/enigm-computers-group.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmComputersGroup, others_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmComputersGroup, list);
  gtk_widget_class_bind_template_child (widget_class, EnigmComputersGroup, error_label);
  gtk_widget_class_bind_template_callback (widget_class, on_others_button_clicked);
}

static void
enigm_computers_group_init (EnigmComputersGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
enigm_computers_group_set_account (EnigmComputersGroup *self, EnigmAccount *account)
{
  g_return_if_fail (self->account == NULL);
  self->account = g_object_ref (account);
}
