/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-alert-private.h"
#include "enigm-json.h"
#include "enigm-model-private.h"

static const gchar *const kind_names[] = { "alert", "drill", NULL };
static const gchar *const role_names[] = { "owner", "contact", NULL };
static const gchar *const state_names[] = { "active", "ended", NULL };

/* Most contacts an event may have: the list may change while it is under way. */
#define MAX_STAGES 100
#define MAX_POSITIONS 500

static gboolean
parse_ended (EnigmAlert *self, JsonObject *json, GError **error)
{
  JsonObject *ended;

  if (!enigm_json_read_object_or_null (json, "ended", &ended, error))
    return FALSE;
  if (ended == NULL)
    return TRUE;
  g_clear_pointer (&self->ended_by, g_free);
  return enigm_json_read_time (ended, "time", &self->ended_time, error) &&
         enigm_json_read_string (ended, "by", 64, &self->ended_by, error);
}

static gboolean
parse_position (EnigmAlert *self, JsonObject *json, GError **error)
{
  g_autoptr (EnigmAlertPosition) position = NULL;
  JsonObject *object;

  if (!enigm_json_read_object_or_null (json, "position", &object, error))
    return FALSE;
  if (object == NULL)
    return TRUE;
  position = enigm_alert_position_parse (object, error);
  if (position == NULL)
    return FALSE;
  self->has_position = TRUE;
  self->latitude = enigm_alert_position_get_latitude (position);
  self->longitude = enigm_alert_position_get_longitude (position);
  self->accuracy = enigm_alert_position_get_accuracy (position);
  self->position_time = enigm_alert_position_get_time (position);
  return TRUE;
}

/* What an earlier version kept does not say whether it stopped, or where it was. */
static gboolean
parse_stopped (EnigmAlert *self, JsonObject *json, GError **error)
{
  if (!json_object_has_member (json, "stopped"))
    return TRUE;
  g_clear_pointer (&self->stopped, g_free);
  return enigm_model_read_word_or_null (json, "stopped", &self->stopped, error);
}

/* Only where one alert is asked for; the position itself has been read. */
static gboolean
parse_positions (EnigmAlert *self, JsonObject *json, GError **error)
{
  JsonArray *array;

  if (!json_object_has_member (json, "positions"))
    return TRUE;
  if (!enigm_json_read_array (json, "positions", MAX_POSITIONS, &array, error))
    return FALSE;
  self->has_positions = TRUE;
  self->positions_time = self->position_time;
  for (guint i = json_array_get_length (array); i-- > 0;)
    {
      JsonObject *object = enigm_json_element_object (array, "positions", i, error);
      g_autoptr (EnigmAlertPosition) position =
        object != NULL ? enigm_alert_position_parse (object, error) : NULL;

      if (position == NULL)
        return FALSE;
      g_list_store_append (self->positions, position);
    }
  return TRUE;
}

static gboolean
parse_owner (EnigmAlert *self, JsonObject *json, GError **error)
{
  JsonArray *contacts;

  g_clear_pointer (&self->binding, g_free);
  if (!enigm_json_read_hex (json, "binding", 32, &self->binding, error) ||
      !enigm_json_read_array (json, "contacts", MAX_STAGES, &contacts, error) ||
      !parse_positions (self, json, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (contacts); i++)
    {
      JsonObject *entry = enigm_json_element_object (contacts, "contacts", i, error);
      g_autoptr (EnigmAlertStage) stage = NULL;

      if (entry == NULL || (stage = enigm_alert_stage_parse (entry, TRUE, error)) == NULL)
        return FALSE;
      g_list_store_append (self->stages, stage);
    }
  return TRUE;
}

static gboolean
parse_contact (EnigmAlert *self, JsonObject *json, GError **error)
{
  JsonObject *stages;
  g_autoptr (EnigmAlertStage) stage = NULL;

  g_clear_pointer (&self->from_contact_id, g_free);
  if (!enigm_model_read_contact_id (json, "from", &self->from_contact_id, error) ||
      !enigm_json_read_object (json, "stages", &stages, error) ||
      (stage = enigm_alert_stage_parse (stages, FALSE, error)) == NULL)
    return FALSE;
  g_list_store_append (self->stages, stage);
  return TRUE;
}

/**
 * enigm_alert_parse:
 * @json: an *event* of PROTOCOL.md, section 8
 * @error: return location for %ENIGM_ERROR_PLATFORM_ANSWER
 *
 * Returns: (transfer full) (nullable): what it says, without labels
 */
EnigmAlert *
enigm_alert_parse (JsonObject *json, GError **error)
{
  g_autoptr (EnigmAlert) self = g_object_new (ENIGM_TYPE_ALERT, NULL);
  guint kind;
  guint role;
  guint state;

  if (!enigm_json_read_hex (json, "id", 32, &self->id, error) ||
      !enigm_json_read_choice (json, "kind", kind_names, &kind, error) ||
      !enigm_json_read_choice (json, "role", role_names, &role, error) ||
      !enigm_json_read_choice (json, "state", state_names, &state, error) ||
      !enigm_json_read_time (json, "pressed", &self->pressed, error) ||
      !enigm_json_read_time (json, "received", &self->received, error) ||
      !enigm_json_read_time_or_null (json, "delete_on", &self->delete_on, error) ||
      !parse_ended (self, json, error) || !parse_stopped (self, json, error) ||
      !parse_position (self, json, error))
    return NULL;
  self->kind = (EnigmAlertKind) kind;
  self->role = (EnigmAlertRole) role;
  self->state = (EnigmAlertState) state;
  if (!(self->role == ENIGM_ALERT_ROLE_OWNER ? parse_owner (self, json, error)
                                             : parse_contact (self, json, error)))
    return NULL;
  return g_steal_pointer (&self);
}
