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

static const gchar *
describe_to (EnigmKeyChange *self)
{
  static const struct
  {
    const gchar *to;
    const gchar *words;
  } words[] = {
    { "pending", N_ ("Bound") },         { "trusted", N_ ("Trusted") },
    { "restricted", N_ ("Restricted") }, { "revoked", N_ ("Revoked") },
    { "replaced", N_ ("Replaced") },     { "retired", N_ ("Retired") },
    { "cancelled", N_ ("Cancelled") },   { "expired", N_ ("Expired") },
    { "lost", N_ ("Marked as lost") },   { "found", N_ ("Marked as found") },
    { "suspended", N_ ("Suspended") },   { "resumed", N_ ("Resumed") },
    { "released", N_ ("Released") },
  };

  if (g_str_equal (self->to, "restricted") && g_str_equal (self->reason, "lost"))
    return _ ("Marked as lost");
  if (g_str_equal (self->to, "trusted") && g_str_equal (self->from, "restricted"))
    return _ ("Trusted again");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].to, self->to))
      return _ (words[i].words);
  return self->to;
}

gchar *
enigm_key_change_describe (EnigmKeyChange *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_CHANGE (self), NULL);

  /* Translators: %s is what happened to a key, such as “Revoked” */
  if (g_str_equal (self->by, "app"))
    return g_strdup_printf (_ ("%s in the app"), describe_to (self));
  if (g_str_equal (self->by, "command"))
    return g_strdup_printf (_ ("%s by Enigm Command"), describe_to (self));
  if (g_str_equal (self->by, "key"))
    return g_strdup_printf (_ ("%s by the key itself"), describe_to (self));
  if (g_str_equal (self->by, "platform"))
    return g_strdup_printf (_ ("%s by the platform"), describe_to (self));
  return g_strdup (describe_to (self));
}
