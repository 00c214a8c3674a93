/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-account-private.h"

/* Longer than this and nobody measures it. */
#define MAX_MS (G_GINT64_CONSTANT (31) * 24 * 60 * 60 * 1000)

static void
contact_free (gpointer data)
{
  EnigmDrillContact *contact = data;

  g_free (contact->contact_id);
  g_free (contact);
}

EnigmDrillEvidence *
enigm_drill_evidence_new (void)
{
  EnigmDrillEvidence *self = g_new0 (EnigmDrillEvidence, 1);

  self->contacts = g_ptr_array_new_with_free_func (contact_free);
  return self;
}

void
enigm_drill_evidence_free (EnigmDrillEvidence *self)
{
  g_free (self->event);
  g_ptr_array_unref (self->contacts);
  g_free (self);
}

JsonObject *
enigm_drill_evidence_to_json (EnigmDrillEvidence *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *contacts = json_array_new ();

  json_object_set_int_member (object, "last", self->last);
  json_object_set_int_member (object, "time", self->time);
  json_object_set_int_member (object, "reached", self->reached);
  json_object_set_string_member (object, "event", self->event != NULL ? self->event : "");
  for (guint i = 0; i < self->contacts->len; i++)
    {
      const EnigmDrillContact *contact = self->contacts->pdata[i];
      JsonObject *entry = json_object_new ();

      json_object_set_string_member (entry, "contact_id", contact->contact_id);
      json_object_set_int_member (entry, "notified", contact->notified);
      json_object_set_int_member (entry, "seen", contact->seen);
      json_object_set_boolean_member (entry, "measured", contact->measured);
      json_array_add_object_element (contacts, entry);
    }
  json_object_set_array_member (object, "contacts", contacts);
  return object;
}

static gboolean
parse_contacts (EnigmDrillEvidence *self, JsonObject *json, GError **error)
{
  JsonArray *contacts;

  /* An earlier version kept how many, and not who. */
  if (!json_object_has_member (json, "contacts"))
    return TRUE;
  if (!enigm_json_read_string (json, "event", 32, &self->event, error) ||
      !enigm_json_read_array (json, "contacts", 100, &contacts, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (contacts); i++)
    {
      JsonObject *entry = enigm_json_element_object (contacts, "contacts", i, error);
      EnigmDrillContact *contact = g_new0 (EnigmDrillContact, 1);

      g_ptr_array_add (self->contacts, contact);
      if (entry == NULL ||
          !enigm_model_read_contact_id (entry, "contact_id", &contact->contact_id, error) ||
          !enigm_json_read_int (entry, "notified", -1, MAX_MS, &contact->notified, error) ||
          !enigm_json_read_int (entry, "seen", -1, MAX_MS, &contact->seen, error))
        return FALSE;
      /* An earlier version did not say; then the platform's seconds are all that is claimed. */
      if (json_object_has_member (entry, "measured") &&
          !enigm_json_read_bool (entry, "measured", &contact->measured, error))
        return FALSE;
    }
  return TRUE;
}

EnigmDrillEvidence *
enigm_drill_evidence_parse (JsonObject *json, GError **error)
{
  EnigmDrillEvidence *self = enigm_drill_evidence_new ();
  gint64 reached = 0;

  if (enigm_json_read_time (json, "time", &self->time, error) &&
      enigm_json_read_int (json, "reached", 0, ENIGM_CONTACTS_MAX * 10, &reached, error) &&
      parse_contacts (self, json, error))
    {
      self->reached = (guint) reached;
      self->last = self->time;
      /* An earlier version forgot those that reached nobody. */
      if (!json_object_has_member (json, "last") ||
          enigm_json_read_time (json, "last", &self->last, error))
        return self;
    }
  enigm_drill_evidence_free (self);
  return NULL;
}

static EnigmDrillContact *
find_contact (EnigmDrillEvidence *self, const gchar *contact_id)
{
  for (guint i = 0; self != NULL && i < self->contacts->len; i++)
    {
      EnigmDrillContact *contact = self->contacts->pdata[i];

      if (g_str_equal (contact->contact_id, contact_id))
        return contact;
    }
  return NULL;
}

static gint64
measure (gint64 time, EnigmAlert *drill)
{
  return time == 0 ? -1 : CLAMP ((time - enigm_alert_get_pressed (drill)) * 1000, 0, MAX_MS);
}

static void
take_stage (EnigmDrillEvidence *self,
            EnigmDrillEvidence *before,
            EnigmAlert *drill,
            EnigmAlertStage *stage)
{
  const gchar *contact_id = enigm_alert_stage_get_contact_id (stage);
  EnigmDrillContact *then = find_contact (before, contact_id);
  EnigmDrillContact *contact = g_new0 (EnigmDrillContact, 1);

  contact->contact_id = g_strdup (contact_id);
  contact->notified = measure (enigm_alert_stage_get_notified (stage), drill);
  contact->measured = then != NULL && then->measured;
  contact->seen =
    contact->measured ? then->seen : measure (enigm_alert_stage_get_seen (stage), drill);
  g_ptr_array_add (self->contacts, contact);
}

/* Notes when a drill was, whomever it reached. */
static EnigmDrillEvidence *
note_last (EnigmAccount *self, EnigmAlert *drill)
{
  const gchar *binding = enigm_alert_get_binding (drill);
  EnigmDrillEvidence *evidence = g_hash_table_lookup (self->drills, binding);

  if (evidence == NULL)
    {
      evidence = enigm_drill_evidence_new ();
      g_hash_table_insert (self->drills, g_strdup (binding), evidence);
    }
  evidence->last = MAX (evidence->last, enigm_alert_get_received (drill));
  return evidence;
}

/* Keeps what a drill shows, as long as no later one shows more. */
void
enigm_account_note_drill (EnigmAccount *self, EnigmAlert *alert)
{
  GListModel *stages = enigm_alert_get_stages (alert);
  EnigmDrillEvidence *before;
  EnigmDrillEvidence *evidence;
  guint notified;

  if (enigm_alert_get_role (alert) != ENIGM_ALERT_ROLE_OWNER ||
      enigm_alert_get_kind (alert) != ENIGM_ALERT_KIND_DRILL)
    return;
  before = note_last (self, alert);
  enigm_alert_count_stages (alert, NULL, &notified, NULL);
  /* One that reached nobody takes nothing away from what an earlier one showed of those it did; it
   * is the later one all the same, and readiness judges by it. */
  if (notified == 0 || before->time > enigm_alert_get_received (alert))
    return;
  evidence = enigm_drill_evidence_new ();
  evidence->last = before->last;
  evidence->time = enigm_alert_get_received (alert);
  evidence->reached = notified;
  evidence->event = g_strdup (enigm_alert_get_id (alert));
  if (g_strcmp0 (before->event, evidence->event) != 0)
    before = NULL;
  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (stages, i);

      take_stage (evidence, before, alert, stage);
    }
  g_hash_table_insert (self->drills, g_strdup (enigm_alert_get_binding (alert)), evidence);
}

void
enigm_account_note_drill_seen (EnigmAccount *self,
                               EnigmAlert *drill,
                               const gchar *contact_id,
                               gint64 seen)
{
  EnigmDrillEvidence *evidence;
  EnigmDrillContact *contact;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_ALERT (drill));
  g_return_if_fail (contact_id != NULL && seen >= 0);

  evidence = g_hash_table_lookup (self->drills, enigm_alert_get_binding (drill));
  if (evidence == NULL || g_strcmp0 (evidence->event, enigm_alert_get_id (drill)) != 0)
    return;
  contact = find_contact (evidence, contact_id);
  if (contact == NULL)
    return;
  contact->seen = MIN (seen, MAX_MS);
  contact->measured = TRUE;
  enigm_account_save_cache (self);
}

GPtrArray *
enigm_account_get_drill_contacts (EnigmAccount *self, const gchar *binding)
{
  EnigmDrillEvidence *evidence;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && binding != NULL, NULL);

  evidence = g_hash_table_lookup (self->drills, binding);
  return evidence != NULL ? evidence->contacts : NULL;
}

static gchar *
describe_measured (gint64 ms)
{
  /* Translators: “after” a time span in seconds, and in minutes */
  return ms < 100 * 1000 ? g_strdup_printf (_ ("after %.1f s"), ms / 1000.0)
                         : g_strdup_printf (_ ("after %d min"), (gint) (ms / 60000));
}

/* From the platform's whole seconds: less than one more than their difference. */
static gchar *
describe_told (gint64 ms)
{
  const gint seconds = (gint) (ms / 1000) + 1;

  if (seconds == 1)
    return g_strdup (_ ("within a second"));
  return seconds < 100 ? g_strdup_printf (_ ("within %d s"), seconds)
                       : g_strdup_printf (_ ("within %d min"), seconds / 60 + 1);
}

static gchar *
describe_contact (EnigmAccount *self, const EnigmDrillContact *contact)
{
  const gchar *label = enigm_account_find_label (self, contact->contact_id);
  const gchar *name = *label != '\0' ? label : contact->contact_id;
  g_autofree gchar *span = contact->measured
                             ? describe_measured (contact->seen)
                             : describe_told (MAX (contact->seen, contact->notified));

  if (contact->seen >= 0)
    /* Translators: a person, and a time span such as “after 2.5 s” or “within a second” */
    return g_strdup_printf (_ ("%s had seen it %s"), name, span);
  if (contact->notified >= 0)
    /* Translators: a person, and a time span such as “within a second” */
    return g_strdup_printf (_ ("%s was shown it %s"), name, span);
  /* Translators: a person */
  return g_strdup_printf (_ ("%s was not reached"), name);
}

gchar *
enigm_account_describe_drill (EnigmAccount *self, const gchar *binding)
{
  GPtrArray *contacts = enigm_account_get_drill_contacts (self, binding);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  if (contacts == NULL || contacts->len == 0)
    return NULL;
  for (guint i = 0; i < contacts->len; i++)
    g_ptr_array_add (lines, describe_contact (self, contacts->pdata[i]));
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (gchar **) lines->pdata);
}
