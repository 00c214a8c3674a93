/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-json.h"
#include "enigm-model-private.h"

#define MAX_WORD 64

struct _EnigmKeyChange
{
  GObject parent;
  gint64 time;
  gchar *from;
  gchar *to;
  gchar *by;
  gchar *reason;
};

G_DEFINE_TYPE (EnigmKeyChange, enigm_key_change, G_TYPE_OBJECT)

enum
{
  PROP_TIME = 1,
  PROP_FROM,
  PROP_TO,
  PROP_BY,
  PROP_REASON,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
enigm_key_change_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmKeyChange *self = ENIGM_KEY_CHANGE (object);

  switch (id)
    {
    case PROP_TIME:
      g_value_set_int64 (value, self->time);
      break;
    case PROP_FROM:
      g_value_set_string (value, self->from);
      break;
    case PROP_TO:
      g_value_set_string (value, self->to);
      break;
    case PROP_BY:
      g_value_set_string (value, self->by);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_key_change_finalize (GObject *object)
{
  EnigmKeyChange *self = ENIGM_KEY_CHANGE (object);

  g_free (self->from);
  g_free (self->to);
  g_free (self->by);
  g_free (self->reason);
  G_OBJECT_CLASS (enigm_key_change_parent_class)->finalize (object);
}

static void
enigm_key_change_class_init (EnigmKeyChangeClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = enigm_key_change_get_property;
  object_class->finalize = enigm_key_change_finalize;

  properties[PROP_TIME] = g_param_spec_int64 ("time", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_FROM] = g_param_spec_string ("from", NULL, NULL, NULL, flags);
  properties[PROP_TO] = g_param_spec_string ("to", NULL, NULL, NULL, flags);
  properties[PROP_BY] = g_param_spec_string ("by", NULL, NULL, NULL, flags);
  properties[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
enigm_key_change_init (EnigmKeyChange *self)
{
}

EnigmKeyChange *
enigm_key_change_parse (JsonObject *json, GError **error)
{
  g_autoptr (EnigmKeyChange) self = g_object_new (ENIGM_TYPE_KEY_CHANGE, NULL);

  if (!enigm_json_read_time (json, "time", &self->time, error) ||
      !enigm_model_read_word_or_null (json, "from", &self->from, error) ||
      !enigm_json_read_string (json, "to", MAX_WORD, &self->to, error) ||
      !enigm_json_read_string (json, "by", MAX_WORD, &self->by, error) ||
      !enigm_model_read_word_or_null (json, "reason", &self->reason, error))
    return NULL;
  return g_steal_pointer (&self);
}

gint64
enigm_key_change_get_time (EnigmKeyChange *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_CHANGE (self), 0);
  return self->time;
}

const gchar *
enigm_key_change_get_from (EnigmKeyChange *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_CHANGE (self), NULL);
  return self->from;
}

const gchar *
enigm_key_change_get_to (EnigmKeyChange *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_CHANGE (self), NULL);
  return self->to;
}

const gchar *
enigm_key_change_get_by (EnigmKeyChange *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_CHANGE (self), NULL);
  return self->by;
}

const gchar *
enigm_key_change_get_reason (EnigmKeyChange *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_CHANGE (self), NULL);
  return self->reason;
}

/* What happened, by where it led, who did it and why; %NULL stands for any. The first line that
 * fits is taken, so that what a later platform adds still reads by the state it led to. */
static const struct
{
  const gchar *to;
  const gchar *by;
  const gchar *reason;
  const gchar *sentence;
} sentences[] = {
  { "pending", NULL, NULL, N_ ("Bound to your account, not proved yet") },

  { "trusted", "key", "proved", N_ ("Trusted: the key proved itself") },
  { "trusted", "app", "found", N_ ("You said that you have it; its presses count again") },
  { "trusted", "command", "found",
    N_ ("Marked as found by whoever runs the platform; its presses count again") },
  { "trusted", NULL, "resumed",
    N_ ("Suspension ended by whoever runs the platform; its presses count again") },
  { "trusted", NULL, NULL, N_ ("Trusted") },

  { "restricted", "app", "lost", N_ ("Marked as lost in the app") },
  { "restricted", "command", "lost", N_ ("Marked as lost by whoever runs the platform") },
  { "restricted", NULL, "suspended", N_ ("Suspended by whoever runs the platform") },
  { "restricted", NULL, "unproved",
    N_ ("Not proved any more: the platform was restored from a copy") },
  { "restricted", "app", "found",
    N_ ("You said that you have it; its presses stay refused for another reason") },
  { "restricted", "command", "found",
    N_ ("Marked as found by whoever runs the platform; its presses stay refused for another "
        "reason") },
  { "restricted", NULL, "resumed",
    N_ ("Suspension ended by whoever runs the platform; its presses stay refused for another "
        "reason") },
  { "restricted", NULL, NULL, N_ ("Restricted") },

  { "revoked", "app", "lost", N_ ("Revoked as lost in the app") },
  { "revoked", "app", "stolen", N_ ("Revoked as stolen in the app") },
  { "revoked", "app", "retired", N_ ("Revoked as no longer used in the app") },
  { "revoked", "app", "replaced", N_ ("Revoked as replaced in the app") },
  { "revoked", "command", "lost", N_ ("Revoked as lost by whoever runs the platform") },
  { "revoked", "command", "stolen", N_ ("Revoked as stolen by whoever runs the platform") },
  { "revoked", "command", "retired",
    N_ ("Revoked as no longer used by whoever runs the platform") },
  { "revoked", "command", "replaced", N_ ("Revoked as replaced by whoever runs the platform") },
  { "revoked", NULL, NULL, N_ ("Revoked") },

  { "replaced", NULL, NULL, N_ ("Replaced: a newer pairing took its place") },
  { "retired", NULL, NULL, N_ ("Retired in the app") },

  { "cancelled", NULL, "cancelled", N_ ("Pairing cancelled in the app") },
  { "cancelled", NULL, "newer", N_ ("Pairing ended: the key was paired anew") },
  { "cancelled", NULL, "lost", N_ ("Pairing ended: the key was marked as lost") },
  { "cancelled", NULL, "retired", N_ ("Pairing ended: the key was retired") },
  { "cancelled", NULL, NULL, N_ ("Pairing ended") },
  { "expired", NULL, NULL, N_ ("Pairing ended: the key did not prove itself in time") },

  { "released", "app", NULL, N_ ("Released in the app; it belongs to nobody") },
  { "released", "command", NULL,
    N_ ("Released by whoever runs the platform; it belongs to nobody") },
  { "released", NULL, NULL, N_ ("Released; it belongs to nobody") },
};

gchar *
enigm_key_change_describe (EnigmKeyChange *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_CHANGE (self), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (sentences[i].to, self->to) &&
        (sentences[i].by == NULL || g_str_equal (sentences[i].by, self->by)) &&
        (sentences[i].reason == NULL || g_str_equal (sentences[i].reason, self->reason)))
      return g_strdup (_ (sentences[i].sentence));
  return g_strdup (_ ("Changed in a way that this version of Enigm App does not know"));
}
