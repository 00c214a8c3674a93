/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-code-entry.h"

#include <glib/gi18n.h>

#include "enigm-code-format.h"

/* Twelve digits and two hyphens. */
#define FULL_LENGTH (ENIGM_SETUP_CODE_LENGTH + 2)

struct _EnigmCodeEntry
{
  AdwBin parent_instance;

  GtkEntry *entry;
  GtkLabel *hint;

  GtkEditable *text;
  EnigmSetupCode *code;
  gunichar strange;
  gboolean wrong;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_ACTIVATE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmCodeEntry, enigm_code_entry, ADW_TYPE_BIN)

static void on_text_inserted (GtkEditable *editable,
                              const char *text,
                              int length,
                              int *position,
                              gpointer user_data);
static void on_text_deleted (GtkEditable *editable, int start, int end, gpointer user_data);

/* What is visible */

static void
update_entry (EnigmCodeEntry *self)
{
  const gboolean full = gtk_entry_get_text_length (self->entry) == FULL_LENGTH;
  const gboolean mistyped = full && self->code == NULL;
  g_autofree char *hint = NULL;

  if (mistyped)
    hint =
      g_strdup (_ ("A character is wrong or out of place. Compare it with the code inside the lid. "
                   "Nothing was sent."));
  else if (self->wrong)
    hint = g_strdup (_ ("This is not the code of that key."));
  else if (self->strange != 0)
    {
      char character[7] = { 0 };

      g_unichar_to_utf8 (self->strange, character);
      hint = g_strdup_printf (_ ("A setup code has no “%s”. It was left out."), character);
    }
  else if (self->code != NULL)
    hint = g_strdup (_ ("The code is complete, and its check character fits."));
  else
    hint = g_strdup (_ ("The code is inside the lid."));

  gtk_label_set_label (self->hint, hint);
  if (mistyped || self->wrong)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
      gtk_widget_add_css_class (GTK_WIDGET (self->hint), "error");
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
      gtk_widget_remove_css_class (GTK_WIDGET (self->hint), "error");
    }
  gtk_accessible_update_state (
    GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
    mistyped || self->wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  hint, -1);
}

/* Writing it as it is printed */

static guint
replace (EnigmCodeEntry *self, const char *text, guint cursor)
{
  g_autofree char *formatted =
    enigm_code_format (text, ENIGM_SETUP_CODE_LENGTH, cursor, &cursor, &self->strange);
  int position = 0;

  g_signal_handlers_block_by_func (self->text, on_text_inserted, self);
  g_signal_handlers_block_by_func (self->text, on_text_deleted, self);
  gtk_editable_delete_text (self->text, 0, -1);
  gtk_editable_insert_text (self->text, formatted, -1, &position);
  g_signal_handlers_unblock_by_func (self->text, on_text_inserted, self);
  g_signal_handlers_unblock_by_func (self->text, on_text_deleted, self);
  gtk_editable_set_position (self->text, cursor);

  g_clear_pointer (&self->code, enigm_setup_code_unref);
  self->code = enigm_setup_code_new_parse (formatted, NULL);
  self->wrong = FALSE;
  update_entry (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return cursor;
}

static void
on_text_inserted (GtkEditable *editable,
                  const char *text,
                  int length,
                  int *position,
                  gpointer user_data)
{
  EnigmCodeEntry *self = user_data;
  g_autofree char *inserted = length < 0 ? g_strdup (text) : g_strndup (text, length);
  const char *before = gtk_editable_get_text (editable);
  const char *at = g_utf8_offset_to_pointer (before, *position);
  g_autofree char *whole = g_strdup_printf ("%.*s%s%s", (int) (at - before), before, inserted, at);

  g_signal_stop_emission_by_name (editable, "insert-text");
  *position = replace (self, whole, *position + g_utf8_strlen (inserted, -1));
}

static void
on_text_deleted (GtkEditable *editable, int start, int end, gpointer user_data)
{
  EnigmCodeEntry *self = user_data;
  g_autofree char *before = g_strdup (gtk_editable_get_text (editable));
  const int length = g_utf8_strlen (before, -1);
  g_autofree char *whole = NULL;

  if (end < 0 || end > length)
    end = length;
  /* Deleting a hyphen means the digit beside it: the hyphen would only come back. */
  if (end - start == 1 && before[start] == '-' && start > 0)
    {
      if (gtk_editable_get_position (editable) == start)
        end++;
      else
        start--;
    }
  g_signal_stop_emission_by_name (editable, "delete-text");
  whole = g_strdup_printf ("%.*s%s", start, before, before + end);
  replace (self, whole, start);
}

static void
on_entry_activated (EnigmCodeEntry *self)
{
  if (self->code != NULL)
    g_signal_emit (self, signals[SIGNAL_ACTIVATE], 0);
}

EnigmSetupCode *
enigm_code_entry_get_code (EnigmCodeEntry *self)
{
  g_return_val_if_fail (ENIGM_IS_CODE_ENTRY (self), NULL);
  return self->code;
}

void
enigm_code_entry_mark_wrong (EnigmCodeEntry *self)
{
  g_return_if_fail (ENIGM_IS_CODE_ENTRY (self));
  self->wrong = TRUE;
  update_entry (self);
}

/* The widget */

static gboolean
enigm_code_entry_grab_focus (GtkWidget *widget)
{
  return gtk_entry_grab_focus_without_selecting (ENIGM_CODE_ENTRY (widget)->entry);
}

static void
enigm_code_entry_dispose (GObject *object)
{
  EnigmCodeEntry *self = ENIGM_CODE_ENTRY (object);

  if (self->text != NULL)
    g_signal_handlers_disconnect_by_data (self->text, self);
  g_clear_object (&self->text);
  g_clear_pointer (&self->code, enigm_setup_code_unref);
  G_OBJECT_CLASS (enigm_code_entry_parent_class)->dispose (object);
}

static void
enigm_code_entry_class_init (EnigmCodeEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_code_entry_dispose;
  widget_class->grab_focus = enigm_code_entry_grab_focus;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", ENIGM_TYPE_CODE_ENTRY, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ACTIVATE] = g_signal_new ("activate", ENIGM_TYPE_CODE_ENTRY, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-code-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmCodeEntry, entry);
  gtk_widget_class_bind_template_child (widget_class, EnigmCodeEntry, hint);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activated);
}

static void
enigm_code_entry_init (EnigmCodeEntry *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->text = g_object_ref (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));
  g_signal_connect (self->text, "insert-text", G_CALLBACK (on_text_inserted), self);
  g_signal_connect (self->text, "delete-text", G_CALLBACK (on_text_deleted), self);
  update_entry (self);
}
