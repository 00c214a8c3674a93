/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-json.h"
#include "enigm-model-private.h"

struct _EnigmAlertStage
{
  GObject parent;
  gchar *contact_id;
  gchar *label;
  gint64 accepted;
  gint64 notified;
  gint64 seen;
};

G_DEFINE_TYPE (EnigmAlertStage, enigm_alert_stage, G_TYPE_OBJECT)

enum
{
  PROP_CONTACT_ID = 1,
  PROP_LABEL,
  PROP_TITLE,
  PROP_ACCEPTED,
  PROP_NOTIFIED,
  PROP_SEEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
enigm_alert_stage_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmAlertStage *self = ENIGM_ALERT_STAGE (object);

  switch (id)
    {
    case PROP_CONTACT_ID:
      g_value_set_string (value, self->contact_id);
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_TITLE:
      g_value_set_string (value, enigm_alert_stage_get_title (self));
      break;
    case PROP_ACCEPTED:
      g_value_set_int64 (value, self->accepted);
      break;
    case PROP_NOTIFIED:
      g_value_set_int64 (value, self->notified);
      break;
    case PROP_SEEN:
      g_value_set_int64 (value, self->seen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_alert_stage_finalize (GObject *object)
{
  EnigmAlertStage *self = ENIGM_ALERT_STAGE (object);

  g_free (self->contact_id);
  g_free (self->label);
  G_OBJECT_CLASS (enigm_alert_stage_parent_class)->finalize (object);
}

static void
enigm_alert_stage_class_init (EnigmAlertStageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = enigm_alert_stage_get_property;
  object_class->finalize = enigm_alert_stage_finalize;

  properties[PROP_CONTACT_ID] = g_param_spec_string ("contact-id", NULL, NULL, NULL, flags);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_ACCEPTED] = g_param_spec_int64 ("accepted", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_NOTIFIED] = g_param_spec_int64 ("notified", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_SEEN] = g_param_spec_int64 ("seen", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
enigm_alert_stage_init (EnigmAlertStage *self)
{
  self->contact_id = g_strdup ("");
  self->label = g_strdup ("");
}

/**
 * enigm_alert_stage_parse:
 * @json: `{accepted, notified, seen}`, with `contact_id` where @with_contact
 * @with_contact: whether it says whose it is; one's own does not
 */
EnigmAlertStage *
enigm_alert_stage_parse (JsonObject *json, gboolean with_contact, GError **error)
{
  g_autoptr (EnigmAlertStage) self = g_object_new (ENIGM_TYPE_ALERT_STAGE, NULL);

  if (with_contact)
    {
      g_clear_pointer (&self->contact_id, g_free);
      if (!enigm_model_read_contact_id (json, "contact_id", &self->contact_id, error))
        return NULL;
    }
  if (!enigm_json_read_time_or_null (json, "accepted", &self->accepted, error) ||
      !enigm_json_read_time_or_null (json, "notified", &self->notified, error) ||
      !enigm_json_read_time_or_null (json, "seen", &self->seen, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
enigm_alert_stage_copy (EnigmAlertStage *self, EnigmAlertStage *from)
{
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);
  if (self->accepted != from->accepted)
    {
      self->accepted = from->accepted;
      g_object_notify_by_pspec (object, properties[PROP_ACCEPTED]);
    }
  if (self->notified != from->notified)
    {
      self->notified = from->notified;
      g_object_notify_by_pspec (object, properties[PROP_NOTIFIED]);
    }
  if (self->seen != from->seen)
    {
      self->seen = from->seen;
      g_object_notify_by_pspec (object, properties[PROP_SEEN]);
    }
  g_object_thaw_notify (object);
}

void
enigm_alert_stage_set_label (EnigmAlertStage *self, const gchar *label)
{
  if (g_str_equal (self->label, label))
    return;
  enigm_model_set_string (G_OBJECT (self), &self->label, label, properties[PROP_LABEL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

const gchar *
enigm_alert_stage_get_contact_id (EnigmAlertStage *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_STAGE (self), NULL);
  return self->contact_id;
}

const gchar *
enigm_alert_stage_get_label (EnigmAlertStage *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_STAGE (self), NULL);
  return self->label;
}

const gchar *
enigm_alert_stage_get_title (EnigmAlertStage *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_STAGE (self), NULL);
  return *self->label != '\0' ? self->label : self->contact_id;
}

gint64
enigm_alert_stage_get_accepted (EnigmAlertStage *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_STAGE (self), 0);
  return self->accepted;
}

gint64
enigm_alert_stage_get_notified (EnigmAlertStage *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_STAGE (self), 0);
  return self->notified;
}

gint64
enigm_alert_stage_get_seen (EnigmAlertStage *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_STAGE (self), 0);
  return self->seen;
}
