/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-json.h"
#include "enigm-key.h"
#include "enigm-model-private.h"
#include "protocol/enigm-text.h"

/* Most changes that one key's history may have. */
#define MAX_HISTORY 1000
/* Most tries that are told: one a minute for thirty days. */
#define MAX_ATTEMPTS (30 * 24 * 60)

/* Of a pseudonym, as many as tell keys apart and can be read to somebody on the telephone. */
#define NUMBER_DIGITS 12

static const gchar *const state_names[] = { "pending",   "trusted",  "restricted",
                                            "revoked",   "replaced", "retired",
                                            "cancelled", "expired",  NULL };
static const gchar *const reason_names[] = { "lost", "suspended", "unproved", NULL };
static const gchar *const proof_names[] = { "own", "relayed", NULL };

struct _EnigmKey
{
  GObject parent;
  gchar *binding;
  gchar *certificate;
  gchar *pseudonym;
  gchar *name;
  EnigmKeyState state;
  EnigmKeyReasons reasons;
  gint64 since;
  gint64 proved_time;
  EnigmKeyProof proved_by;
  gint64 restored;
  guint battery;
  gint64 battery_time;
  gboolean has_secret;
  GListStore *history;
  gboolean waiting_to_revoke;
  gint64 drill_time;
  guint drill_reached;
  gint64 drill_last;
  gint64 released;
  gchar *replaces;
  GArray *attempts;
};

G_DEFINE_TYPE (EnigmKey, enigm_key, G_TYPE_OBJECT)

enum
{
  PROP_BINDING = 1,
  PROP_CERTIFICATE,
  PROP_PSEUDONYM,
  PROP_NAME,
  PROP_STATE,
  PROP_REASONS,
  PROP_SINCE,
  PROP_PROVED_TIME,
  PROP_PROVED_BY,
  PROP_BATTERY,
  PROP_BATTERY_TIME,
  PROP_HAS_SECRET,
  PROP_HISTORY,
  PROP_WAITING_TO_REVOKE,
  PROP_DRILL_TIME,
  PROP_DRILL_REACHED,
  PROP_DRILL_LAST,
  PROP_RESTORED,
  PROP_RELEASED,
  PROP_REPLACES,
  PROP_N_ATTEMPTS,
  PROP_LAST_ATTEMPT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
enigm_key_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmKey *self = ENIGM_KEY (object);

  switch (id)
    {
    case PROP_BINDING:
      g_value_set_string (value, self->binding);
      break;
    case PROP_CERTIFICATE:
      g_value_set_string (value, self->certificate);
      break;
    case PROP_PSEUDONYM:
      g_value_set_string (value, self->pseudonym);
      break;
    case PROP_NAME:
      g_value_set_string (value, enigm_key_get_name (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_REASONS:
      g_value_set_flags (value, self->reasons);
      break;
    case PROP_SINCE:
      g_value_set_int64 (value, self->since);
      break;
    case PROP_PROVED_TIME:
      g_value_set_int64 (value, self->proved_time);
      break;
    case PROP_PROVED_BY:
      g_value_set_enum (value, self->proved_by);
      break;
    case PROP_BATTERY:
      g_value_set_uint (value, self->battery);
      break;
    case PROP_BATTERY_TIME:
      g_value_set_int64 (value, self->battery_time);
      break;
    case PROP_HAS_SECRET:
      g_value_set_boolean (value, self->has_secret);
      break;
    case PROP_HISTORY:
      g_value_set_object (value, self->history);
      break;
    case PROP_WAITING_TO_REVOKE:
      g_value_set_boolean (value, self->waiting_to_revoke);
      break;
    case PROP_DRILL_TIME:
      g_value_set_int64 (value, self->drill_time);
      break;
    case PROP_DRILL_REACHED:
      g_value_set_uint (value, self->drill_reached);
      break;
    case PROP_DRILL_LAST:
      g_value_set_int64 (value, self->drill_last);
      break;
    case PROP_RESTORED:
      g_value_set_int64 (value, self->restored);
      break;
    case PROP_RELEASED:
      g_value_set_int64 (value, self->released);
      break;
    case PROP_REPLACES:
      g_value_set_string (value, self->replaces);
      break;
    case PROP_N_ATTEMPTS:
      g_value_set_uint (value, self->attempts->len);
      break;
    case PROP_LAST_ATTEMPT:
      g_value_set_int64 (value, enigm_key_get_attempt (self, 0));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_key_finalize (GObject *object)
{
  EnigmKey *self = ENIGM_KEY (object);

  g_free (self->binding);
  g_free (self->certificate);
  g_free (self->pseudonym);
  g_free (self->name);
  g_free (self->replaces);
  g_array_unref (self->attempts);
  g_object_unref (self->history);
  G_OBJECT_CLASS (enigm_key_parent_class)->finalize (object);
}

static void
enigm_key_class_init (EnigmKeyClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = enigm_key_get_property;
  object_class->finalize = enigm_key_finalize;

  properties[PROP_BINDING] = g_param_spec_string ("binding", NULL, NULL, NULL, flags);
  properties[PROP_CERTIFICATE] = g_param_spec_string ("certificate", NULL, NULL, NULL, flags);
  properties[PROP_PSEUDONYM] = g_param_spec_string ("pseudonym", NULL, NULL, "", flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, ENIGM_TYPE_KEY_STATE, ENIGM_KEY_STATE_PENDING, flags);
  properties[PROP_REASONS] =
    g_param_spec_flags ("reasons", NULL, NULL, ENIGM_TYPE_KEY_REASONS, 0, flags);
  properties[PROP_SINCE] = g_param_spec_int64 ("since", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_PROVED_TIME] =
    g_param_spec_int64 ("proved-time", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_PROVED_BY] =
    g_param_spec_enum ("proved-by", NULL, NULL, ENIGM_TYPE_KEY_PROOF, ENIGM_KEY_PROOF_NONE, flags);
  properties[PROP_BATTERY] = g_param_spec_uint ("battery", NULL, NULL, 0, ENIGM_KEY_BATTERY_UNKNOWN,
                                                ENIGM_KEY_BATTERY_UNKNOWN, flags);
  properties[PROP_BATTERY_TIME] =
    g_param_spec_int64 ("battery-time", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_HAS_SECRET] = g_param_spec_boolean ("has-secret", NULL, NULL, FALSE, flags);
  properties[PROP_HISTORY] = g_param_spec_object ("history", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_WAITING_TO_REVOKE] =
    g_param_spec_boolean ("waiting-to-revoke", NULL, NULL, FALSE, flags);
  properties[PROP_DRILL_TIME] =
    g_param_spec_int64 ("drill-time", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_DRILL_REACHED] =
    g_param_spec_uint ("drill-reached", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_DRILL_LAST] =
    g_param_spec_int64 ("drill-last", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_RESTORED] = g_param_spec_int64 ("restored", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_RELEASED] = g_param_spec_int64 ("released", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_REPLACES] = g_param_spec_string ("replaces", NULL, NULL, "", flags);
  properties[PROP_N_ATTEMPTS] =
    g_param_spec_uint ("n-attempts", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_LAST_ATTEMPT] =
    g_param_spec_int64 ("last-attempt", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
enigm_key_init (EnigmKey *self)
{
  self->battery = ENIGM_KEY_BATTERY_UNKNOWN;
  self->history = g_list_store_new (ENIGM_TYPE_KEY_CHANGE);
  self->pseudonym = g_strdup ("");
  self->replaces = g_strdup ("");
  self->attempts = g_array_new (FALSE, FALSE, sizeof (gint64));
}

const gchar *
enigm_key_state_to_string (EnigmKeyState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names) - 1, NULL);
  return state_names[state];
}

static gboolean
parse_reasons (EnigmKey *self, JsonObject *json, GError **error)
{
  JsonArray *array;

  if (!enigm_json_read_array (json, "reasons", G_N_ELEMENTS (reason_names), &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (JsonObject) wrapper = json_object_new ();
      guint reason;

      /* An element is read like a member, so that it is refused with the array's name. */
      json_object_set_member (wrapper, "reasons",
                              json_node_copy (json_array_get_element (array, i)));
      if (!enigm_json_read_choice (wrapper, "reasons", reason_names, &reason, error))
        return FALSE;
      self->reasons |= 1u << reason;
    }
  return TRUE;
}

static gboolean
parse_evidence (EnigmKey *self, JsonObject *json, GError **error)
{
  JsonObject *proved;
  JsonObject *battery;

  /* What an earlier version kept does not say. */
  if (json_object_has_member (json, "restored") &&
      !enigm_json_read_time_or_null (json, "restored", &self->restored, error))
    return FALSE;
  if (!enigm_json_read_object_or_null (json, "proved", &proved, error) ||
      !enigm_json_read_object_or_null (json, "battery", &battery, error))
    return FALSE;
  if (proved != NULL)
    {
      guint by;

      if (!enigm_json_read_time (proved, "time", &self->proved_time, error) ||
          !enigm_json_read_choice (proved, "by", proof_names, &by, error))
        return FALSE;
      self->proved_by = by == 0 ? ENIGM_KEY_PROOF_OWN : ENIGM_KEY_PROOF_RELAYED;
    }
  if (battery != NULL)
    {
      gint64 percent;

      if (!enigm_json_read_int (battery, "percent", 0, ENIGM_KEY_BATTERY_UNKNOWN, &percent,
                                error) ||
          !enigm_json_read_time (battery, "time", &self->battery_time, error))
        return FALSE;
      self->battery = (guint) percent;
    }
  return TRUE;
}

static gboolean
parse_history (EnigmKey *self, JsonObject *json, GError **error)
{
  JsonArray *array;

  if (!enigm_json_read_array (json, "history", MAX_HISTORY, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *entry = enigm_json_element_object (array, "history", i, error);
      g_autoptr (EnigmKeyChange) change = NULL;

      if (entry == NULL || (change = enigm_key_change_parse (entry, error)) == NULL)
        return FALSE;
      g_list_store_append (self->history, change);
    }
  return TRUE;
}

static gboolean
parse_attempts (EnigmKey *self, JsonObject *json, GError **error)
{
  JsonArray *array;

  if (!enigm_json_read_array (json, "attempts", MAX_ATTEMPTS, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (JsonObject) wrapper = json_object_new ();
      gint64 time;

      json_object_set_member (wrapper, "attempts",
                              json_node_copy (json_array_get_element (array, i)));
      if (!enigm_json_read_time (wrapper, "attempts", &time, error))
        return FALSE;
      g_array_append_val (self->attempts, time);
    }
  return TRUE;
}

/* Lists that were kept by an older version do not have it. */
static gboolean
parse_pseudonym (EnigmKey *self, JsonObject *json, GError **error)
{
  if (!json_object_has_member (json, "pseudonym"))
    return TRUE;
  g_clear_pointer (&self->pseudonym, g_free);
  return enigm_json_read_hex (json, "pseudonym", 64, &self->pseudonym, error);
}

/* What became of it after its end. Lists that were kept by an older version do not have it. */
static gboolean
parse_aftermath (EnigmKey *self, JsonObject *json, GError **error)
{
  if (json_object_has_member (json, "released") &&
      !enigm_json_read_time_or_null (json, "released", &self->released, error))
    return FALSE;
  if (json_object_has_member (json, "replaces") && !json_object_get_null_member (json, "replaces"))
    {
      g_clear_pointer (&self->replaces, g_free);
      if (!enigm_json_read_hex (json, "replaces", 32, &self->replaces, error))
        return FALSE;
    }
  return !json_object_has_member (json, "attempts") || parse_attempts (self, json, error);
}

/**
 * enigm_key_parse:
 * @json: a *key* of PROTOCOL.md, section 8
 * @error: return location for %ENIGM_ERROR_PLATFORM_ANSWER
 *
 * Returns: (transfer full) (nullable): what it says, without what only this computer knows
 */
EnigmKey *
enigm_key_parse (JsonObject *json, GError **error)
{
  g_autoptr (EnigmKey) self = g_object_new (ENIGM_TYPE_KEY, NULL);
  g_autoptr (GBytes) certificate = NULL;
  guint state;

  if (!enigm_json_read_hex (json, "binding", 32, &self->binding, error) ||
      !enigm_json_read_choice (json, "state", state_names, &state, error) ||
      !parse_reasons (self, json, error) ||
      !enigm_json_read_time (json, "since", &self->since, error) ||
      !enigm_json_read_bytes (json, "certificate", 32, 32, &certificate, error) ||
      !parse_pseudonym (self, json, error) || !parse_evidence (self, json, error) ||
      !parse_history (self, json, error) || !parse_aftermath (self, json, error))
    return NULL;
  self->state = (EnigmKeyState) state;
  self->certificate = enigm_hex_encode (g_bytes_get_data (certificate, NULL), 32);
  return g_steal_pointer (&self);
}

#define COPY(field, PROP)                                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (self->field != from->field)                                                                \
      {                                                                                            \
        self->field = from->field;                                                                 \
        g_object_notify_by_pspec (G_OBJECT (self), properties[PROP]);                              \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static void
copy_attempts (EnigmKey *self, EnigmKey *from)
{
  const gboolean same_last = enigm_key_get_attempt (self, 0) == enigm_key_get_attempt (from, 0);
  const gboolean same_number = self->attempts->len == from->attempts->len;

  if (same_last && same_number)
    return;
  g_array_set_size (self->attempts, 0);
  g_array_append_vals (self->attempts, from->attempts->data, from->attempts->len);
  if (!same_number)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ATTEMPTS]);
  if (!same_last)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_ATTEMPT]);
}

/* Takes over what the platform said; the binding is the same one. */
void
enigm_key_copy (EnigmKey *self, EnigmKey *from)
{
  GListModel *history = G_LIST_MODEL (from->history);
  guint n_known = g_list_model_get_n_items (G_LIST_MODEL (self->history));

  g_assert (g_str_equal (self->binding, from->binding));

  g_object_freeze_notify (G_OBJECT (self));
  enigm_model_set_string (G_OBJECT (self), &self->certificate, from->certificate,
                          properties[PROP_CERTIFICATE]);
  enigm_model_set_string (G_OBJECT (self), &self->pseudonym, from->pseudonym,
                          properties[PROP_PSEUDONYM]);
  COPY (state, PROP_STATE);
  COPY (reasons, PROP_REASONS);
  COPY (since, PROP_SINCE);
  COPY (proved_time, PROP_PROVED_TIME);
  COPY (proved_by, PROP_PROVED_BY);
  COPY (restored, PROP_RESTORED);
  COPY (battery, PROP_BATTERY);
  COPY (battery_time, PROP_BATTERY_TIME);
  COPY (released, PROP_RELEASED);
  enigm_model_set_string (G_OBJECT (self), &self->replaces, from->replaces,
                          properties[PROP_REPLACES]);
  copy_attempts (self, from);
  /* A history only ever grows. */
  if (g_list_model_get_n_items (history) < n_known)
    {
      g_list_store_remove_all (self->history);
      n_known = 0;
    }
  for (guint i = n_known; i < g_list_model_get_n_items (history); i++)
    {
      g_autoptr (EnigmKeyChange) change = g_list_model_get_item (history, i);

      g_list_store_append (self->history, change);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/* "" for the default name. */
void
enigm_key_set_name (EnigmKey *self, const gchar *name)
{
  enigm_model_set_string (G_OBJECT (self), &self->name, *name != '\0' ? name : NULL,
                          properties[PROP_NAME]);
}

void
enigm_key_set_has_secret (EnigmKey *self, gboolean has_secret)
{
  if (self->has_secret == has_secret)
    return;
  self->has_secret = has_secret;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_SECRET]);
}

void
enigm_key_set_waiting_to_revoke (EnigmKey *self, gboolean waiting)
{
  if (self->waiting_to_revoke == waiting)
    return;
  self->waiting_to_revoke = waiting;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAITING_TO_REVOKE]);
}

void
enigm_key_set_drill (EnigmKey *self, gint64 time, guint reached, gint64 last)
{
  if (self->drill_time != time)
    {
      self->drill_time = time;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRILL_TIME]);
    }
  if (self->drill_reached != reached)
    {
      self->drill_reached = reached;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRILL_REACHED]);
    }
  if (self->drill_last != last)
    {
      self->drill_last = last;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRILL_LAST]);
    }
}

const gchar *
enigm_key_get_binding (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), NULL);
  return self->binding;
}

const gchar *
enigm_key_get_certificate (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), NULL);
  return self->certificate;
}

const gchar *
enigm_key_get_pseudonym (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), NULL);
  return self->pseudonym;
}

gchar *
enigm_key_dup_number (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), NULL);
  return *self->pseudonym != '\0' ? g_strndup (self->pseudonym, NUMBER_DIGITS) : NULL;
}

const gchar *
enigm_key_get_name (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), NULL);
  return self->name != NULL ? self->name : _ ("Enigm Key");
}

EnigmKeyState
enigm_key_get_state (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), ENIGM_KEY_STATE_PENDING);
  return self->state;
}

EnigmKeyReasons
enigm_key_get_reasons (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), ENIGM_KEY_REASON_NONE);
  return self->reasons;
}

gint64
enigm_key_get_since (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return self->since;
}

gint64
enigm_key_get_proved_time (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return self->proved_time;
}

EnigmKeyProof
enigm_key_get_proved_by (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), ENIGM_KEY_PROOF_NONE);
  return self->proved_by;
}

guint
enigm_key_get_battery (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), ENIGM_KEY_BATTERY_UNKNOWN);
  return self->battery;
}

gint64
enigm_key_get_battery_time (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return self->battery_time;
}

gboolean
enigm_key_get_has_secret (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), FALSE);
  return self->has_secret;
}

gboolean
enigm_key_get_waiting_to_revoke (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), FALSE);
  return self->waiting_to_revoke;
}

gint64
enigm_key_get_drill_time (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return self->drill_time;
}

guint
enigm_key_get_drill_reached (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return self->drill_reached;
}

gint64
enigm_key_get_drill_last (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return self->drill_last;
}

gint64
enigm_key_get_restored (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return self->restored;
}

gint64
enigm_key_get_released (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return self->released;
}

const gchar *
enigm_key_get_replaces (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), NULL);
  return self->replaces;
}

guint
enigm_key_get_n_attempts (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return self->attempts->len;
}

gint64
enigm_key_get_attempt (EnigmKey *self, guint position)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), 0);
  return position < self->attempts->len ? g_array_index (self->attempts, gint64, position) : 0;
}

GListModel *
enigm_key_get_history (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), NULL);
  return G_LIST_MODEL (self->history);
}

gboolean
enigm_key_is_live (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), FALSE);
  return self->state <= ENIGM_KEY_STATE_RESTRICTED;
}

/* The design's table of states, as far as the owner is concerned. */
gboolean
enigm_key_allows (EnigmKey *self, EnigmKeyAction action)
{
  const gboolean in_force =
    self->state == ENIGM_KEY_STATE_TRUSTED || self->state == ENIGM_KEY_STATE_RESTRICTED;
  const EnigmKeyReasons own = ENIGM_KEY_REASON_LOST | ENIGM_KEY_REASON_UNPROVED;

  g_return_val_if_fail (ENIGM_IS_KEY (self), FALSE);

  /* What is decided already, and waits, is not decided again. */
  if (self->waiting_to_revoke)
    return FALSE;
  switch (action)
    {
    case ENIGM_KEY_ACTION_FOUND:
      return self->state == ENIGM_KEY_STATE_RESTRICTED && (self->reasons & own) != 0;
    case ENIGM_KEY_ACTION_LOST:
      return in_force && (self->reasons & ENIGM_KEY_REASON_LOST) == 0;
    case ENIGM_KEY_ACTION_CANCEL:
      return self->state == ENIGM_KEY_STATE_PENDING;
    case ENIGM_KEY_ACTION_REPLACE:
    case ENIGM_KEY_ACTION_REVOKE:
      return in_force;
    case ENIGM_KEY_ACTION_RETIRE:
      return self->state == ENIGM_KEY_STATE_TRUSTED;
    case ENIGM_KEY_ACTION_RELEASE:
      return self->released == 0 &&
             (self->state == ENIGM_KEY_STATE_REVOKED || self->state == ENIGM_KEY_STATE_REPLACED);
    case ENIGM_KEY_ACTION_NONE:
    default:
      return FALSE;
    }
}

gchar *
enigm_key_describe_state (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), NULL);

  if (self->waiting_to_revoke)
    return g_strdup (_ ("Waiting to be revoked; until then it still works"));
  switch (self->state)
    {
    case ENIGM_KEY_STATE_PENDING:
      return g_strdup (_ ("Bound, waiting for the key to prove itself"));
    case ENIGM_KEY_STATE_TRUSTED:
      return g_strdup (_ ("Trusted"));
    case ENIGM_KEY_STATE_RESTRICTED:
      if (self->reasons & ENIGM_KEY_REASON_LOST)
        return g_strdup (_ ("Lost; its presses are refused"));
      if (self->reasons & ENIGM_KEY_REASON_SUSPENDED)
        return g_strdup (_ ("Suspended; its presses are refused"));
      return g_strdup (_ ("Not proved since the platform was restored; its presses are refused"));
    case ENIGM_KEY_STATE_REVOKED:
      return g_strdup (_ ("Revoked"));
    case ENIGM_KEY_STATE_REPLACED:
      return g_strdup (_ ("Replaced"));
    case ENIGM_KEY_STATE_RETIRED:
      return g_strdup (_ ("Retired"));
    case ENIGM_KEY_STATE_CANCELLED:
      return g_strdup (_ ("Pairing was cancelled"));
    case ENIGM_KEY_STATE_EXPIRED:
      return g_strdup (_ ("Pairing was not finished in time"));
    default:
      g_assert_not_reached ();
    }
}
