/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-computer.h"

#include "enigm-json.h"
#include "enigm-model-private.h"

/* What a computer may be called: 64 characters. */
#define NAME_MAX_BYTES 256

struct _EnigmComputer
{
  GObject parent;
  gchar *id;
  gchar *name;
  gint64 since;
  gint64 last_seen;
  gboolean is_this;
};

G_DEFINE_TYPE (EnigmComputer, enigm_computer, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_SINCE,
  PROP_LAST_SEEN,
  PROP_THIS,
  N_PROPS
};

static void
enigm_computer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmComputer *self = ENIGM_COMPUTER (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SINCE:
      g_value_set_int64 (value, self->since);
      break;
    case PROP_LAST_SEEN:
      g_value_set_int64 (value, self->last_seen);
      break;
    case PROP_THIS:
      g_value_set_boolean (value, self->is_this);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_computer_finalize (GObject *object)
{
  EnigmComputer *self = ENIGM_COMPUTER (object);

  g_free (self->id);
  g_free (self->name);
  G_OBJECT_CLASS (enigm_computer_parent_class)->finalize (object);
}

static void
enigm_computer_class_init (EnigmComputerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamSpec *properties[N_PROPS] = { NULL };

  object_class->get_property = enigm_computer_get_property;
  object_class->finalize = enigm_computer_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SINCE] = g_param_spec_int64 ("since", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_LAST_SEEN] =
    g_param_spec_int64 ("last-seen", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_THIS] = g_param_spec_boolean ("this", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
enigm_computer_init (EnigmComputer *self)
{
}

/**
 * enigm_computer_parse:
 * @json: one of `GET /v1/computers`
 * @error: return location for %ENIGM_ERROR_PLATFORM_ANSWER
 *
 * Returns: (transfer full) (nullable): the computer
 */
EnigmComputer *
enigm_computer_parse (JsonObject *json, GError **error)
{
  g_autoptr (EnigmComputer) self = g_object_new (ENIGM_TYPE_COMPUTER, NULL);

  if (!enigm_json_read_hex (json, "id", 32, &self->id, error) ||
      !enigm_json_read_string (json, "name", NAME_MAX_BYTES, &self->name, error) ||
      !enigm_json_read_time (json, "since", &self->since, error) ||
      !enigm_json_read_time (json, "last_seen", &self->last_seen, error) ||
      !enigm_json_read_bool (json, "this", &self->is_this, error))
    return NULL;
  return g_steal_pointer (&self);
}

const gchar *
enigm_computer_get_id (EnigmComputer *self)
{
  g_return_val_if_fail (ENIGM_IS_COMPUTER (self), NULL);
  return self->id;
}

const gchar *
enigm_computer_get_name (EnigmComputer *self)
{
  g_return_val_if_fail (ENIGM_IS_COMPUTER (self), NULL);
  return self->name;
}

gint64
enigm_computer_get_since (EnigmComputer *self)
{
  g_return_val_if_fail (ENIGM_IS_COMPUTER (self), 0);
  return self->since;
}

gint64
enigm_computer_get_last_seen (EnigmComputer *self)
{
  g_return_val_if_fail (ENIGM_IS_COMPUTER (self), 0);
  return self->last_seen;
}

gboolean
enigm_computer_get_this (EnigmComputer *self)
{
  g_return_val_if_fail (ENIGM_IS_COMPUTER (self), FALSE);
  return self->is_this;
}
