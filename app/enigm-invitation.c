/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-json.h"
#include "enigm-model-private.h"

static const gchar *const state_names[] = { "invited", "eligible", "declined", "not-eligible",
                                            NULL };

struct _EnigmInvitation
{
  GObject parent;
  gchar *id;
  gchar *contact_id;
  gchar *label;
  EnigmInvitationState state;
  gint64 since;
};

G_DEFINE_TYPE (EnigmInvitation, enigm_invitation, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_CONTACT_ID,
  PROP_LABEL,
  PROP_TITLE,
  PROP_STATE,
  PROP_SINCE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
enigm_invitation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmInvitation *self = ENIGM_INVITATION (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_CONTACT_ID:
      g_value_set_string (value, self->contact_id);
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_TITLE:
      g_value_set_string (value, enigm_invitation_get_title (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_SINCE:
      g_value_set_int64 (value, self->since);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_invitation_finalize (GObject *object)
{
  EnigmInvitation *self = ENIGM_INVITATION (object);

  g_free (self->id);
  g_free (self->contact_id);
  g_free (self->label);
  G_OBJECT_CLASS (enigm_invitation_parent_class)->finalize (object);
}

static void
enigm_invitation_class_init (EnigmInvitationClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = enigm_invitation_get_property;
  object_class->finalize = enigm_invitation_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_CONTACT_ID] = g_param_spec_string ("contact-id", NULL, NULL, NULL, flags);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, ENIGM_TYPE_INVITATION_STATE,
                                              ENIGM_INVITATION_STATE_WAITING, flags);
  properties[PROP_SINCE] = g_param_spec_int64 ("since", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
enigm_invitation_init (EnigmInvitation *self)
{
  self->label = g_strdup ("");
}

EnigmInvitation *
enigm_invitation_parse (JsonObject *json, GError **error)
{
  g_autoptr (EnigmInvitation) self = g_object_new (ENIGM_TYPE_INVITATION, NULL);
  guint state;

  if (!enigm_json_read_hex (json, "id", 32, &self->id, error) ||
      !enigm_model_read_contact_id (json, "contact_id", &self->contact_id, error) ||
      !enigm_json_read_choice (json, "state", state_names, &state, error) ||
      !enigm_json_read_time (json, "since", &self->since, error))
    return NULL;
  self->state = (EnigmInvitationState) state;
  return g_steal_pointer (&self);
}

/* Takes over what the platform said; the ID is the same one. */
void
enigm_invitation_copy (EnigmInvitation *self, EnigmInvitation *from)
{
  GObject *object = G_OBJECT (self);

  g_assert (g_str_equal (self->id, from->id));

  g_object_freeze_notify (object);
  enigm_model_set_string (object, &self->contact_id, from->contact_id, properties[PROP_CONTACT_ID]);
  if (self->state != from->state)
    {
      self->state = from->state;
      g_object_notify_by_pspec (object, properties[PROP_STATE]);
    }
  if (self->since != from->since)
    {
      self->since = from->since;
      g_object_notify_by_pspec (object, properties[PROP_SINCE]);
    }
  g_object_thaw_notify (object);
}

void
enigm_invitation_set_label (EnigmInvitation *self, const gchar *label)
{
  if (g_str_equal (self->label, label))
    return;
  enigm_model_set_string (G_OBJECT (self), &self->label, label, properties[PROP_LABEL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

const gchar *
enigm_invitation_get_id (EnigmInvitation *self)
{
  g_return_val_if_fail (ENIGM_IS_INVITATION (self), NULL);
  return self->id;
}

const gchar *
enigm_invitation_get_contact_id (EnigmInvitation *self)
{
  g_return_val_if_fail (ENIGM_IS_INVITATION (self), NULL);
  return self->contact_id;
}

const gchar *
enigm_invitation_get_label (EnigmInvitation *self)
{
  g_return_val_if_fail (ENIGM_IS_INVITATION (self), NULL);
  return self->label;
}

const gchar *
enigm_invitation_get_title (EnigmInvitation *self)
{
  g_return_val_if_fail (ENIGM_IS_INVITATION (self), NULL);
  return *self->label != '\0' ? self->label : self->contact_id;
}

EnigmInvitationState
enigm_invitation_get_state (EnigmInvitation *self)
{
  g_return_val_if_fail (ENIGM_IS_INVITATION (self), ENIGM_INVITATION_STATE_WAITING);
  return self->state;
}

gint64
enigm_invitation_get_since (EnigmInvitation *self)
{
  g_return_val_if_fail (ENIGM_IS_INVITATION (self), 0);
  return self->since;
}

const gchar *
enigm_invitation_state_to_string (EnigmInvitationState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names) - 1, NULL);
  return state_names[state];
}
