/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-key-page.h"

#include <glib/gi18n.h>

#include "enigm-button.h"
#include "enigm-key-dialog.h"
#include "enigm-key-row.h"
#include "enigm-label-dialog.h"
#include "enigm-time.h"

struct _EnigmKeyPage
{
  AdwBin parent_instance;

  AdwWindowTitle *window_title;
  GtkLabel *error_label;
  AdwActionRow *name_row;
  AdwActionRow *state_row;
  AdwActionRow *battery_row;
  GtkWidget *changes_group;
  GtkListBox *changes_list;
  AdwActionRow *proof_row;
  AdwActionRow *number_row;
  AdwActionRow *released_row;
  AdwActionRow *remaining_row;
  GtkWidget *attempts_group;
  GtkListBox *attempts_list;
  GtkWidget *history_group;
  GtkListBox *history_list;

  EnigmAccount *account;
  EnigmKey *key;
  gboolean closing;
};

G_DEFINE_FINAL_TYPE (EnigmKeyPage, enigm_key_page, ADW_TYPE_BIN)

/* In the order in which they are offered; when is enigm_key_dialog_offers()'s to say. */
static const struct
{
  const char *id;
  const char *title;
  const char *button;
  const char *style;
} changes[] = {
  { "found", N_ ("Found"), N_ ("I _Found It…"), "suggested-action" },
  { "confirmed", N_ ("Confirm"), N_ ("I _Have It…"), "suggested-action" },
  { "lost", N_ ("Lost"), N_ ("I _Lost It…"), NULL },
  { "cancelled", N_ ("Cancel the pairing"), N_ ("_Cancel…"), NULL },
  { "replaced", N_ ("Replace"), N_ ("Re_place…"), NULL },
  { "revoked", N_ ("Revoke"), N_ ("Re_voke…"), "destructive-action" },
  { "retired", N_ ("Retire"), N_ ("Re_tire…"), NULL },
  { "released", N_ ("Release"), N_ ("Re_lease…"), NULL },
};

/* What is visible */

static void
clear_list (GtkListBox *list)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, child);
}

static void
on_change_done (const char *sentence, const GError *error, gpointer user_data)
{
  EnigmKeyPage *self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  if (error != NULL)
    gtk_label_set_label (self->error_label, error->message);
  else if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), adw_toast_new (sentence));
}

static void
on_change_button_clicked (GtkButton *button, gpointer user_data)
{
  EnigmKeyPage *self = user_data;

  enigm_key_dialog_ask (GTK_WIDGET (self), self->account, self->key,
                        g_object_get_data (G_OBJECT (button), "id"), on_change_done);
}

static void
update_changes (EnigmKeyPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  const gboolean focused =
    focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->changes_list));

  clear_list (self->changes_list);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      GtkWidget *row;
      GtkWidget *button;

      if (!enigm_key_dialog_offers (self->key, changes[i].id))
        continue;
      row = adw_action_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (changes[i].title));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), enigm_key_dialog_describe (changes[i].id));
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
      button = enigm_button_new_with_mnemonic (_ (changes[i].button));
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      if (changes[i].style != NULL)
        gtk_widget_add_css_class (button, changes[i].style);
      g_object_set_data (G_OBJECT (button), "id", (gpointer) changes[i].id);
      g_signal_connect_object (button, "clicked", G_CALLBACK (on_change_button_clicked), self, 0);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
      gtk_list_box_append (self->changes_list, row);
    }
  gtk_widget_set_visible (self->changes_group,
                          gtk_widget_get_first_child (GTK_WIDGET (self->changes_list)) != NULL);
  /* The button that was pressed has gone; whoever uses the keyboard goes on from here. */
  if (focused && !gtk_widget_child_focus (GTK_WIDGET (self->changes_list), GTK_DIR_TAB_FORWARD))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

static void
update_history (EnigmKeyPage *self)
{
  GListModel *history = enigm_key_get_history (self->key);
  const guint n = g_list_model_get_n_items (history);

  clear_list (self->history_list);
  for (guint i = n; i > 0; i--)
    {
      g_autoptr (EnigmKeyChange) change = g_list_model_get_item (history, i - 1);
      g_autofree char *sentence = enigm_key_change_describe (change);
      g_autofree char *moment = enigm_time_describe_moment (enigm_key_change_get_time (change));
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sentence);
      adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), moment);
      gtk_list_box_append (self->history_list, row);
    }
  gtk_widget_set_visible (self->history_group, n > 0);
}

/* When, and nothing more: where it was is not its owner's to know any more. */
static void
update_attempts (EnigmKeyPage *self)
{
  const guint n = enigm_key_get_n_attempts (self->key);

  clear_list (self->attempts_list);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *moment = enigm_time_describe_moment (enigm_key_get_attempt (self->key, i));
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), moment);
      gtk_list_box_append (self->attempts_list, row);
    }
  gtk_widget_set_visible (self->attempts_group, n > 0);
}

static void
update_evidence (EnigmKeyPage *self)
{
  const gint64 proved = enigm_key_get_proved_time (self->key);
  const gint64 released = enigm_key_get_released (self->key);
  const EnigmKeyState state = enigm_key_get_state (self->key);
  g_autofree char *remaining = enigm_key_describe_remaining (self->key);
  g_autofree char *number = enigm_key_dup_number (self->key);
  g_autofree char *proof = NULL;
  g_autofree char *moment = NULL;

  if (proved != 0)
    {
      moment = enigm_time_describe_moment (proved);
      proof = enigm_key_get_proved_by (self->key) == ENIGM_KEY_PROOF_OWN
                /* Translators: %s is a time */
                ? g_strdup_printf (_ ("%s, by itself"), moment)
                /* Translators: %s is a time */
                : g_strdup_printf (_ ("%s, through a computer"), moment);
    }
  else
    proof = g_strdup (_ ("Unproved"));
  adw_action_row_set_subtitle (self->proof_row, proof);
  gtk_widget_set_visible (GTK_WIDGET (self->proof_row),
                          state == ENIGM_KEY_STATE_TRUSTED || state == ENIGM_KEY_STATE_RESTRICTED);
  if (released != 0)
    {
      g_autofree char *when = enigm_time_describe_moment (released);

      adw_action_row_set_subtitle (self->released_row, when);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->released_row), released != 0);
  adw_action_row_set_subtitle (self->number_row, number != NULL ? number : "");
  gtk_widget_set_visible (GTK_WIDGET (self->number_row), number != NULL);
  adw_action_row_set_subtitle (self->remaining_row, remaining != NULL ? remaining : "");
  gtk_widget_set_visible (GTK_WIDGET (self->remaining_row), remaining != NULL);
}

static void
update_key (EnigmKeyPage *self)
{
  const guint battery = enigm_key_get_battery (self->key);
  g_autofree char *state = enigm_key_row_describe (self->key);
  g_autofree char *battery_text = NULL;

  if (battery == ENIGM_KEY_BATTERY_UNKNOWN)
    battery_text = g_strdup (_ ("Unknown"));
  else
    {
      g_autofree char *moment = enigm_time_describe_moment (enigm_key_get_battery_time (self->key));

      battery_text = g_strdup_printf (_ ("%u %%, %s"), battery, moment);
    }
  adw_window_title_set_title (self->window_title, enigm_key_get_name (self->key));
  adw_action_row_set_subtitle (self->name_row, enigm_key_get_name (self->key));
  adw_action_row_set_subtitle (self->state_row, state);
  adw_action_row_set_subtitle (self->battery_row, battery_text);
  gtk_widget_set_visible (GTK_WIDGET (self->battery_row), enigm_key_is_live (self->key));
  update_evidence (self);
  update_changes (self);
  update_attempts (self);
  update_history (self);
}

/* The widget */

static void
on_rename_button_clicked (EnigmKeyPage *self)
{
  enigm_label_dialog_ask_key (GTK_WIDGET (self), self->account, self->key);
}

static void
on_copy_button_clicked (EnigmKeyPage *self)
{
  g_autofree char *number = enigm_key_dup_number (self->key);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), number);
  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root),
                                      adw_toast_new (_ ("The number is copied")));
}

static void
on_back_button_clicked (EnigmKeyPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (!ADW_IS_PREFERENCES_WINDOW (root))
    return;
  self->closing = TRUE;
  adw_preferences_window_close_subpage (ADW_PREFERENCES_WINDOW (root));
}

static gboolean
on_back_pressed (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  on_back_button_clicked (ENIGM_KEY_PAGE (widget));
  return GDK_EVENT_STOP;
}

static void
enigm_key_page_dispose (GObject *object)
{
  EnigmKeyPage *self = ENIGM_KEY_PAGE (object);

  g_clear_object (&self->account);
  g_clear_object (&self->key);
  G_OBJECT_CLASS (enigm_key_page_parent_class)->dispose (object);
}

static void
enigm_key_page_class_init (EnigmKeyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_key_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-key-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, state_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, battery_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, changes_group);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, changes_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, history_group);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, number_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, proof_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, released_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, remaining_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, attempts_group);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, attempts_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmKeyPage, history_list);
  gtk_widget_class_bind_template_callback (widget_class, on_rename_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_back_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_button_clicked);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_back_pressed, NULL);
}

static void
enigm_key_page_init (EnigmKeyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_key_page_new (EnigmAccount *account, EnigmKey *key)
{
  EnigmKeyPage *self = g_object_new (ENIGM_TYPE_KEY_PAGE, NULL);

  self->account = g_object_ref (account);
  self->key = g_object_ref (key);
  g_signal_connect_object (key, "notify", G_CALLBACK (update_key), self, G_CONNECT_SWAPPED);
  update_key (self);
  return GTK_WIDGET (self);
}

/**
 * enigm_key_page_is_closing:
 * @self: a page of a preferences window
 *
 * Returns: whether somebody went back from it, and it still slides out
 */
gboolean
enigm_key_page_is_closing (EnigmKeyPage *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_PAGE (self), FALSE);

  return self->closing;
}
