/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-group.h"

#include <glib/gi18n.h>

#include "enigm-account-dialog.h"
#include "enigm-export.h"

struct _EnigmAccountGroup
{
  AdwPreferencesGroup parent_instance;

  EnigmAccount *account;
};

G_DEFINE_FINAL_TYPE (EnigmAccountGroup, enigm_account_group, ADW_TYPE_PREFERENCES_GROUP)

static void
on_changed (const char *sentence, gpointer widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), adw_toast_new (sentence));
}

static void
on_password_button_clicked (EnigmAccountGroup *self)
{
  enigm_account_dialog_ask (GTK_WIDGET (self), self->account, ENIGM_ACCOUNT_CHANGE_PASSWORD,
                            on_changed);
}

static void
on_pin_button_clicked (EnigmAccountGroup *self)
{
  enigm_account_dialog_ask (GTK_WIDGET (self), self->account, ENIGM_ACCOUNT_CHANGE_PIN, on_changed);
}

static void
on_export_button_clicked (EnigmAccountGroup *self)
{
  enigm_export_account (GTK_WIDGET (self), self->account);
}

static void
on_delete_button_clicked (EnigmAccountGroup *self)
{
  enigm_account_dialog_ask (GTK_WIDGET (self), self->account, ENIGM_ACCOUNT_DELETE, on_changed);
}

static void
enigm_account_group_dispose (GObject *object)
{
  g_clear_object (&ENIGM_ACCOUNT_GROUP (object)->account);
  G_OBJECT_CLASS (enigm_account_group_parent_class)->dispose (object);
}

static void
enigm_account_group_class_init (EnigmAccountGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_account_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/enigm/App/enigm-account-group.ui");
  gtk_widget_class_bind_template_callback (widget_class, on_password_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_pin_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_export_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_button_clicked);
}

static void
enigm_account_group_init (EnigmAccountGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
enigm_account_group_set_account (EnigmAccountGroup *self, EnigmAccount *account)
{
  g_return_if_fail (self->account == NULL);
  self->account = g_object_ref (account);
}
