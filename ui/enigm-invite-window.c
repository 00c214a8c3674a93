/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-invite-window.h"

#include <glib/gi18n.h>

#include "enigm-busy.h"
#include "enigm-window.h"

/* Without hyphens. */
#define CONTACT_ID_CHARACTERS 20

struct _EnigmInviteWindow
{
  AdwWindow parent_instance;

  GtkWidget *form;
  GtkLabel *text;
  GtkEditable *contact_id_row;
  GtkEditable *label_row;
  GtkLabel *error_label;
  GtkWidget *invite_button;
  GtkSpinner *spinner;

  EnigmAccount *account;
  EnigmContact *replaced;
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (EnigmInviteWindow, enigm_invite_window, ADW_TYPE_WINDOW)

static void
update_window (EnigmInviteWindow *self, const GError *error)
{
  enigm_busy_set (self->form, self->busy);
  gtk_widget_set_sensitive (self->invite_button,
                            !self->busy && *gtk_editable_get_text (self->contact_id_row) != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->busy);
  gtk_spinner_set_spinning (self->spinner, self->busy);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  if (error == NULL)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->contact_id_row), "error");
      return;
    }
  gtk_label_set_label (self->error_label, error->message);
  gtk_widget_add_css_class (GTK_WIDGET (self->contact_id_row), "error");
}

/* A whole contact ID is looked at as soon as it is there, typed or pasted. */
static gboolean
is_whole (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += g_ascii_isalnum (*text) != 0;
  return n >= CONTACT_ID_CHARACTERS;
}

static char *
check (EnigmInviteWindow *self, GError **error)
{
  const char *text = gtk_editable_get_text (self->contact_id_row);

  return self->replaced != NULL ? enigm_account_check_replacement (self->account, text, error)
                                : enigm_account_check_new_contact (self->account, text, error);
}

static gboolean
end (EnigmInviteWindow *self, const GError *error)
{
  GtkWindow *parent;

  if (self->account == NULL)
    return FALSE;
  self->busy = FALSE;
  update_window (self, error);
  if (error != NULL)
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->contact_id_row));
      return FALSE;
    }
  parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  if (ENIGM_IS_WINDOW (parent))
    enigm_window_add_toast (
      ENIGM_WINDOW (parent),
      adw_toast_new (enigm_account_get_contacts_state (self->account) ==
                         ENIGM_CONTACTS_STATE_WAITING
                       ? _ ("Waits for the network")
                       : _ ("Invited. They have to accept in their own app.")));
  gtk_window_close (GTK_WINDOW (self));
  return TRUE;
}

static void
on_contact_replaced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmInviteWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_replace_contact_finish (ENIGM_ACCOUNT (source), result, &error);
  end (self, error);
}

static void
on_contact_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmInviteWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_add_contact_finish (ENIGM_ACCOUNT (source), result, &error);
  end (self, error);
}

static void
on_invite_button_clicked (EnigmInviteWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contact_id = check (self, &error);

  if (contact_id == NULL)
    {
      update_window (self, error);
      gtk_widget_grab_focus (GTK_WIDGET (self->contact_id_row));
      return;
    }
  self->busy = TRUE;
  update_window (self, NULL);
  if (self->replaced != NULL)
    enigm_account_replace_contact_async (self->account, self->replaced, contact_id,
                                         gtk_editable_get_text (self->label_row), NULL,
                                         on_contact_replaced, g_object_ref (self));
  else
    enigm_account_add_contact_async (self->account, contact_id,
                                     gtk_editable_get_text (self->label_row), NULL,
                                     on_contact_added, g_object_ref (self));
}

static void
on_row_changed (EnigmInviteWindow *self)
{
  g_autoptr (GError) error = NULL;

  if (is_whole (gtk_editable_get_text (self->contact_id_row)))
    g_free (check (self, &error));
  update_window (self, error);
}

static void
enigm_invite_window_dispose (GObject *object)
{
  EnigmInviteWindow *self = ENIGM_INVITE_WINDOW (object);

  g_clear_object (&self->account);
  g_clear_object (&self->replaced);
  G_OBJECT_CLASS (enigm_invite_window_parent_class)->dispose (object);
}

static void
enigm_invite_window_class_init (EnigmInviteWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_invite_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/enigm/App/enigm-invite-window.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmInviteWindow, form);
  gtk_widget_class_bind_template_child (widget_class, EnigmInviteWindow, text);
  gtk_widget_class_bind_template_child (widget_class, EnigmInviteWindow, contact_id_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmInviteWindow, label_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmInviteWindow, error_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmInviteWindow, invite_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmInviteWindow, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_invite_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_row_changed);
}

static void
enigm_invite_window_init (EnigmInviteWindow *self)
{
  GtkEditable *inner;

  gtk_widget_init_template (GTK_WIDGET (self));
  inner = gtk_editable_get_delegate (self->label_row);
  if (GTK_IS_TEXT (inner))
    gtk_text_set_max_length (GTK_TEXT (inner), ENIGM_LABEL_MAX / 4);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->invite_button);
  gtk_widget_grab_focus (GTK_WIDGET (self->contact_id_row));
}

GtkWidget *
enigm_invite_window_new (GtkWindow *parent, EnigmAccount *account, EnigmContact *replaced)
{
  EnigmInviteWindow *self = g_object_new (ENIGM_TYPE_INVITE_WINDOW, "transient-for", parent, NULL);

  self->account = g_object_ref (account);
  g_set_object (&self->replaced, replaced);
  gtk_window_set_title (GTK_WINDOW (self),
                        replaced != NULL ? _ ("Replace a Contact") : _ ("Invite a Contact"));
  if (replaced != NULL)
    {
      g_autofree char *text = g_strdup_printf (
        _ ("Invites somebody else. Once that is sent, %s is no longer told. Until they accept, "
           "an alert does not reach the new contact."),
        enigm_contact_get_title (replaced));

      gtk_label_set_label (self->text, text);
    }
  else
    gtk_label_set_label (self->text,
                         _ ("Only people with Enigm App and an account on your platform are "
                            "reached. They find their contact ID on their Contacts page, and have "
                            "to accept there. Until then an alert does not reach them."));
  update_window (self, NULL);
  return GTK_WIDGET (self);
}
