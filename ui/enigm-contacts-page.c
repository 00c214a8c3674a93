/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-contacts-page.h"

#include <glib/gi18n.h>

#include "enigm-contact-row.h"
#include "enigm-contacts-conflict.h"
#include "enigm-invitation-row.h"
#include "enigm-invite-window.h"
#include "enigm-label-dialog.h"
#include "enigm-qr-picture.h"
#include "enigm-window.h"

/* How long removing can be taken back, in seconds. */
#define UNDO_SECONDS 10

struct _EnigmContactsPage
{
  AdwBin parent_instance;

  AdwActionRow *own_row;
  AdwBin *picture_bin;
  GtkWidget *invitations_box;
  GtkListBox *invitations_list;
  GtkListBox *contacts_list;
  GtkWidget *waiting_list;
  AdwActionRow *waiting_row;
  EnigmContactsConflict *conflict;
  GtkWidget *invite_button;
  GtkWidget *empty_page;
  GtkLabel *error_label;

  EnigmAccount *account;
  GtkFilterListModel *invitations;
  /* Removed here; the platform is told when nobody has taken it back in time. */
  EnigmContact *removed;
  AdwToast *undo;
  GHashTable *removing; /* contact ID -> title: of whom it is to be said that it holds */
};

G_DEFINE_FINAL_TYPE (EnigmContactsPage, enigm_contacts_page, ADW_TYPE_BIN)

/* What is visible */

static void
update_contacts (EnigmContactsPage *self)
{
  const guint n = g_list_model_get_n_items (enigm_account_get_contacts (self->account));
  const gboolean conflict =
    enigm_account_get_contacts_state (self->account) == ENIGM_CONTACTS_STATE_CONFLICT;
  GtkListBoxRow *row;

  adw_action_row_set_subtitle (self->own_row, enigm_account_get_contact_id (self->account));
  gtk_widget_set_visible (GTK_WIDGET (self->contacts_list), n > 0 && !conflict);
  gtk_widget_set_visible (self->empty_page, n == 0 && !conflict);
  gtk_widget_set_sensitive (self->invite_button, !conflict);
  gtk_widget_set_visible (self->invitations_box,
                          g_list_model_get_n_items (G_LIST_MODEL (self->invitations)) > 0);
  for (guint i = 0; (row = gtk_list_box_get_row_at_index (self->contacts_list, i)) != NULL; i++)
    enigm_contact_row_set_place (ENIGM_CONTACT_ROW (row), i == 0, i + 1 == n);
}

/* A change that is just being sent is none that waits. */
static void
update_waiting (EnigmContactsPage *self)
{
  const char *refusal = enigm_account_get_contacts_refusal (self->account);
  const gboolean waits =
    enigm_account_get_contacts_state (self->account) == ENIGM_CONTACTS_STATE_WAITING &&
    (refusal != NULL || enigm_account_get_unknown_since (self->account) > 0);

  gtk_widget_set_visible (self->waiting_list, waits);
  adw_action_row_set_subtitle (
    self->waiting_row,
    refusal != NULL ? refusal
                    : _ ("They are kept on this computer, and sent as soon as the platform can be "
                         "reached. Until then an alert reaches the contacts of before."));
}

static void update_removing (EnigmContactsPage *self);

static void
on_state_changed (EnigmContactsPage *self)
{
  update_contacts (self);
  update_waiting (self);
  update_removing (self);
}

static void
update_error (EnigmContactsPage *self, const GError *error)
{
  if (self->error_label == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  if (error != NULL)
    gtk_label_set_label (self->error_label, error->message);
}

static void
toast (EnigmContactsPage *self, AdwToast *message)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (ENIGM_IS_WINDOW (root))
    enigm_window_add_toast (ENIGM_WINDOW (root), message);
}

/* Discarding what waits */

static void
on_discarded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmContactsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_settle_contacts_finish (ENIGM_ACCOUNT (source), result, &error);
  update_error (self, error);
}

static void
on_discard_button_clicked (EnigmContactsPage *self)
{
  enigm_account_settle_contacts_async (self->account, ENIGM_CONTACTS_CHOICE_THEIRS, NULL,
                                       on_discarded, g_object_ref (self));
}

/* Removing */

static gboolean
is_settled (gpointer contact_id, gpointer title, gpointer user_data)
{
  EnigmContactsPage *self = user_data;
  GListModel *contacts = enigm_account_get_contacts (self->account);
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (contacts, i);

      if (g_str_equal (enigm_contact_get_contact_id (contact), contact_id))
        return enigm_contact_get_waiting (contact) != ENIGM_CONTACT_WAITING_REMOVE;
    }
  name = g_markup_escape_text (title, -1);
  text = g_strdup_printf (_ ("%s is no longer told"), name);
  toast (self, adw_toast_new (text));
  return TRUE;
}

/* Says of those that were removed here when it holds: the platform has it. */
static void
update_removing (EnigmContactsPage *self)
{
  g_hash_table_foreach_remove (self->removing, is_settled, self);
  /* Sent with another edit: there is nothing left to take back. */
  if (self->undo != NULL && !enigm_account_get_removal_held (self->account))
    {
      g_autoptr (AdwToast) undo = g_steal_pointer (&self->undo);

      g_clear_object (&self->removed);
      adw_toast_dismiss (undo);
    }
}

static void
on_removal_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmContactsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_end_removal_finish (ENIGM_ACCOUNT (source), result, &error))
    update_error (self, error);
  /* The last window may be gone: the process waited for this. */
  g_application_release (g_application_get_default ());
}

/* The time to take it back is over. */
static void
end_removal (EnigmContactsPage *self)
{
  g_autoptr (EnigmContact) removed = g_steal_pointer (&self->removed);
  g_autoptr (AdwToast) undo = g_steal_pointer (&self->undo);

  if (removed == NULL)
    return;
  if (undo != NULL)
    adw_toast_dismiss (undo);
  g_application_hold (g_application_get_default ());
  enigm_account_end_removal_async (self->account, NULL, on_removal_ended, g_object_ref (self));
}

static void
on_contact_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmContactsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_add_contact_finish (ENIGM_ACCOUNT (source), result, &error);
  update_error (self, error);
}

static void
keep_contact (EnigmContactsPage *self, EnigmContact *contact)
{
  const char *contact_id = enigm_contact_get_contact_id (contact);

  g_hash_table_remove (self->removing, contact_id);
  enigm_account_add_contact_async (self->account, contact_id, NULL, NULL, on_contact_kept,
                                   g_object_ref (self));
}

static void
on_undo_clicked (AdwToast *undo, gpointer user_data)
{
  EnigmContactsPage *self = user_data;
  g_autoptr (EnigmContact) removed = NULL;

  if (undo != self->undo)
    return;
  removed = g_steal_pointer (&self->removed);
  g_clear_object (&self->undo);
  keep_contact (self, removed);
}

static void
on_undo_dismissed (AdwToast *undo, gpointer user_data)
{
  EnigmContactsPage *self = user_data;

  if (undo == self->undo)
    end_removal (self);
}

/* It is on this computer's disk now, and waits there. */
static void
on_removal_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmContactsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (!enigm_account_begin_removal_finish (ENIGM_ACCOUNT (source), result, &error))
    {
      update_error (self, error);
      g_clear_object (&self->removed);
      return;
    }
  /* Another one was removed meanwhile, and this one sent. */
  if (self->removed == NULL || self->undo != NULL)
    return;
  if (!ENIGM_IS_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))))
    {
      end_removal (self);
      return;
    }
  name = g_markup_escape_text (enigm_contact_get_title (self->removed), -1);
  text = g_strdup_printf (_ ("Removing %s…"), name);
  self->undo = adw_toast_new (text);
  adw_toast_set_timeout (self->undo, UNDO_SECONDS);
  adw_toast_set_button_label (self->undo, _ ("_Undo"));
  adw_toast_set_priority (self->undo, ADW_TOAST_PRIORITY_HIGH);
  g_signal_connect_object (self->undo, "button-clicked", G_CALLBACK (on_undo_clicked), self, 0);
  g_signal_connect_object (self->undo, "dismissed", G_CALLBACK (on_undo_dismissed), self, 0);
  toast (self, g_object_ref (self->undo));
}

static void
remove_contact (EnigmContactsPage *self, EnigmContact *contact)
{
  end_removal (self);
  update_error (self, NULL);
  self->removed = g_object_ref (contact);
  g_hash_table_insert (self->removing, g_strdup (enigm_contact_get_contact_id (contact)),
                       g_strdup (enigm_contact_get_title (contact)));
  enigm_account_begin_removal_async (self->account, contact, NULL, on_removal_begun,
                                     g_object_ref (self));
}

/* What a row's menu does */

static void
on_contact_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmContactsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_move_contact_finish (ENIGM_ACCOUNT (source), result, &error);
  update_error (self, error);
}

static void
move_contact (EnigmContactsPage *self, EnigmContact *contact, int delta)
{
  update_error (self, NULL);
  enigm_account_move_contact_async (self->account, contact, delta, NULL, on_contact_moved,
                                    g_object_ref (self));
}

static void
on_row_chosen (EnigmContactRow *row, const char *what, gpointer user_data)
{
  EnigmContactsPage *self = user_data;
  EnigmContact *contact = enigm_contact_row_get_contact (row);

  if (g_str_equal (what, "up"))
    move_contact (self, contact, -1);
  else if (g_str_equal (what, "down"))
    move_contact (self, contact, 1);
  else if (g_str_equal (what, "label"))
    enigm_label_dialog_ask (GTK_WIDGET (self), self->account,
                            enigm_contact_get_contact_id (contact));
  else if (g_str_equal (what, "replace"))
    gtk_window_present (GTK_WINDOW (enigm_invite_window_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->account, contact)));
  else if (g_str_equal (what, "remove"))
    remove_contact (self, contact);
  else if (g_str_equal (what, "keep"))
    keep_contact (self, contact);
}

static GtkWidget *
create_contact_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = enigm_contact_row_new (item);

  g_signal_connect_object (row, "chosen", G_CALLBACK (on_row_chosen), user_data, 0);
  return row;
}

/* Invitations */

static void
on_invitation_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmContactsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_answer_invitation_finish (ENIGM_ACCOUNT (source), result, &error);
  update_error (self, error);
}

static void
on_invitation_chosen (EnigmInvitationRow *row, const char *answer, gpointer user_data)
{
  EnigmContactsPage *self = user_data;

  update_error (self, NULL);
  if (g_str_equal (answer, "label"))
    enigm_label_dialog_ask (
      GTK_WIDGET (self), self->account,
      enigm_invitation_get_contact_id (enigm_invitation_row_get_invitation (row)));
  else
    enigm_account_answer_invitation_async (self->account, enigm_invitation_row_get_invitation (row),
                                           answer, NULL, on_invitation_answered,
                                           g_object_ref (self));
}

static GtkWidget *
create_invitation_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = enigm_invitation_row_new (item);

  g_signal_connect_object (row, "chosen", G_CALLBACK (on_invitation_chosen), user_data, 0);
  return row;
}

static gboolean
is_invitation_shown (gpointer item, gpointer user_data)
{
  return enigm_invitation_get_state (item) != ENIGM_INVITATION_STATE_DECLINED;
}

/* One's own contact ID */

static void
on_copy_button_clicked (EnigmContactsPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          enigm_account_get_contact_id (self->account));
  toast (self, adw_toast_new (_ ("Your contact ID is copied")));
}

static void
on_picture_shown (EnigmContactsPage *self)
{
  adw_bin_set_child (self->picture_bin,
                     enigm_qr_picture_new (enigm_account_get_contact_id (self->account)));
}

/* The widget */

static void
enigm_contacts_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (enigm_contacts_page_parent_class)->map (widget);
  on_state_changed (ENIGM_CONTACTS_PAGE (widget));
}

static void
enigm_contacts_page_dispose (GObject *object)
{
  EnigmContactsPage *self = ENIGM_CONTACTS_PAGE (object);

  if (self->account != NULL)
    end_removal (self);
  g_clear_pointer (&self->removing, g_hash_table_unref);
  g_clear_object (&self->invitations);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (enigm_contacts_page_parent_class)->dispose (object);
}

static void
enigm_contacts_page_class_init (EnigmContactsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_contacts_page_dispose;
  widget_class->map = enigm_contacts_page_map;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/enigm/App/enigm-contacts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, own_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, picture_bin);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, invitations_box);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, invitations_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, contacts_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, waiting_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, waiting_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, conflict);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, invite_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, EnigmContactsPage, error_label);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_picture_shown);
  gtk_widget_class_bind_template_callback (widget_class, on_discard_button_clicked);
}

static void
enigm_contacts_page_init (EnigmContactsPage *self)
{
  g_type_ensure (ENIGM_TYPE_CONTACTS_CONFLICT);
  self->removing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_contacts_page_new (EnigmAccount *account)
{
  EnigmContactsPage *self = g_object_new (ENIGM_TYPE_CONTACTS_PAGE, NULL);

  self->account = g_object_ref (account);
  self->invitations = gtk_filter_list_model_new (
    g_object_ref (enigm_account_get_invitations (account)),
    GTK_FILTER (gtk_custom_filter_new (is_invitation_shown, NULL, NULL)));
  gtk_list_box_bind_model (self->contacts_list, enigm_account_get_contacts (account),
                           create_contact_row, self, NULL);
  gtk_list_box_bind_model (self->invitations_list, G_LIST_MODEL (self->invitations),
                           create_invitation_row, self, NULL);
  g_signal_connect_object (enigm_account_get_contacts (account), "items-changed",
                           G_CALLBACK (on_state_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->invitations, "items-changed", G_CALLBACK (update_contacts), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (account, "notify::contacts-state", G_CALLBACK (on_state_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::unknown-since", G_CALLBACK (update_waiting), self,
                           G_CONNECT_SWAPPED);
  enigm_contacts_conflict_set_account (self->conflict, account);
  on_state_changed (self);
  return GTK_WIDGET (self);
}
