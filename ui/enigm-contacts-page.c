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
  GtkFilterListModel *contacts;
  GtkCustomFilter *filter;
  GtkFilterListModel *invitations;
  /* Removed here; the platform is told when nobody has taken it back in time. */
  EnigmContact *removed;
  AdwToast *undo;
};

G_DEFINE_FINAL_TYPE (EnigmContactsPage, enigm_contacts_page, ADW_TYPE_BIN)

/* What is visible */

static void
update_contacts (EnigmContactsPage *self)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->contacts));
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

static void
on_state_changed (EnigmContactsPage *self)
{
  update_contacts (self);
  update_waiting (self);
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

static void
on_contact_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmContactsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_remove_contact_finish (ENIGM_ACCOUNT (source), result, &error))
    update_error (self, error);
  if (self->filter != NULL)
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  /* The last window may be gone: the process waited for this. */
  g_application_release (g_application_get_default ());
}

static void
commit_removal (EnigmContactsPage *self)
{
  g_autoptr (EnigmContact) contact = g_steal_pointer (&self->removed);

  g_clear_object (&self->undo);
  if (contact == NULL)
    return;
  g_application_hold (g_application_get_default ());
  enigm_account_remove_contact_async (self->account, contact, NULL, on_contact_removed,
                                      g_object_ref (self));
}

static void
on_undo_clicked (AdwToast *undo, gpointer user_data)
{
  EnigmContactsPage *self = user_data;

  if (undo != self->undo)
    return;
  g_clear_object (&self->removed);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_LESS_STRICT);
}

static void
on_undo_dismissed (AdwToast *undo, gpointer user_data)
{
  EnigmContactsPage *self = user_data;

  if (undo == self->undo)
    commit_removal (self);
}

static void
remove_contact (EnigmContactsPage *self, EnigmContact *contact)
{
  g_autofree char *name = g_markup_escape_text (enigm_contact_get_title (contact), -1);
  g_autofree char *text = g_strdup_printf (_ ("%s is no longer told"), name);
  AdwToast *undo = adw_toast_new (text);

  commit_removal (self);
  self->removed = g_object_ref (contact);
  self->undo = g_object_ref (undo);
  adw_toast_set_timeout (undo, UNDO_SECONDS);
  adw_toast_set_button_label (undo, _ ("_Undo"));
  adw_toast_set_priority (undo, ADW_TOAST_PRIORITY_HIGH);
  g_signal_connect_object (undo, "button-clicked", G_CALLBACK (on_undo_clicked), self, 0);
  g_signal_connect_object (undo, "dismissed", G_CALLBACK (on_undo_dismissed), self, 0);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_MORE_STRICT);
  toast (self, undo);
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
on_contact_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmContactsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_add_contact_finish (ENIGM_ACCOUNT (source), result, &error);
  update_error (self, error);
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
    enigm_account_add_contact_async (self->account, enigm_contact_get_contact_id (contact), NULL,
                                     NULL, on_contact_kept, g_object_ref (self));
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

static gboolean
is_contact_shown (gpointer item, gpointer user_data)
{
  EnigmContactsPage *self = user_data;

  return self->removed == NULL || !g_str_equal (enigm_contact_get_contact_id (item),
                                                enigm_contact_get_contact_id (self->removed));
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
    commit_removal (self);
  g_clear_object (&self->contacts);
  g_clear_object (&self->filter);
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
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_contacts_page_new (EnigmAccount *account)
{
  EnigmContactsPage *self = g_object_new (ENIGM_TYPE_CONTACTS_PAGE, NULL);

  self->account = g_object_ref (account);
  self->filter = gtk_custom_filter_new (is_contact_shown, self, NULL);
  self->contacts = gtk_filter_list_model_new (g_object_ref (enigm_account_get_contacts (account)),
                                              GTK_FILTER (g_object_ref (self->filter)));
  self->invitations = gtk_filter_list_model_new (
    g_object_ref (enigm_account_get_invitations (account)),
    GTK_FILTER (gtk_custom_filter_new (is_invitation_shown, NULL, NULL)));
  gtk_list_box_bind_model (self->contacts_list, G_LIST_MODEL (self->contacts), create_contact_row,
                           self, NULL);
  gtk_list_box_bind_model (self->invitations_list, G_LIST_MODEL (self->invitations),
                           create_invitation_row, self, NULL);
  g_signal_connect_object (self->contacts, "items-changed", G_CALLBACK (update_contacts), self,
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
