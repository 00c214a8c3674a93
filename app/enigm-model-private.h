/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "enigm-alert.h"
#include "enigm-computer.h"
#include "enigm-contact.h"
#include "enigm-invitation.h"
#include "enigm-key.h"

G_BEGIN_DECLS

/*
 * How the account fills its models: what the platform said is parsed whole into a new object, and
 * only then copied into the one the window already shows, which notifies what differs.
 */

EnigmKeyChange *enigm_key_change_parse (JsonObject *json, GError **error);

EnigmKey *enigm_key_parse (JsonObject *json, GError **error);
void enigm_key_copy (EnigmKey *self, EnigmKey *from);
void enigm_key_set_name (EnigmKey *self, const gchar *name);
void enigm_key_set_has_secret (EnigmKey *self, gboolean has_secret);
void enigm_key_set_waiting_to_revoke (EnigmKey *self, gboolean waiting);
void enigm_key_set_drill (EnigmKey *self, gint64 time, guint reached, gint64 last);

EnigmComputer *enigm_computer_parse (JsonObject *json, GError **error);

EnigmContact *enigm_contact_parse (JsonObject *json, GError **error);
/* Somebody the platform does not list yet. */
EnigmContact *enigm_contact_new (const gchar *contact_id);
void enigm_contact_copy (EnigmContact *self, EnigmContact *from);
void enigm_contact_set_label (EnigmContact *self, const gchar *label);
void enigm_contact_set_note (EnigmContact *self, const gchar *note);
void enigm_contact_set_waiting (EnigmContact *self, EnigmContactWaiting waiting);

EnigmInvitation *enigm_invitation_parse (JsonObject *json, GError **error);
void enigm_invitation_copy (EnigmInvitation *self, EnigmInvitation *from);
void enigm_invitation_set_label (EnigmInvitation *self, const gchar *label);

EnigmAlertStage *enigm_alert_stage_parse (JsonObject *json, gboolean with_contact, GError **error);
void enigm_alert_stage_copy (EnigmAlertStage *self, EnigmAlertStage *from);
void enigm_alert_stage_set_label (EnigmAlertStage *self, const gchar *label);

EnigmAlertPosition *enigm_alert_position_parse (JsonObject *json, GError **error);
gboolean enigm_alert_position_equal (EnigmAlertPosition *self, EnigmAlertPosition *other);

EnigmAlert *enigm_alert_parse (JsonObject *json, GError **error);
gboolean enigm_alert_is_older (EnigmAlert *self, EnigmAlert *from);
void enigm_alert_copy (EnigmAlert *self, EnigmAlert *from);
void enigm_alert_set_waiting (EnigmAlert *self, gboolean waiting);
void enigm_alert_let_go (EnigmAlert *self);
void enigm_alert_set_labels (EnigmAlert *self, GHashTable *labels);

/* Readers shared by the models: a contact ID with right check digits, in its canonical form; a
 * short word, "" for null. */
gboolean
enigm_model_read_contact_id (JsonObject *json, const gchar *field, gchar **out, GError **error);
gboolean
enigm_model_read_word_or_null (JsonObject *json, const gchar *field, gchar **out, GError **error);

/* Sets a string field and notifies, if it differs. */
void enigm_model_set_string (GObject *object, gchar **field, const gchar *value, GParamSpec *pspec);

G_END_DECLS
