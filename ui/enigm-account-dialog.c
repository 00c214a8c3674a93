/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-dialog.h"

#include <glib/gi18n.h>

#include "enigm-button.h"
#include "enigm-closing.h"
#include "enigm-computers.h"
#include "enigm-error.h"
#include "enigm-reason-choice.h"
#include "enigm-secrets.h"

#define MAX_FIELDS 2

/* What is asked. One with a confirmation is confirmed before anything secret is typed. */
static const struct
{
  const char *confirm_heading;
  const char *confirm_body;
  const char *confirm_button;
  const char *heading;
  const char *body;
  const char *fields[MAX_FIELDS];
  const char *button;
  const char *result;
  AdwResponseAppearance appearance;
} changes[] = {
  [ENIGM_ACCOUNT_CHANGE_PASSWORD] = { .heading = N_ ("Change your password"),
                                      .body = N_ ("Computers that are signed in stay so. To close "
                                                  "the others, use “Close the Others” "
                                                  "afterwards."),
                                      .fields = { N_ ("Password now"), N_ ("New password") },
                                      .button = N_ ("_Change"),
                                      .result = N_ ("Your password is changed."),
                                      .appearance = ADW_RESPONSE_SUGGESTED },
  [ENIGM_ACCOUNT_CHANGE_PIN] = { .heading = N_ ("Change your PIN"),
                                 .body = N_ ("The PIN stands before what cannot be undone for "
                                             "everything at once. It never "
                                             "stands before revoking one key."),
                                 .fields = { N_ ("Password"), N_ ("New PIN (six digits)") },
                                 .button = N_ ("_Change"),
                                 .result = N_ ("Your PIN is changed."),
                                 .appearance = ADW_RESPONSE_SUGGESTED },
  [ENIGM_ACCOUNT_CLOSE_OTHERS] = { .heading = N_ ("Close every other computer?"),
                                   .body = N_ ("They know so at once, and cannot manage your keys "
                                               "any more. This one stays signed "
                                               "in. Five wrong PINs in a row close this one."),
                                   .fields = { N_ ("PIN") },
                                   .button = N_ ("C_lose Them"),
                                   .result = N_ ("Every other computer is closed."),
                                   .appearance = ADW_RESPONSE_DESTRUCTIVE },
  [ENIGM_ACCOUNT_REVOKE_ALL] = { .confirm_heading = N_ ("Revoke all your keys?"),
                                 .confirm_body = N_ ("Every key stops working at once, wherever it "
                                                     "is. Nobody is told when you "
                                                     "press one. Alerts already sent stay with "
                                                     "your contacts. This cannot be "
                                                     "undone; keys can be paired again later."),
                                 .confirm_button = N_ ("_Go On"),
                                 .heading = N_ ("Revoke all with your PIN"),
                                 .body = N_ ("Five wrong PINs in a row close this computer."),
                                 .fields = { N_ ("PIN") },
                                 .button = N_ ("_Revoke All"),
                                 .result = N_ (
                                   "All your keys are revoked. None of them can raise an alert."),
                                 .appearance = ADW_RESPONSE_DESTRUCTIVE },
  [ENIGM_ACCOUNT_DELETE] = { .confirm_heading = N_ ("Delete your account?"),
                             .confirm_body = N_ ("Your keys stop working at once and belong to "
                                                 "nobody: nobody is told when "
                                                 "you press one. Your contacts lose your alerts, "
                                                 "and you are nobody’s "
                                                 "contact any more. Everything on the platform and "
                                                 "on this computer goes. "
                                                 "This cannot be undone."),
                             .confirm_button = N_ ("_Go On"),
                             .heading = N_ ("Delete with your PIN"),
                             .body = N_ ("Five wrong PINs in a row close this computer."),
                             .fields = { N_ ("PIN") },
                             .button = N_ ("_Delete Everything"),
                             .result = N_ ("Your account is deleted."),
                             .appearance = ADW_RESPONSE_DESTRUCTIVE },
};

typedef struct
{
  GtkWidget *widget;
  EnigmAccount *account;
  EnigmAccountChange change;
  EnigmAccountDialogFunc done;
  EnigmReasonChoice *reason;
  GtkEditable *fields[MAX_FIELDS];
} Question;

static void
question_free (Question *question)
{
  for (guint i = 0; i < MAX_FIELDS; i++)
    g_clear_object (&question->fields[i]);
  g_clear_object (&question->reason);
  g_clear_object (&question->widget);
  g_clear_object (&question->account);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_idle (gpointer user_data)
{
  question_free (user_data);
}

/* In libadwaita 1.2 a password's row must outlive the text inside, which the one who typed it there
 * may hold for a moment longer than the dialog. */
static void
question_free_later (Question *question)
{
  g_idle_add_once (on_idle, question);
}

static void ask_secrets (Question *question, const char *trouble);

static gboolean
finish (Question *question, GAsyncResult *result, GError **error)
{
  switch (question->change)
    {
    case ENIGM_ACCOUNT_CHANGE_PASSWORD:
      return enigm_account_change_password_finish (question->account, result, error);
    case ENIGM_ACCOUNT_CHANGE_PIN:
      return enigm_account_change_pin_finish (question->account, result, error);
    case ENIGM_ACCOUNT_CLOSE_OTHERS:
      return enigm_account_close_others_finish (question->account, result, NULL, error);
    case ENIGM_ACCOUNT_REVOKE_ALL:
      return enigm_account_revoke_all_finish (question->account, result, NULL, error);
    case ENIGM_ACCOUNT_DELETE:
      return enigm_account_delete_finish (question->account, result, error);
    default:
      g_assert_not_reached ();
    }
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  const gboolean done = finish (question, result, &error);

  /* The window may have been closed meanwhile; what was asked for is done all the same. */
  if (gtk_widget_get_root (question->widget) == NULL)
    return;
  if (done)
    question->done (_ (changes[question->change].result), question->widget);
  else
    {
      g_autofree char *why = g_strdup (error->message);

      ask_secrets (g_steal_pointer (&question), why);
    }
}

static void
begin (Question *question, EnigmSecret *first, EnigmSecret *second)
{
  EnigmAccount *account = question->account;

  switch (question->change)
    {
    case ENIGM_ACCOUNT_CHANGE_PASSWORD:
      enigm_account_change_password_async (account, first, second, NULL, on_done, question);
      break;
    case ENIGM_ACCOUNT_CHANGE_PIN:
      enigm_account_change_pin_async (account, first, second, NULL, on_done, question);
      break;
    case ENIGM_ACCOUNT_CLOSE_OTHERS:
      enigm_account_close_others_async (account, first, NULL, on_done, question);
      break;
    case ENIGM_ACCOUNT_REVOKE_ALL:
      enigm_account_revoke_all_async (account, enigm_reason_choice_get_reason (question->reason),
                                      first, NULL, on_done, question);
      break;
    case ENIGM_ACCOUNT_DELETE:
      enigm_account_delete_async (account, first, NULL, on_done, question);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Nothing is no secret; the zero byte at its end is one that is too short, and refused as such. */
static EnigmSecret *
take_secret (GtkEditable *field)
{
  const char *text = field != NULL ? gtk_editable_get_text (field) : "";
  EnigmSecret *secret = enigm_secret_new_copy ((const guint8 *) text, MAX (strlen (text), 1));

  if (field != NULL)
    gtk_editable_set_text (field, "");
  return secret;
}

static void
on_secrets_responded (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (EnigmSecret) first = NULL;
  g_autoptr (EnigmSecret) second = NULL;

  if (!g_str_equal (response, "do"))
    {
      question_free_later (question);
      return;
    }
  first = take_secret (question->fields[0]);
  second = take_secret (question->fields[1]);
  begin (question, first, second);
}

static GtkWidget *
new_dialog (Question *question, const char *heading, const char *body, const char *button)
{
  const AdwResponseAppearance appearance = changes[question->change].appearance;
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (question->widget)),
                                              _ (heading), _ (body));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "do",
                                    _ (button), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "do", appearance);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  return dialog;
}

static void
ask_secrets (Question *question, const char *trouble)
{
  const char *const *fields = changes[question->change].fields;
  GtkWidget *dialog = new_dialog (question, changes[question->change].heading,
                                  changes[question->change].body, changes[question->change].button);
  GtkWidget *list = gtk_list_box_new ();

  if (trouble != NULL)
    adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), trouble);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; i < MAX_FIELDS && fields[i] != NULL; i++)
    {
      GtkWidget *row = adw_password_entry_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (fields[i]));
      adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
      gtk_list_box_append (GTK_LIST_BOX (list), row);
      g_set_object (&question->fields[i], GTK_EDITABLE (row));
    }
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), list);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "do");
  g_signal_connect (dialog, "response", G_CALLBACK (on_secrets_responded), question);
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (GTK_WIDGET (question->fields[0]));
}

static void
on_confirm_responded (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  g_autoptr (Question) question = user_data;

  if (g_str_equal (response, "do"))
    ask_secrets (g_steal_pointer (&question), NULL);
}

void
enigm_account_dialog_ask (GtkWidget *widget,
                          EnigmAccount *account,
                          EnigmAccountChange change,
                          EnigmAccountDialogFunc done)
{
  Question *question = g_new0 (Question, 1);
  GtkWidget *dialog;

  question->widget = g_object_ref (widget);
  question->account = g_object_ref (account);
  question->change = change;
  question->done = done;
  if (changes[change].confirm_heading == NULL)
    {
      ask_secrets (question, NULL);
      return;
    }
  dialog = new_dialog (question, changes[change].confirm_heading, changes[change].confirm_body,
                       changes[change].confirm_button);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  if (change == ENIGM_ACCOUNT_REVOKE_ALL)
    {
      question->reason = g_object_ref_sink (ENIGM_REASON_CHOICE (enigm_reason_choice_new ()));
      adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog),
                                          GTK_WIDGET (question->reason));
    }
  g_signal_connect (dialog, "response", G_CALLBACK (on_confirm_responded), question);
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (gtk_window_get_default_widget (GTK_WINDOW (dialog)));
}
