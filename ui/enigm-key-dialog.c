/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-key-dialog.h"

#include <glib/gi18n.h>

#include "enigm-button.h"
#include "enigm-key-row.h"
#include "enigm-reason-choice.h"

/* A change as its owner is asked about it. “%s” in a heading is the key's name; the other heading
 * is for where it is not said which key is meant. */
typedef struct
{
  const char *id;
  const char *to;
  EnigmKeyAction action;
  const char *heading;
  const char *body;
  const char *button;
  const char *which;
  const char *describe;
  const char *result;
  AdwResponseAppearance appearance;
} Change;

static const Change changes[] = {
  { "found", "found", ENIGM_KEY_ACTION_FOUND, N_ ("Do you have “%s” in your hands?"),
    N_ ("It can raise alerts again at once. If somebody else may have had it, pair it again "
        "instead: that makes a new credential."),
    N_ ("I _Have It"), N_ ("Which key do you have in your hands?"),
    N_ ("Presses count again at once. It does not prove that the key still works: run a drill."),
    N_ ("Your key can raise alerts again. Run a drill to prove it."), ADW_RESPONSE_SUGGESTED },
  { "confirmed", "found", ENIGM_KEY_ACTION_FOUND, N_ ("Do you have “%s” in your hands?"),
    N_ ("The platform was restored from a copy, and does not know what has become of this key "
        "since. If you have it, it can raise alerts again at once. If not, revoke it instead."),
    N_ ("I _Have It"), N_ ("Which key do you have in your hands?"),
    N_ ("Presses count again at once. It does not prove that the key still works: run a drill."),
    N_ ("Your key can raise alerts again. Run a drill to prove it."), ADW_RESPONSE_SUGGESTED },
  { "lost", "lost", ENIGM_KEY_ACTION_LOST, N_ ("Mark “%s” as lost?"),
    N_ ("Its presses are refused from now on, wherever it is. Alerts already sent stay with your "
        "contacts. If you find it, you take this back here."),
    N_ ("_Mark as Lost"), NULL,
    N_ ("Presses are refused until you find it. It does not erase anything and can be taken back."),
    N_ ("Your key is marked as lost. Its presses are refused."), ADW_RESPONSE_DESTRUCTIVE },
  { "cancelled", "cancelled", ENIGM_KEY_ACTION_CANCEL, N_ ("Cancel pairing “%s”?"),
    N_ ("The key is not bound to your account then. An older pairing of the same key goes on "
        "as it was."),
    N_ ("_Cancel the Pairing"), NULL,
    N_ ("Ends the pairing before the key can raise alerts. It does not touch your other keys."),
    N_ ("The pairing is cancelled. Nothing is bound."), ADW_RESPONSE_DESTRUCTIVE },
  { "replaced", "replaced", ENIGM_KEY_ACTION_REPLACE, N_ ("Replace “%s”?"),
    N_ ("You pair another key in its place. As soon as that one has proved itself, this one stops "
        "for good. Until then nothing changes for this one."),
    N_ ("_Pair the New Key"), NULL,
    N_ ("Another key takes its place, and this one ends for good. It does not stop this one before "
        "the new one has proved itself, and does not take back alerts already sent."),
    NULL, ADW_RESPONSE_SUGGESTED },
  { "revoked", "revoked", ENIGM_KEY_ACTION_REVOKE, N_ ("Revoke “%s”?"),
    N_ ("It stops working at once, wherever it is. Alerts already sent stay with your contacts. "
        "This cannot be undone; the key can be paired again later if you find it."),
    N_ ("_Revoke"), N_ ("Which key do you want to revoke?"),
    N_ ("Ends its power for good, wherever it is. It does not take back alerts already sent."),
    N_ ("Your key is revoked. It cannot raise an alert."), ADW_RESPONSE_DESTRUCTIVE },
  { "retired", "retired", ENIGM_KEY_ACTION_RETIRE, N_ ("Retire “%s”?"),
    N_ ("It stops working and no longer belongs to your account, so that anybody who has it and "
        "its code can pair it. Do this only with the key in your hands."),
    N_ ("Re_tire"), NULL,
    N_ ("Ends it and frees it for somebody else. It does not protect anybody until it is paired "
        "again."),
    N_ ("Your key is retired, and free to be paired by somebody else."), ADW_RESPONSE_DESTRUCTIVE },
  { "released", "released", ENIGM_KEY_ACTION_RELEASE, N_ ("Release “%s”?"),
    N_ ("It no longer belongs to your account, so that anybody who has it and its code can pair "
        "it. This cannot be undone."),
    N_ ("Re_lease"), NULL,
    N_ ("Frees the key for somebody else. It does not make it work again by itself."),
    N_ ("The key is released. It no longer belongs to your account."), ADW_RESPONSE_DESTRUCTIVE },
};

static const Change *
find_change (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    if (g_str_equal (changes[i].id, id))
      return &changes[i];
  g_return_val_if_reached (&changes[0]);
}

/* The key is only known at once where there is no choice between several. */
typedef struct
{
  GtkWidget *widget;
  EnigmAccount *account;
  EnigmKey *key;
  const Change *change;
  EnigmReasonChoice *reason;
  EnigmKeyDialogFunc done;
} Question;

static void
question_free (Question *question)
{
  g_clear_object (&question->widget);
  g_clear_object (&question->account);
  g_clear_object (&question->key);
  g_clear_object (&question->reason);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_key_state_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  const char *sentence = _ (question->change->result);

  enigm_account_set_key_state_finish (ENIGM_ACCOUNT (source), result, &error);
  if (error == NULL && enigm_key_get_waiting_to_revoke (question->key))
    sentence = _ ("Revoking waits for the network. Until it is sent, the key still works.");
  /* The widget may have been closed meanwhile; what was asked for is done all the same. */
  if (gtk_widget_get_root (question->widget) != NULL)
    question->done (sentence, error, question->widget);
}

/* Pairing has a window of its own, over the main one. The dialog has gone by now: it does not bear
 * that its parent goes while it answers. */
static void
begin_replacement (gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  GtkRoot *root = gtk_widget_get_root (question->widget);
  GtkWindow *parent = root != NULL ? gtk_window_get_transient_for (GTK_WINDOW (root)) : NULL;

  if (parent == NULL)
    return;
  gtk_window_close (GTK_WINDOW (root));
  gtk_widget_activate_action (GTK_WIDGET (parent), "win.replace", "s",
                              enigm_key_get_binding (question->key));
}

static void
on_dialog_responded (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  const char *reason = NULL;
  Question *asked;

  if (!g_str_equal (response, "do"))
    return;
  if (g_str_equal (question->change->to, "replaced"))
    {
      g_idle_add_once (begin_replacement, g_steal_pointer (&question));
      return;
    }
  if (question->reason != NULL)
    reason = enigm_reason_choice_get_reason (question->reason);
  asked = g_steal_pointer (&question);
  enigm_account_set_key_state_async (asked->account, asked->key, asked->change->to, reason, NULL,
                                     on_key_state_set, asked);
}

static Question *
question_new (GtkWidget *widget,
              EnigmAccount *account,
              const Change *change,
              EnigmKeyDialogFunc done)
{
  Question *question = g_new0 (Question, 1);

  question->widget = g_object_ref (widget);
  question->account = g_object_ref (account);
  question->change = change;
  question->done = done;
  if (g_str_equal (change->to, "revoked"))
    question->reason = g_object_ref_sink (ENIGM_REASON_CHOICE (enigm_reason_choice_new ()));
  return question;
}

static GtkWidget *
create_dialog (Question *question, const char *heading, GtkWidget *extra)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (question->widget)),
                                              heading, _ (question->change->body));

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), extra);
  g_signal_connect (dialog, "response", G_CALLBACK (on_dialog_responded), question);
  return dialog;
}

/* Return gives the answer that changes nothing, so that is where the keyboard begins. */
static void
present (GtkWidget *dialog)
{
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (gtk_window_get_default_widget (GTK_WINDOW (dialog)));
}

/* Not as a format: a name may have any characters in it. */
static char *
fill_in_name (const char *words, EnigmKey *key)
{
  GString *text = g_string_new (words);

  g_string_replace (text, "%s", enigm_key_get_name (key), 1);
  return g_string_free (text, FALSE);
}

void
enigm_key_dialog_ask (GtkWidget *widget,
                      EnigmAccount *account,
                      EnigmKey *key,
                      const char *id,
                      EnigmKeyDialogFunc done)
{
  const Change *change = find_change (id);
  g_autofree char *heading = fill_in_name (_ (change->heading), key);
  Question *question = question_new (widget, account, change, done);
  GtkWidget *extra = question->reason != NULL ? GTK_WIDGET (question->reason) : NULL;
  GtkWidget *dialog = create_dialog (question, heading, extra);

  question->key = g_object_ref (key);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "do", _ (change->button));
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "do",
                                              change->appearance);
  enigm_button_tidy (dialog);
  present (dialog);
}

/* Among several */

static void
on_key_button_clicked (GtkButton *button, gpointer user_data)
{
  Question *question = user_data;

  question->key = g_object_ref (g_object_get_data (G_OBJECT (button), "key"));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (gtk_widget_get_root (GTK_WIDGET (button))),
                               "do");
}

static GtkWidget *
create_row (Question *question, EnigmKey *key)
{
  const Change *change = question->change;
  const gboolean destructive = change->appearance == ADW_RESPONSE_DESTRUCTIVE;
  GtkWidget *row = adw_action_row_new ();
  g_autoptr (GString) label = g_string_new (_ (change->button));
  GtkWidget *button;
  g_autofree char *state = enigm_key_row_describe (key);
  g_autofree char *name = NULL;

  /* A letter cannot stand for several buttons. */
  g_string_replace (label, "_", "", 0);
  button = gtk_button_new_with_label (label->str);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), enigm_key_get_name (key));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), state);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, destructive ? "destructive-action" : "suggested-action");
  /* Translators: what a button does, and to which key, as a screen reader says it: Revoke: Kitchen
   */
  name = g_strdup_printf (_ ("%s: %s"), label->str, enigm_key_get_name (key));
  /* Newer GTK names a button by the words on it, which goes before what it is called. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "key", g_object_ref (key), g_object_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (on_key_button_clicked), question);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
ask_which (Question *question, GPtrArray *keys)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *dialog;

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (question->change->which), -1);
  for (guint i = 0; i < keys->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (list), create_row (question, keys->pdata[i]));
  if (question->reason != NULL)
    gtk_box_append (GTK_BOX (box), GTK_WIDGET (question->reason));
  else
    gtk_widget_set_margin_top (box, 12);
  gtk_box_append (GTK_BOX (box), list);
  dialog = create_dialog (question, _ (question->change->which), box);
  enigm_button_tidy (dialog);
  present (dialog);
}

void
enigm_key_dialog_choose (GtkWidget *widget,
                         EnigmAccount *account,
                         const char *id,
                         EnigmKeyDialogFunc done)
{
  GListModel *all = enigm_account_get_keys (account);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (all, i);

      if (enigm_key_dialog_offers (key, id))
        g_ptr_array_add (keys, g_steal_pointer (&key));
    }
  if (keys->len == 1)
    enigm_key_dialog_ask (widget, account, keys->pdata[0], id, done);
  else if (keys->len > 1)
    ask_which (question_new (widget, account, find_change (id), done), keys);
}

gboolean
enigm_key_dialog_offers (EnigmKey *key, const char *id)
{
  const gboolean lost = (enigm_key_get_reasons (key) & ENIGM_KEY_REASON_LOST) != 0;

  /* One transition with two stories. */
  if ((g_str_equal (id, "found") && !lost) || (g_str_equal (id, "confirmed") && lost))
    return FALSE;
  return enigm_key_allows (key, find_change (id)->action);
}

const char *
enigm_key_dialog_describe (const char *id)
{
  return _ (find_change (id)->describe);
}
