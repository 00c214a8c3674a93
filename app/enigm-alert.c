/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-alert-private.h"
#include "enigm-model-private.h"

G_DEFINE_TYPE (EnigmAlert, enigm_alert, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_KIND,
  PROP_ROLE,
  PROP_STATE,
  PROP_PRESSED,
  PROP_RECEIVED,
  PROP_ENDED_TIME,
  PROP_ENDED_BY,
  PROP_HAS_POSITION,
  PROP_LATITUDE,
  PROP_LONGITUDE,
  PROP_ACCURACY,
  PROP_POSITION_TIME,
  PROP_FROM,
  PROP_BINDING,
  PROP_STAGES,
  PROP_DELETE_ON,
  PROP_STOPPED,
  PROP_WAITING,
  PROP_GONE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
enigm_alert_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmAlert *self = ENIGM_ALERT (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_ROLE:
      g_value_set_enum (value, self->role);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_PRESSED:
      g_value_set_int64 (value, self->pressed);
      break;
    case PROP_RECEIVED:
      g_value_set_int64 (value, self->received);
      break;
    case PROP_ENDED_TIME:
      g_value_set_int64 (value, self->ended_time);
      break;
    case PROP_ENDED_BY:
      g_value_set_string (value, self->ended_by);
      break;
    case PROP_HAS_POSITION:
      g_value_set_boolean (value, self->has_position);
      break;
    case PROP_LATITUDE:
      g_value_set_double (value, self->latitude);
      break;
    case PROP_LONGITUDE:
      g_value_set_double (value, self->longitude);
      break;
    case PROP_ACCURACY:
      g_value_set_double (value, self->accuracy);
      break;
    case PROP_POSITION_TIME:
      g_value_set_int64 (value, self->position_time);
      break;
    case PROP_FROM:
      g_value_set_string (value, enigm_alert_get_from (self));
      break;
    case PROP_BINDING:
      g_value_set_string (value, self->binding);
      break;
    case PROP_STAGES:
      g_value_set_object (value, self->stages);
      break;
    case PROP_DELETE_ON:
      g_value_set_int64 (value, self->delete_on);
      break;
    case PROP_STOPPED:
      g_value_set_string (value, self->stopped);
      break;
    case PROP_WAITING:
      g_value_set_boolean (value, self->waiting);
      break;
    case PROP_GONE:
      g_value_set_boolean (value, self->gone);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_alert_finalize (GObject *object)
{
  EnigmAlert *self = ENIGM_ALERT (object);

  g_free (self->id);
  g_free (self->ended_by);
  g_free (self->from_contact_id);
  g_free (self->from_label);
  g_free (self->binding);
  g_object_unref (self->stages);
  g_object_unref (self->positions);
  g_free (self->stopped);
  G_OBJECT_CLASS (enigm_alert_parent_class)->finalize (object);
}

static void
enigm_alert_class_init (EnigmAlertClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = enigm_alert_get_property;
  object_class->finalize = enigm_alert_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, ENIGM_TYPE_ALERT_KIND, ENIGM_ALERT_KIND_ALERT, flags);
  properties[PROP_ROLE] =
    g_param_spec_enum ("role", NULL, NULL, ENIGM_TYPE_ALERT_ROLE, ENIGM_ALERT_ROLE_OWNER, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, ENIGM_TYPE_ALERT_STATE,
                                              ENIGM_ALERT_STATE_ACTIVE, flags);
  properties[PROP_PRESSED] = g_param_spec_int64 ("pressed", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_RECEIVED] = g_param_spec_int64 ("received", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_ENDED_TIME] =
    g_param_spec_int64 ("ended-time", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_ENDED_BY] = g_param_spec_string ("ended-by", NULL, NULL, NULL, flags);
  properties[PROP_HAS_POSITION] = g_param_spec_boolean ("has-position", NULL, NULL, FALSE, flags);
  properties[PROP_LATITUDE] = g_param_spec_double ("latitude", NULL, NULL, -90, 90, 0, flags);
  properties[PROP_LONGITUDE] = g_param_spec_double ("longitude", NULL, NULL, -180, 180, 0, flags);
  properties[PROP_ACCURACY] =
    g_param_spec_double ("accuracy", NULL, NULL, 0, ENIGM_ALERT_MAX_ACCURACY, 0, flags);
  properties[PROP_POSITION_TIME] =
    g_param_spec_int64 ("position-time", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_FROM] = g_param_spec_string ("from", NULL, NULL, NULL, flags);
  properties[PROP_BINDING] = g_param_spec_string ("binding", NULL, NULL, NULL, flags);
  properties[PROP_STAGES] = g_param_spec_object ("stages", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_DELETE_ON] =
    g_param_spec_int64 ("delete-on", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_STOPPED] = g_param_spec_string ("stopped", NULL, NULL, NULL, flags);
  properties[PROP_WAITING] = g_param_spec_boolean ("waiting", NULL, NULL, FALSE, flags);
  properties[PROP_GONE] = g_param_spec_boolean ("gone", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
enigm_alert_init (EnigmAlert *self)
{
  self->ended_by = g_strdup ("");
  self->from_contact_id = g_strdup ("");
  self->from_label = g_strdup ("");
  self->binding = g_strdup ("");
  self->stages = g_list_store_new (ENIGM_TYPE_ALERT_STAGE);
  self->positions = g_list_store_new (ENIGM_TYPE_ALERT_POSITION);
  self->stopped = g_strdup ("");
}

static void
copy_stages (EnigmAlert *self, EnigmAlert *from)
{
  GListModel *old = G_LIST_MODEL (self->stages);
  GListModel *new = G_LIST_MODEL (from->stages);
  guint n = g_list_model_get_n_items (new);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EnigmAlertStage) then = g_list_model_get_item (old, i);
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (new, i);

      if (then != NULL && g_str_equal (enigm_alert_stage_get_contact_id (then),
                                       enigm_alert_stage_get_contact_id (stage)))
        enigm_alert_stage_copy (then, stage);
      else
        g_list_store_splice (self->stages, i, then != NULL ? 1 : 0, (gpointer *) &stage, 1);
    }
  if (g_list_model_get_n_items (old) > n)
    g_list_store_splice (self->stages, n, g_list_model_get_n_items (old) - n, NULL, 0);
}

static void
copy_positions (EnigmAlert *self, EnigmAlert *from)
{
  GListModel *old = G_LIST_MODEL (self->positions);
  GListModel *new = G_LIST_MODEL (from->positions);
  guint n_old = g_list_model_get_n_items (old);
  guint n_new = g_list_model_get_n_items (new);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean same = n_old == n_new;

  for (guint i = 0; i < n_new; i++)
    {
      g_autoptr (EnigmAlertPosition) then = g_list_model_get_item (old, i);
      EnigmAlertPosition *position = g_list_model_get_item (new, i);

      g_ptr_array_add (items, position);
      same = same && enigm_alert_position_equal (then, position);
    }
  if (!same)
    g_list_store_splice (self->positions, 0, n_old, items->pdata, n_new);
}

#define COPY(field, PROP)                                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (memcmp (&self->field, &from->field, sizeof self->field) != 0)                              \
      {                                                                                            \
        self->field = from->field;                                                                 \
        g_object_notify_by_pspec (object, properties[PROP]);                                       \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* Whether a contact had come further in @self than in @from. */
static gboolean
has_earlier_stage (EnigmAlert *self, EnigmAlert *from)
{
  guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->stages)),
                 g_list_model_get_n_items (G_LIST_MODEL (from->stages)));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EnigmAlertStage) then = g_list_model_get_item (G_LIST_MODEL (self->stages), i);
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (G_LIST_MODEL (from->stages), i);

      if (g_str_equal (enigm_alert_stage_get_contact_id (then),
                       enigm_alert_stage_get_contact_id (stage)) &&
          ((enigm_alert_stage_get_notified (then) != 0 &&
            enigm_alert_stage_get_notified (stage) == 0) ||
           (enigm_alert_stage_get_seen (then) != 0 && enigm_alert_stage_get_seen (stage) == 0)))
        return TRUE;
    }
  return FALSE;
}

/**
 * enigm_alert_is_older:
 * @from: what another answer of the platform says of the same alert
 *
 * Answers overtake each other: a list that was asked for before an alert ended may arrive after it.
 * An alert only ever goes forward, so what takes something back was said earlier.
 *
 * Returns: whether @from was said before what @self shows
 */
gboolean
enigm_alert_is_older (EnigmAlert *self, EnigmAlert *from)
{
  if (self->state != from->state)
    return from->state == ENIGM_ALERT_STATE_ACTIVE;
  return (self->has_position && from->has_position && from->position_time < self->position_time) ||
         (self->state == ENIGM_ALERT_STATE_ACTIVE && self->has_position && !from->has_position) ||
         has_earlier_stage (self, from);
}

/* Takes over what the platform said, unless it was said earlier; the ID is the same one. */
void
enigm_alert_copy (EnigmAlert *self, EnigmAlert *from)
{
  GObject *object = G_OBJECT (self);

  g_assert (g_str_equal (self->id, from->id));

  if (enigm_alert_is_older (self, from))
    return;

  g_object_freeze_notify (object);
  COPY (kind, PROP_KIND);
  COPY (role, PROP_ROLE);
  COPY (state, PROP_STATE);
  COPY (pressed, PROP_PRESSED);
  COPY (received, PROP_RECEIVED);
  COPY (ended_time, PROP_ENDED_TIME);
  COPY (has_position, PROP_HAS_POSITION);
  COPY (latitude, PROP_LATITUDE);
  COPY (longitude, PROP_LONGITUDE);
  COPY (accuracy, PROP_ACCURACY);
  COPY (position_time, PROP_POSITION_TIME);
  COPY (delete_on, PROP_DELETE_ON);
  enigm_model_set_string (object, &self->ended_by, from->ended_by, properties[PROP_ENDED_BY]);
  enigm_model_set_string (object, &self->binding, from->binding, properties[PROP_BINDING]);
  enigm_model_set_string (object, &self->from_contact_id, from->from_contact_id,
                          properties[PROP_FROM]);
  enigm_model_set_string (object, &self->stopped, from->stopped, properties[PROP_STOPPED]);
  copy_stages (self, from);
  if (from->has_positions)
    {
      self->has_positions = TRUE;
      self->positions_time = from->positions_time;
      copy_positions (self, from);
    }
  g_object_thaw_notify (object);
}

/* @labels: (element-type utf8 utf8): the owner's words, by contact ID. */
void
enigm_alert_set_labels (EnigmAlert *self, GHashTable *labels)
{
  const gchar *label = g_hash_table_lookup (labels, self->from_contact_id);

  enigm_model_set_string (G_OBJECT (self), &self->from_label, label != NULL ? label : "",
                          properties[PROP_FROM]);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->stages)); i++)
    {
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (G_LIST_MODEL (self->stages), i);

      label = g_hash_table_lookup (labels, enigm_alert_stage_get_contact_id (stage));
      enigm_alert_stage_set_label (stage, label != NULL ? label : "");
    }
}

void
enigm_alert_set_waiting (EnigmAlert *self, gboolean waiting)
{
  if (self->waiting == waiting)
    return;
  self->waiting = waiting;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAITING]);
}

/**
 * enigm_alert_let_go:
 *
 * The platform shows it to this account no more. Whoever still holds it finds no position in it.
 */
void
enigm_alert_let_go (EnigmAlert *self)
{
  GObject *object = G_OBJECT (self);

  if (self->gone)
    return;
  g_object_freeze_notify (object);
  self->gone = TRUE;
  self->has_position = FALSE;
  self->latitude = self->longitude = self->accuracy = 0;
  self->position_time = 0;
  g_list_store_remove_all (self->positions);
  for (guint prop = PROP_HAS_POSITION; prop <= PROP_POSITION_TIME; prop++)
    g_object_notify_by_pspec (object, properties[prop]);
  g_object_notify_by_pspec (object, properties[PROP_GONE]);
  g_object_thaw_notify (object);
}

const gchar *
enigm_alert_get_id (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), NULL);
  return self->id;
}

EnigmAlertKind
enigm_alert_get_kind (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), ENIGM_ALERT_KIND_ALERT);
  return self->kind;
}

EnigmAlertRole
enigm_alert_get_role (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), ENIGM_ALERT_ROLE_OWNER);
  return self->role;
}

EnigmAlertState
enigm_alert_get_state (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), ENIGM_ALERT_STATE_ACTIVE);
  return self->state;
}

gint64
enigm_alert_get_pressed (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), 0);
  return self->pressed;
}

gint64
enigm_alert_get_received (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), 0);
  return self->received;
}

gint64
enigm_alert_get_ended_time (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), 0);
  return self->ended_time;
}

const gchar *
enigm_alert_get_ended_by (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), NULL);
  return self->ended_by;
}

gboolean
enigm_alert_get_has_position (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), FALSE);
  return self->has_position;
}

gdouble
enigm_alert_get_latitude (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), 0);
  return self->latitude;
}

gdouble
enigm_alert_get_longitude (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), 0);
  return self->longitude;
}

gdouble
enigm_alert_get_accuracy (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), 0);
  return self->accuracy;
}

gint64
enigm_alert_get_position_time (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), 0);
  return self->position_time;
}

const gchar *
enigm_alert_get_from (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), NULL);
  return *self->from_label != '\0' ? self->from_label : self->from_contact_id;
}

const gchar *
enigm_alert_get_from_contact_id (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), NULL);
  return self->from_contact_id;
}

const gchar *
enigm_alert_get_binding (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), NULL);
  return self->binding;
}

gint64
enigm_alert_get_delete_on (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), 0);
  return self->delete_on;
}

const gchar *
enigm_alert_get_stopped (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), NULL);
  return self->stopped;
}

gboolean
enigm_alert_get_has_all_positions (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), FALSE);
  return self->has_positions && self->positions_time == self->position_time;
}

GListModel *
enigm_alert_get_positions (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), NULL);
  return G_LIST_MODEL (self->positions);
}

gboolean
enigm_alert_get_waiting (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), FALSE);
  return self->waiting;
}

gboolean
enigm_alert_get_gone (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), FALSE);
  return self->gone;
}

GListModel *
enigm_alert_get_stages (EnigmAlert *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT (self), NULL);
  return G_LIST_MODEL (self->stages);
}

guint
enigm_alert_count_stages (EnigmAlert *self, guint *accepted, guint *notified, guint *seen)
{
  guint counts[3] = { 0 };
  guint n;

  g_return_val_if_fail (ENIGM_IS_ALERT (self), 0);

  n = g_list_model_get_n_items (G_LIST_MODEL (self->stages));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (G_LIST_MODEL (self->stages), i);

      counts[0] += enigm_alert_stage_get_accepted (stage) != 0;
      counts[1] += enigm_alert_stage_get_notified (stage) != 0;
      counts[2] += enigm_alert_stage_get_seen (stage) != 0;
    }
  if (accepted != NULL)
    *accepted = counts[0];
  if (notified != NULL)
    *notified = counts[1];
  if (seen != NULL)
    *seen = counts[2];
  return n;
}
