/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-invitation-row.h"

#include <glib/gi18n.h>

struct _EnigmInvitationRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *title;
  GtkLabel *meaning;
  GtkWidget *accept_button;
  GtkButton *decline_button;

  EnigmInvitation *invitation;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmInvitationRow, enigm_invitation_row, GTK_TYPE_LIST_BOX_ROW)

static void
update_row (EnigmInvitationRow *self)
{
  const gboolean waiting =
    enigm_invitation_get_state (self->invitation) == ENIGM_INVITATION_STATE_WAITING;
  g_autofree char *title = g_strdup_printf (waiting ? _ ("%s asks you to be their contact")
                                                    : _ ("You are a contact of %s"),
                                            enigm_invitation_get_title (self->invitation));

  gtk_label_set_label (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_label_set_label (
    self->meaning,
    waiting ? _ ("If you accept, their alerts and drills reach you here, with their position "
                 "while an alert lasts. You promise nothing else, and can leave at any time. They "
                 "learn whether you accepted, and when you have seen an alert. Only accept if you "
                 "know whose contact ID this is.")
            : _ ("Their alerts reach you here while Enigm App is running."));
  gtk_widget_set_visible (self->accept_button, waiting);
  gtk_button_set_label (self->decline_button, waiting ? _ ("_Decline") : _ ("L_eave"));
}

static void
on_accept_button_clicked (EnigmInvitationRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, "accept");
}

static void
on_decline_button_clicked (EnigmInvitationRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0,
                 enigm_invitation_get_state (self->invitation) == ENIGM_INVITATION_STATE_WAITING
                   ? "decline"
                   : "leave");
}

static void
on_label_button_clicked (EnigmInvitationRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, "label");
}

EnigmInvitation *
enigm_invitation_row_get_invitation (EnigmInvitationRow *self)
{
  return self->invitation;
}

static void
enigm_invitation_row_dispose (GObject *object)
{
  g_clear_object (&ENIGM_INVITATION_ROW (object)->invitation);
  G_OBJECT_CLASS (enigm_invitation_row_parent_class)->dispose (object);
}

static void
enigm_invitation_row_class_init (EnigmInvitationRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_invitation_row_dispose;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", ENIGM_TYPE_INVITATION_ROW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/enigm/App/enigm-invitation-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmInvitationRow, title);
  gtk_widget_class_bind_template_child (widget_class, EnigmInvitationRow, meaning);
  gtk_widget_class_bind_template_child (widget_class, EnigmInvitationRow, accept_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmInvitationRow, decline_button);
  gtk_widget_class_bind_template_callback (widget_class, on_accept_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_decline_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_label_button_clicked);
}

static void
enigm_invitation_row_init (EnigmInvitationRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_invitation_row_new (EnigmInvitation *invitation)
{
  EnigmInvitationRow *self = g_object_new (ENIGM_TYPE_INVITATION_ROW, NULL);

  self->invitation = g_object_ref (invitation);
  g_signal_connect_object (invitation, "notify", G_CALLBACK (update_row), self, G_CONNECT_SWAPPED);
  update_row (self);
  return GTK_WIDGET (self);
}
