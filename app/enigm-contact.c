/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-json.h"
#include "enigm-model-private.h"
#include "enigm-age.h"

static const gchar *const state_names[] = { "invited", "eligible", "declined", "not-eligible",
                                            NULL };

struct _EnigmContact
{
  GObject parent;
  gchar *contact_id;
  gchar *label;
  EnigmContactState state;
  gint64 since;
  gchar *reason;
  gchar *note;
  EnigmContactWaiting waiting;
};

G_DEFINE_TYPE (EnigmContact, enigm_contact, G_TYPE_OBJECT)

enum
{
  PROP_CONTACT_ID = 1,
  PROP_LABEL,
  PROP_TITLE,
  PROP_STATE,
  PROP_SINCE,
  PROP_REASON,
  PROP_NOTE,
  PROP_WAITING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
enigm_contact_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmContact *self = ENIGM_CONTACT (object);

  switch (id)
    {
    case PROP_CONTACT_ID:
      g_value_set_string (value, self->contact_id);
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_TITLE:
      g_value_set_string (value, enigm_contact_get_title (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_SINCE:
      g_value_set_int64 (value, self->since);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case PROP_NOTE:
      g_value_set_string (value, self->note);
      break;
    case PROP_WAITING:
      g_value_set_enum (value, self->waiting);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_contact_finalize (GObject *object)
{
  EnigmContact *self = ENIGM_CONTACT (object);

  g_free (self->contact_id);
  g_free (self->label);
  g_free (self->reason);
  g_free (self->note);
  G_OBJECT_CLASS (enigm_contact_parent_class)->finalize (object);
}

static void
enigm_contact_class_init (EnigmContactClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = enigm_contact_get_property;
  object_class->finalize = enigm_contact_finalize;

  properties[PROP_CONTACT_ID] = g_param_spec_string ("contact-id", NULL, NULL, NULL, flags);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, ENIGM_TYPE_CONTACT_STATE,
                                              ENIGM_CONTACT_STATE_INVITED, flags);
  properties[PROP_SINCE] = g_param_spec_int64 ("since", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, flags);
  properties[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags);
  properties[PROP_WAITING] = g_param_spec_enum ("waiting", NULL, NULL, ENIGM_TYPE_CONTACT_WAITING,
                                                ENIGM_CONTACT_WAITING_NOTHING, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
enigm_contact_init (EnigmContact *self)
{
  self->label = g_strdup ("");
  self->note = g_strdup ("");
}

EnigmContact *
enigm_contact_new (const gchar *contact_id)
{
  EnigmContact *self = g_object_new (ENIGM_TYPE_CONTACT, NULL);

  self->contact_id = g_strdup (contact_id);
  self->reason = g_strdup ("");
  return self;
}

EnigmContact *
enigm_contact_parse (JsonObject *json, GError **error)
{
  g_autoptr (EnigmContact) self = g_object_new (ENIGM_TYPE_CONTACT, NULL);
  guint state;

  if (!enigm_model_read_contact_id (json, "contact_id", &self->contact_id, error) ||
      !enigm_json_read_choice (json, "state", state_names, &state, error) ||
      !enigm_json_read_time_or_null (json, "since", &self->since, error) ||
      !enigm_model_read_word_or_null (json, "reason", &self->reason, error))
    return NULL;
  self->state = (EnigmContactState) state;
  return g_steal_pointer (&self);
}

/* Takes over what the platform said; the contact ID is the same one. */
void
enigm_contact_copy (EnigmContact *self, EnigmContact *from)
{
  GObject *object = G_OBJECT (self);

  g_assert (g_str_equal (self->contact_id, from->contact_id));

  g_object_freeze_notify (object);
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
  enigm_model_set_string (object, &self->reason, from->reason, properties[PROP_REASON]);
  g_object_thaw_notify (object);
}

void
enigm_contact_set_label (EnigmContact *self, const gchar *label)
{
  if (g_str_equal (self->label, label))
    return;
  enigm_model_set_string (G_OBJECT (self), &self->label, label, properties[PROP_LABEL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

void
enigm_contact_set_note (EnigmContact *self, const gchar *note)
{
  enigm_model_set_string (G_OBJECT (self), &self->note, note, properties[PROP_NOTE]);
}

void
enigm_contact_set_waiting (EnigmContact *self, EnigmContactWaiting waiting)
{
  if (self->waiting == waiting)
    return;
  self->waiting = waiting;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAITING]);
}

const gchar *
enigm_contact_get_contact_id (EnigmContact *self)
{
  g_return_val_if_fail (ENIGM_IS_CONTACT (self), NULL);
  return self->contact_id;
}

const gchar *
enigm_contact_get_label (EnigmContact *self)
{
  g_return_val_if_fail (ENIGM_IS_CONTACT (self), NULL);
  return self->label;
}

const gchar *
enigm_contact_get_title (EnigmContact *self)
{
  g_return_val_if_fail (ENIGM_IS_CONTACT (self), NULL);
  return *self->label != '\0' ? self->label : self->contact_id;
}

EnigmContactState
enigm_contact_get_state (EnigmContact *self)
{
  g_return_val_if_fail (ENIGM_IS_CONTACT (self), ENIGM_CONTACT_STATE_INVITED);
  return self->state;
}

gint64
enigm_contact_get_since (EnigmContact *self)
{
  g_return_val_if_fail (ENIGM_IS_CONTACT (self), 0);
  return self->since;
}

const gchar *
enigm_contact_get_reason (EnigmContact *self)
{
  g_return_val_if_fail (ENIGM_IS_CONTACT (self), NULL);
  return self->reason;
}

const gchar *
enigm_contact_get_note (EnigmContact *self)
{
  g_return_val_if_fail (ENIGM_IS_CONTACT (self), NULL);
  return self->note;
}

EnigmContactWaiting
enigm_contact_get_waiting (EnigmContact *self)
{
  g_return_val_if_fail (ENIGM_IS_CONTACT (self), ENIGM_CONTACT_WAITING_NOTHING);
  return self->waiting;
}

const gchar *
enigm_contact_waiting_to_string (EnigmContactWaiting waiting)
{
  static const gchar *const names[] = { "", "add", "remove", "move" };

  g_return_val_if_fail (waiting < G_N_ELEMENTS (names), NULL);
  return names[waiting];
}

const gchar *
enigm_contact_state_to_string (EnigmContactState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names) - 1, NULL);
  return state_names[state];
}

static gchar *
describe_listed (EnigmContact *self, gint64 now)
{
  g_autofree gchar *age = NULL;

  age = enigm_describe_age (self->since, now);
  switch (self->state)
    {
    case ENIGM_CONTACT_STATE_INVITED:
      /* Translators: %s is an age, such as “3 days ago” */
      return g_strdup_printf (_ ("Invited %s, no answer yet"), age);
    case ENIGM_CONTACT_STATE_ELIGIBLE:
      return g_strdup_printf (_ ("Accepted %s"), age);
    case ENIGM_CONTACT_STATE_DECLINED:
      return g_strdup_printf (_ ("Declined %s"), age);
    case ENIGM_CONTACT_STATE_NOT_ELIGIBLE:
      if (g_strcmp0 (self->reason, "account-closed") == 0 ||
          g_strcmp0 (self->reason, "closed") == 0)
        return g_strdup (_ ("Cannot be reached: account closed"));
      if (g_strcmp0 (self->reason, "left") == 0)
        return g_strdup (_ ("Cannot be reached: left your contacts"));
      if (g_strcmp0 (self->reason, "restored") == 0)
        return g_strdup (_ ("Cannot be reached: the platform was restored. Invite them anew"));
      return g_strdup (_ ("Cannot be reached"));
    default:
      g_assert_not_reached ();
    }
}

gchar *
enigm_contact_describe_state (EnigmContact *self, gint64 now)
{
  g_autofree gchar *listed = NULL;

  g_return_val_if_fail (ENIGM_IS_CONTACT (self), NULL);

  listed = describe_listed (self, now);
  switch (self->waiting)
    {
    case ENIGM_CONTACT_WAITING_ADD:
      return g_strdup (_ ("Waits for the network. Not invited yet: an alert does not reach them"));
    case ENIGM_CONTACT_WAITING_REMOVE:
      return g_strdup (self->state == ENIGM_CONTACT_STATE_ELIGIBLE
                         ? _ ("Being removed. Until the platform has that, an alert reaches them")
                         : _ ("Being removed. The platform does not have that yet"));
    case ENIGM_CONTACT_WAITING_MOVE:
      /* Translators: %s is such as “Accepted 3 days ago” */
      return g_strdup_printf (_ ("%s. The new place waits for the network"), listed);
    case ENIGM_CONTACT_WAITING_NOTHING:
    default:
      return g_steal_pointer (&listed);
    }
}
