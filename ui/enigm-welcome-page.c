/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-welcome-page.h"

#include <glib/gi18n.h>

#include "enigm-busy.h"
#include "enigm-error.h"
#include "enigm-file-choice.h"

/* The row after those of the kinds of trust, where somebody signs in again. */
#define AS_BEFORE (ENIGM_TRUST_PIN + 1)

typedef enum
{
  MODE_INTRO,
  MODE_CREATE,
  MODE_SIGN_IN,
  MODE_SIGN_IN_AGAIN,
} Mode;

struct _EnigmWelcomePage
{
  AdwBin parent_instance;

  GtkButton *back_button;
  GtkStack *stack;
  GtkButton *create_button;
  GtkWidget *form;
  GtkLabel *form_title;
  GtkLabel *form_text;
  GtkEditable *origin_row;
  AdwComboRow *trust_row;
  GtkEditable *ca_row;
  GtkEditable *pin_of_platform_row;
  GtkLabel *origin_error;
  GtkEditable *user_row;
  GtkEditable *password_row;
  GtkEditable *pin_row;
  GtkLabel *user_error;
  GtkWidget *pin_hint;
  GtkSpinner *spinner;
  GtkButton *submit_button;

  EnigmAccount *account;
  GCancellable *cancellable;
  GCancellable *choosing;
  Mode mode;
  gboolean busy;
  char *origin;
};

G_DEFINE_FINAL_TYPE (EnigmWelcomePage, enigm_welcome_page, ADW_TYPE_BIN)

/* What is visible */

static void
update_form (EnigmWelcomePage *self)
{
  const gboolean again = self->mode == MODE_SIGN_IN_AGAIN;
  const gboolean create = self->mode == MODE_CREATE;
  const guint trust = adw_combo_row_get_selected (self->trust_row);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_stack_set_visible_child_name (self->stack, self->mode == MODE_INTRO ? "intro" : "form");
  gtk_widget_set_visible (GTK_WIDGET (self->back_button), self->mode != MODE_INTRO && !again);
  gtk_label_set_label (self->form_title, create  ? _ ("Create an Account")
                                         : again ? _ ("Sign In Again")
                                                 : _ ("Sign In"));
  gtk_label_set_label (
    self->form_text,
    create  ? _ ("The account is made on the platform. This computer is then signed in to it.")
    : again ? _ ("This computer was closed in your account. What it knows about your key and your "
                 "contacts is kept if you sign in to the same account.")
            : _ ("Your keys and contacts come with your account."));
  gtk_button_set_label (self->submit_button, create ? _ ("_Create Account") : _ ("_Sign In"));

  gtk_widget_set_visible (GTK_WIDGET (self->ca_row), trust == ENIGM_TRUST_CA);
  gtk_widget_set_visible (GTK_WIDGET (self->pin_of_platform_row), trust == ENIGM_TRUST_PIN);
  gtk_widget_set_visible (GTK_WIDGET (self->pin_row), create);
  gtk_widget_set_visible (self->pin_hint, create);

  enigm_busy_set (self->form, self->busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->busy);
  gtk_spinner_set_spinning (self->spinner, self->busy);
  if (GTK_IS_WINDOW (root))
    gtk_window_set_default_widget (GTK_WINDOW (root), self->mode == MODE_INTRO
                                                        ? GTK_WIDGET (self->create_button)
                                                        : GTK_WIDGET (self->submit_button));
}

static void
show_error (GtkLabel *label, GtkWidget *row, const GError *error)
{
  gtk_widget_add_css_class (GTK_WIDGET (label), "error");
  gtk_label_set_label (label, error->message);
  gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
  if (row == NULL)
    return;
  gtk_widget_add_css_class (row, "error");
  gtk_widget_grab_focus (row);
}

static void
clear_errors (EnigmWelcomePage *self)
{
  GtkEditable *rows[] = { self->origin_row, self->ca_row,       self->pin_of_platform_row,
                          self->user_row,   self->password_row, self->pin_row };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (rows[i]), "error");
  gtk_widget_remove_css_class (GTK_WIDGET (self->trust_row), "error");
  gtk_widget_set_visible (GTK_WIDGET (self->origin_error), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->user_error), FALSE);
}

/* Signing in */

static void
set_busy (EnigmWelcomePage *self, gboolean busy)
{
  self->busy = busy;
  update_form (self);
}

static void
end (EnigmWelcomePage *self, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, FALSE);
  if (error == NULL)
    {
      gtk_editable_set_text (self->password_row, "");
      gtk_editable_set_text (self->pin_row, "");
    }
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SIGN_IN_WRONG))
    show_error (self->user_error, GTK_WIDGET (self->password_row), error);
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY) ||
           g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_CERTIFICATE) ||
           g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER))
    show_error (self->origin_error, GTK_WIDGET (self->origin_row), error);
  else
    show_error (self->user_error, NULL, error);
}

static void
on_signed_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmWelcomePage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_sign_up_finish (ENIGM_ACCOUNT (source), result, &error);
  end (self, error);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmWelcomePage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_sign_in_finish (ENIGM_ACCOUNT (source), result, &error);
  end (self, error);
}

/* Nothing is no secret; the zero byte at its end is one that is too short, and refused as such. */
static EnigmSecret *
dup_secret (GtkEditable *row)
{
  const char *text = gtk_editable_get_text (row);

  return enigm_secret_new_copy ((const guint8 *) text, MAX (strlen (text), 1));
}

static void
sign_in (EnigmWelcomePage *self, EnigmTrust *trust)
{
  g_autoptr (EnigmSecret) password = dup_secret (self->password_row);
  const char *user = gtk_editable_get_text (self->user_row);

  set_busy (self, TRUE);
  if (self->mode == MODE_CREATE)
    {
      g_autoptr (EnigmSecret) pin = dup_secret (self->pin_row);

      enigm_account_sign_up_async (self->account, self->origin, trust, user, password, pin, NULL,
                                   self->cancellable, on_signed_up, g_object_ref (self));
    }
  else
    enigm_account_sign_in_async (self->account, self->origin, trust, user, password, NULL,
                                 self->cancellable, on_signed_in, g_object_ref (self));
}

static void
on_ca_file_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmWelcomePage) self = user_data;
  g_autoptr (EnigmTrust) trust = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) plain = NULL;
  g_autoptr (GBytes) pem = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (pem == NULL)
    {
      plain = g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                                   _ ("The authority's file cannot be read. Choose another one; "
                                      "nothing was sent."));
      show_error (self->origin_error, GTK_WIDGET (self->ca_row), plain);
      return;
    }
  trust = enigm_trust_new_ca (pem, &plain);
  if (trust == NULL)
    show_error (self->origin_error, GTK_WIDGET (self->ca_row), plain);
  else
    sign_in (self, trust);
}

static gboolean
check_account (EnigmWelcomePage *self)
{
  g_autoptr (EnigmSecret) password = dup_secret (self->password_row);
  g_autoptr (EnigmSecret) pin = dup_secret (self->pin_row);
  g_autoptr (GError) error = NULL;

  if (!enigm_account_check_user (gtk_editable_get_text (self->user_row), &error))
    show_error (self->user_error, GTK_WIDGET (self->user_row), error);
  else if (!enigm_account_check_password (password, &error))
    show_error (self->user_error, GTK_WIDGET (self->password_row), error);
  else if (self->mode == MODE_CREATE && !enigm_account_check_pin (pin, &error))
    show_error (self->user_error, GTK_WIDGET (self->pin_row), error);
  return error == NULL;
}

static void
trust_and_sign_in (EnigmWelcomePage *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTrust) trust = NULL;
  g_autoptr (GFile) file = NULL;

  switch (adw_combo_row_get_selected (self->trust_row))
    {
    case ENIGM_TRUST_CA:
      file = g_file_new_for_path (gtk_editable_get_text (self->ca_row));
      g_file_load_bytes_async (file, self->cancellable, on_ca_file_loaded, g_object_ref (self));
      return;
    case ENIGM_TRUST_PIN:
      trust =
        enigm_trust_new_pin_from_hex (gtk_editable_get_text (self->pin_of_platform_row), &error);
      if (trust == NULL)
        {
          show_error (self->origin_error, GTK_WIDGET (self->pin_of_platform_row), error);
          return;
        }
      break;
    case AS_BEFORE:
      g_set_object (&trust, enigm_account_get_kept_trust (self->account, self->origin));
      if (trust == NULL)
        {
          g_set_error_literal (&error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_CERTIFICATE,
                               _ ("This is not the platform that this computer was signed in to. "
                                  "Choose what this one is trusted through; nothing was sent."));
          show_error (self->origin_error, GTK_WIDGET (self->trust_row), error);
          return;
        }
      break;
    case ENIGM_TRUST_SYSTEM:
    default:
      trust = enigm_trust_new_system ();
      break;
    }
  sign_in (self, trust);
}

static void
on_submit_button_clicked (EnigmWelcomePage *self)
{
  g_autoptr (GError) error = NULL;

  if (self->busy)
    return;
  clear_errors (self);
  g_clear_pointer (&self->origin, g_free);
  self->origin = enigm_platform_check_origin (gtk_editable_get_text (self->origin_row), &error);
  if (self->origin == NULL)
    show_error (self->origin_error, GTK_WIDGET (self->origin_row), error);
  else if (check_account (self))
    trust_and_sign_in (self);
}

/* Moving about */

static void
set_mode (EnigmWelcomePage *self, Mode mode)
{
  self->mode = mode;
  clear_errors (self);
  update_form (self);
  if (mode != MODE_INTRO)
    gtk_widget_grab_focus (GTK_WIDGET (
      *gtk_editable_get_text (self->origin_row) == '\0' ? self->origin_row : self->user_row));
}

static void
on_create_button_clicked (EnigmWelcomePage *self)
{
  set_mode (self, MODE_CREATE);
}

static void
on_sign_in_button_clicked (EnigmWelcomePage *self)
{
  set_mode (self, MODE_SIGN_IN);
}

static void
on_back_button_clicked (EnigmWelcomePage *self)
{
  set_mode (self, MODE_INTRO);
}

static void
on_form_changed (EnigmWelcomePage *self)
{
  clear_errors (self);
}

static void
on_trust_row_notified (EnigmWelcomePage *self)
{
  clear_errors (self);
  update_form (self);
}

static void
say_of_file (EnigmWelcomePage *self, const char *words, gboolean is_trouble)
{
  if (is_trouble)
    gtk_widget_add_css_class (GTK_WIDGET (self->origin_error), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->origin_error), "error");
  gtk_label_set_label (self->origin_error, words);
  gtk_widget_set_visible (GTK_WIDGET (self->origin_error), TRUE);
}

static void
on_file_late (gpointer user_data)
{
  say_of_file (user_data,
               _ ("Your desktop has not handed over a file yet. Choose one in its window, or trust "
                  "the platform in another way."),
               FALSE);
}

static void
on_file_chosen (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmWelcomePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = enigm_file_choice_finish (result, &error);

  /* After the page has gone, or for an older question than the last one. */
  if (self->choosing == NULL || g_task_get_cancellable (G_TASK (result)) != self->choosing)
    return;
  clear_errors (self);
  if (file != NULL)
    {
      g_autofree char *path = g_file_get_path (file);

      gtk_editable_set_text (self->ca_row, path != NULL ? path : "");
    }
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_DESKTOP_MISSING))
    say_of_file (self,
                 _ ("This desktop offers no way to hand a file to Enigm App. Trust the platform by "
                    "its public key instead."),
                 TRUE);
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_DESKTOP_REFUSED))
    say_of_file (
      self,
      _ ("Your desktop handed over no file. Nothing was changed. Try again, or trust the "
         "platform in another way."),
      TRUE);
}

static void
on_choose_button_clicked (EnigmWelcomePage *self)
{
  /* One that was not answered is given up: its late answer would be to an older question. */
  g_cancellable_cancel (self->choosing);
  g_clear_object (&self->choosing);
  self->choosing = g_cancellable_new ();
  enigm_file_choice_async (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                           GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Choose the Authority's File"),
                           _ ("_Choose"), NULL, on_file_late, self->choosing, on_file_chosen,
                           g_object_ref (self));
}

/* The widget */

static void
enigm_welcome_page_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (enigm_welcome_page_parent_class)->root (widget);
  update_form (ENIGM_WELCOME_PAGE (widget));
}

static void
enigm_welcome_page_unroot (GtkWidget *widget)
{
  /* A desktop that never answers must not keep a page that has gone. */
  g_cancellable_cancel (ENIGM_WELCOME_PAGE (widget)->choosing);
  GTK_WIDGET_CLASS (enigm_welcome_page_parent_class)->unroot (widget);
}

static void
enigm_welcome_page_dispose (GObject *object)
{
  EnigmWelcomePage *self = ENIGM_WELCOME_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->choosing);
  g_clear_object (&self->account);
  g_clear_pointer (&self->origin, g_free);
  G_OBJECT_CLASS (enigm_welcome_page_parent_class)->dispose (object);
}

static void
enigm_welcome_page_class_init (EnigmWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_welcome_page_dispose;
  widget_class->root = enigm_welcome_page_root;
  widget_class->unroot = enigm_welcome_page_unroot;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, back_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, create_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, form);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, form_title);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, form_text);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, origin_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, trust_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, ca_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, pin_of_platform_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, origin_error);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, user_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, password_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, pin_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, user_error);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, pin_hint);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EnigmWelcomePage, submit_button);
  gtk_widget_class_bind_template_callback (widget_class, on_create_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_back_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_form_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_trust_row_notified);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_submit_button_clicked);
}

static void
enigm_welcome_page_init (EnigmWelcomePage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_welcome_page_new (EnigmAccount *account, EnigmApplication *application)
{
  EnigmWelcomePage *self = g_object_new (ENIGM_TYPE_WELCOME_PAGE, NULL);
  const char *ca = enigm_application_get_ca_hint (application);

  self->account = g_object_ref (account);
  gtk_editable_set_text (self->origin_row, enigm_application_get_platform_hint (application));
  if (*ca != '\0')
    {
      adw_combo_row_set_selected (self->trust_row, ENIGM_TRUST_CA);
      gtk_editable_set_text (self->ca_row, ca);
    }
  if (enigm_account_get_state (account) == ENIGM_ACCOUNT_STATE_SESSION_ENDED)
    {
      self->mode = MODE_SIGN_IN_AGAIN;
      gtk_editable_set_text (self->origin_row, enigm_account_get_origin (account));
      gtk_editable_set_text (self->user_row, enigm_account_get_user (account));
      gtk_string_list_append (GTK_STRING_LIST (adw_combo_row_get_model (self->trust_row)),
                              _ ("As before"));
      adw_combo_row_set_selected (self->trust_row, AS_BEFORE);
    }
  update_form (self);
  return GTK_WIDGET (self);
}
