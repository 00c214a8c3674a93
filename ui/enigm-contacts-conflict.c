/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-contacts-conflict.h"

#include <glib/gi18n.h>

#include "enigm-busy.h"
#include "enigm-button.h"

struct _EnigmContactsConflict
{
  AdwBin parent_instance;

  GtkWidget *choices;
  GtkListBox *mine_list;
  GtkListBox *theirs_list;
  GtkWidget *merged_box;
  GtkListBox *merged_list;
  GtkLabel *clash_label;
  GtkLabel *error_label;

  EnigmAccount *account;
};

G_DEFINE_FINAL_TYPE (EnigmContactsConflict, enigm_contacts_conflict, ADW_TYPE_BIN)

static GtkWidget *
create_row (EnigmContactsConflict *self, const char *contact_id, guint number)
{
  const char *label = enigm_account_find_label (self->account, contact_id);
  const gboolean labelled = *label != '\0';
  g_autofree char *title = g_strdup_printf ("%u. %s", number, labelled ? label : contact_id);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (labelled)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), contact_id);
  return row;
}

static void
fill (EnigmContactsConflict *self, GtkListBox *list, char **ids)
{
  GtkListBoxRow *row;
  guint number = 0;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
  for (; ids[number] != NULL; number++)
    gtk_list_box_append (list, create_row (self, ids[number], number + 1));
  if (number == 0)
    {
      GtkWidget *nobody = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (nobody), _ ("Nobody"));
      gtk_list_box_append (list, nobody);
    }
}

static void
update (EnigmContactsConflict *self)
{
  g_auto (GStrv) mine = NULL;
  g_auto (GStrv) theirs = NULL;
  g_auto (GStrv) merged = NULL;
  g_autofree char *why = NULL;
  EnigmContactClash clash;
  const gboolean needed =
    enigm_account_get_contacts_state (self->account) == ENIGM_CONTACTS_STATE_CONFLICT;

  gtk_widget_set_visible (GTK_WIDGET (self), needed);
  if (!needed)
    return;
  mine = enigm_account_dup_contacts_choice (self->account, ENIGM_CONTACTS_CHOICE_MINE, NULL);
  theirs = enigm_account_dup_contacts_choice (self->account, ENIGM_CONTACTS_CHOICE_THEIRS, NULL);
  merged = enigm_account_dup_contacts_choice (self->account, ENIGM_CONTACTS_CHOICE_MERGED, &clash);
  why = enigm_contact_clash_describe (clash);
  fill (self, self->mine_list, mine);
  fill (self, self->theirs_list, theirs);
  gtk_widget_set_visible (self->merged_box, merged != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->clash_label), merged == NULL);
  gtk_label_set_label (self->clash_label, why);
  if (merged != NULL)
    fill (self, self->merged_list, merged);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    enigm_account_note_conflict_shown (self->account);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmContactsConflict) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_settle_contacts_finish (ENIGM_ACCOUNT (source), result, &error);
  if (self->account == NULL)
    return;
  enigm_busy_set (self->choices, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  if (error != NULL)
    gtk_label_set_label (self->error_label, error->message);
  update (self);
}

static void
settle (EnigmContactsConflict *self, EnigmContactsChoice choice)
{
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  enigm_busy_set (self->choices, TRUE);
  enigm_account_settle_contacts_async (self->account, choice, NULL, on_settled,
                                       g_object_ref (self));
}

static void
on_mine_button_clicked (EnigmContactsConflict *self)
{
  settle (self, ENIGM_CONTACTS_CHOICE_MINE);
}

static void
on_theirs_button_clicked (EnigmContactsConflict *self)
{
  settle (self, ENIGM_CONTACTS_CHOICE_THEIRS);
}

static void
on_merged_button_clicked (EnigmContactsConflict *self)
{
  settle (self, ENIGM_CONTACTS_CHOICE_MERGED);
}

static void
enigm_contacts_conflict_map (GtkWidget *widget)
{
  EnigmContactsConflict *self = ENIGM_CONTACTS_CONFLICT (widget);

  GTK_WIDGET_CLASS (enigm_contacts_conflict_parent_class)->map (widget);
  if (self->account != NULL)
    update (self);
}

static void
enigm_contacts_conflict_dispose (GObject *object)
{
  EnigmContactsConflict *self = ENIGM_CONTACTS_CONFLICT (object);

  g_clear_object (&self->account);
  G_OBJECT_CLASS (enigm_contacts_conflict_parent_class)->dispose (object);
}

static void
enigm_contacts_conflict_class_init (EnigmContactsConflictClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_contacts_conflict_dispose;
  widget_class->map = enigm_contacts_conflict_map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/enigm/App/enigm-contacts-conflict.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsConflict, choices);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsConflict, mine_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsConflict, theirs_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsConflict, merged_box);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsConflict, merged_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsConflict, clash_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsConflict, error_label);
  gtk_widget_class_bind_template_callback (widget_class, on_mine_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_theirs_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_merged_button_clicked);
}

static void
enigm_contacts_conflict_init (EnigmContactsConflict *self)
{
  g_type_ensure (ENIGM_TYPE_BUTTON);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
enigm_contacts_conflict_set_account (EnigmContactsConflict *self, EnigmAccount *account)
{
  g_return_if_fail (ENIGM_IS_CONTACTS_CONFLICT (self) && self->account == NULL);

  self->account = g_object_ref (account);
  g_signal_connect_object (account, "notify::contacts-state", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (enigm_account_get_contacts (account), "items-changed",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  update (self);
}
