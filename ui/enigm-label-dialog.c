/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-label-dialog.h"

#include <glib/gi18n.h>

#include "enigm-button.h"
#include "enigm-trouble.h"

typedef struct
{
  GtkWidget *widget;
  EnigmAccount *account;
  EnigmKey *key;
  char *contact_id;
  GtkEditable *entry;
  GtkEditable *note;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_clear_object (&question->widget);
  g_clear_object (&question->account);
  g_clear_object (&question->key);
  g_free (question->contact_id);
  g_free (question);
}

/* A person's words are kept on this computer: what fails there is its disk. */

static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_note_contact_finish (ENIGM_ACCOUNT (source), result, &error))
    enigm_trouble_say (widget, _ ("The note could not be kept"), error->message);
}

static void
on_renamed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_rename_key_finish (ENIGM_ACCOUNT (source), result, &error))
    enigm_trouble_say (widget, _ ("The name could not be kept"), error->message);
}

/* A label that goes before its note. */
typedef struct
{
  GtkWidget *widget;
  char *contact_id;
  char *note;
} Words;

static void
on_labelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Words *words = user_data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_label_contact_finish (ENIGM_ACCOUNT (source), result, &error))
    enigm_account_note_contact_async (ENIGM_ACCOUNT (source), words->contact_id, words->note, NULL,
                                      on_noted, g_object_ref (words->widget));
  else
    enigm_trouble_say (words->widget, _ ("The label could not be kept"), error->message);
  g_object_unref (words->widget);
  g_free (words->contact_id);
  g_free (words->note);
  g_free (words);
}

static void
save_words (Question *question, const char *label)
{
  Words *words = g_new (Words, 1);

  words->widget = g_object_ref (question->widget);
  words->contact_id = g_strdup (question->contact_id);
  words->note = g_strdup (gtk_editable_get_text (question->note));
  enigm_account_label_contact_async (question->account, words->contact_id, label, NULL, on_labelled,
                                     words);
}

static void
on_dialog_responded (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Question *question = user_data;
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (question->entry)));

  if (!g_str_equal (response, "save"))
    return;
  if (question->key != NULL)
    enigm_account_rename_key_async (question->account, question->key, text, NULL, on_renamed,
                                    g_object_ref (question->widget));
  else
    save_words (question, text);
}

/* In characters; four bytes each is the most that UTF-8 needs. */
static GtkWidget *
create_entry (const char *title, const char *text, int max_bytes)
{
  GtkWidget *row = adw_entry_row_new ();
  GtkEditable *inner = gtk_editable_get_delegate (GTK_EDITABLE (row));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  if (GTK_IS_TEXT (inner))
    gtk_text_set_max_length (GTK_TEXT (inner), max_bytes / 4);
  return row;
}

static void
ask (GtkWidget *widget,
     const char *heading,
     const char *body,
     const char *title,
     const char *text,
     Question *question)
{
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), heading, body);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *row = create_entry (title, text, ENIGM_LABEL_MAX);

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  question->entry = GTK_EDITABLE (row);
  if (question->contact_id != NULL)
    {
      const char *note = enigm_account_find_note (question->account, question->contact_id);
      GtkWidget *note_row = create_entry (_ ("Note"), note, ENIGM_NOTE_MAX);

      gtk_list_box_append (GTK_LIST_BOX (list), note_row);
      question->note = GTK_EDITABLE (note_row);
    }

  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), list);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "save",
                                    _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_dialog_responded), question,
                         question_free, 0);
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (row);
}

void
enigm_label_dialog_ask (GtkWidget *widget, EnigmAccount *account, const char *contact_id)
{
  Question *question = g_new0 (Question, 1);

  question->widget = g_object_ref (widget);
  question->account = g_object_ref (account);
  question->contact_id = g_strdup (contact_id);
  ask (widget, _ ("Label and Note"),
       _ ("Your own words for them. They stay on this computer; the contact and the platform never "
          "see them."),
       _ ("Label"), enigm_account_find_label (account, contact_id), question);
}

void
enigm_label_dialog_ask_key (GtkWidget *widget, EnigmAccount *account, EnigmKey *key)
{
  Question *question = g_new0 (Question, 1);

  question->widget = g_object_ref (widget);
  question->account = g_object_ref (account);
  question->key = g_object_ref (key);
  ask (widget, _ ("Name"), _ ("The name stays on this computer. The platform never sees it."),
       _ ("Name"), enigm_key_get_name (key), question);
}
