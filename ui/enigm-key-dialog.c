/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-key-dialog.h"

#include <glib/gi18n.h>

#include "enigm-button.h"

typedef struct
{
  const char *id;
  const char *to;
  const char *heading;
  const char *body;
  const char *button;
  const char *describe;
  const char *result;
  AdwResponseAppearance appearance;
} Change;

static const Change changes[] = {
  { "lost", "lost", N_ ("Mark this key as lost?"),
    N_ ("Its presses are refused from now on, wherever it is. Alerts already sent stay with your "
        "contacts. If you find it, you take this back here."),
    N_ ("_Mark as Lost"),
    N_ ("Presses are refused until you find it. It does not erase anything and can be taken back."),
    N_ ("Your key is marked as lost. Its presses are refused."), ADW_RESPONSE_DESTRUCTIVE },
  { "found", "found", N_ ("Do you have this key in your hands?"),
    N_ ("It can raise alerts again at once. If somebody else may have had it, pair it again "
        "instead: that makes a new credential."),
    N_ ("I _Have It"),
    N_ ("Presses count again at once. It does not prove that the key still works: run a drill."),
    N_ ("Your key can raise alerts again. Run a drill to prove it."), ADW_RESPONSE_SUGGESTED },
  { "confirmed", "found", N_ ("Do you have this key in your hands?"),
    N_ ("The platform was restored from a copy, and does not know what has become of this key "
        "since. If you have it, it can raise alerts again at once. If not, revoke it instead."),
    N_ ("I _Have It"),
    N_ ("Presses count again at once. It does not prove that the key still works: run a drill."),
    N_ ("Your key can raise alerts again. Run a drill to prove it."), ADW_RESPONSE_SUGGESTED },
  { "replaced", "replaced", N_ ("Replace this key?"),
    N_ ("You pair another key in its place. As soon as that one has proved itself, this one stops "
        "for good. Until then nothing changes for this one."),
    N_ ("_Pair the New Key"),
    N_ ("Another key takes its place. It goes on as it is until the new one has proved itself."),
    NULL, ADW_RESPONSE_SUGGESTED },
  { "revoked", "revoked", N_ ("Revoke this key?"),
    N_ ("It stops working at once, wherever it is. Alerts already sent stay with your contacts. "
        "This cannot be undone; the key can be paired again later if you find it."),
    N_ ("_Revoke"),
    N_ ("Ends its power for good, wherever it is. It does not take back alerts already sent."),
    N_ ("Your key is revoked. It cannot raise an alert."), ADW_RESPONSE_DESTRUCTIVE },
  { "retired", "retired", N_ ("Retire this key?"),
    N_ ("It stops working and no longer belongs to your account, so that anybody who has it and "
        "its code can pair it. Do this only with the key in your hands."),
    N_ ("Re_tire"),
    N_ ("Ends it and frees it for somebody else. It does not protect anybody until it is paired "
        "again."),
    N_ ("Your key is retired, and free to be paired by somebody else."), ADW_RESPONSE_DESTRUCTIVE },
  { "cancelled", "cancelled", N_ ("Cancel this pairing?"),
    N_ ("The key is not bound to your account then. An older pairing of the same key goes on "
        "as it was."),
    N_ ("_Cancel the Pairing"),
    N_ ("Ends the pairing before the key can raise alerts. It does not touch your other keys."),
    N_ ("The pairing is cancelled. Nothing is bound."), ADW_RESPONSE_DESTRUCTIVE },
  { "released", "released", N_ ("Release this key?"),
    N_ ("It no longer belongs to your account, so that anybody who has it and its code can pair "
        "it. This cannot be undone."),
    N_ ("Re_lease"),
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

typedef struct
{
  GtkWidget *widget;
  EnigmAccount *account;
  EnigmKey *key;
  const Change *change;
  EnigmKeyDialogFunc done;
} Question;

static void
question_free (Question *question)
{
  g_clear_object (&question->widget);
  g_clear_object (&question->account);
  g_clear_object (&question->key);
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
  Question *asked;

  if (!g_str_equal (response, "do"))
    return;
  if (g_str_equal (question->change->to, "replaced"))
    {
      g_idle_add_once (begin_replacement, g_steal_pointer (&question));
      return;
    }
  asked = g_steal_pointer (&question);
  enigm_account_set_key_state_async (asked->account, asked->key, asked->change->to,
                                     g_str_equal (asked->change->to, "revoked") ? "lost" : NULL,
                                     NULL, on_key_state_set, asked);
}

void
enigm_key_dialog_ask (GtkWidget *widget,
                      EnigmAccount *account,
                      EnigmKey *key,
                      const char *id,
                      EnigmKeyDialogFunc done)
{
  Question *question = g_new0 (Question, 1);
  const Change *change = find_change (id);
  GtkWidget *dialog;

  question->widget = g_object_ref (widget);
  question->account = g_object_ref (account);
  question->key = g_object_ref (key);
  question->change = change;
  question->done = done;

  dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _ (change->heading),
                                   _ (change->body));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "do",
                                    _ (change->button), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "do",
                                              change->appearance);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_dialog_responded), question);
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

const char *
enigm_key_dialog_describe (const char *id)
{
  return _ (find_change (id)->describe);
}
