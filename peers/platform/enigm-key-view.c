/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A key as administrators see it: by pseudonym, one for each account and key, with what became of
 * the binding that counts. Whose it is, what it raised and where it was are not here. */

#include "enigm-key-view.h"

#include "enigm-keys.h"
#include "enigm-object.h"
#include "enigm-ownership.h"

/* Fills in what was typed of a pseudonym, to the least or the greatest that begins so. */
static gboolean
complete (const gchar *text, gchar digit, guint8 pseudonym[ENIGM_PSEUDONYM_SIZE])
{
  gchar whole[2 * ENIGM_PSEUDONYM_SIZE + 1];
  gsize length = strlen (text);

  if (length < ENIGM_KEY_VIEW_SHORTEST || length >= sizeof whole)
    return FALSE;
  memset (whole, digit, sizeof whole - 1);
  whole[sizeof whole - 1] = '\0';
  memcpy (whole, text, length);
  return enigm_hex_decode (whole, pseudonym, ENIGM_PSEUDONYM_SIZE);
}

/**
 * enigm_key_view_find_pseudonym:
 * @state: the platform
 * @text: the beginning of a pseudonym in hexadecimal, or all of it
 * @error: %ENIGM_PROBLEM_UNKNOWN, %ENIGM_PROBLEM_MALFORMED, or the database's
 *
 * Returns: (transfer full) (nullable): the one pseudonym that begins so; %NULL where there is none,
 *   or where several do
 */
GBytes *
enigm_key_view_find_pseudonym (EnigmPlatformState *state, const gchar *text, GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  g_autoptr (GBytes) found = NULL;
  guint8 least[ENIGM_PSEUDONYM_SIZE], greatest[ENIGM_PSEUDONYM_SIZE];
  EnigmStep step;

  g_return_val_if_fail (state != NULL && text != NULL, NULL);

  if (!complete (text, '0', least) || !complete (text, 'f', greatest))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "pseudonym",
                         "a key goes by the first %d digits of its pseudonym or more, in 0-9 a-f",
                         ENIGM_KEY_VIEW_SHORTEST);
      return NULL;
    }
  row = enigm_store_select (state->store, error,
                            "SELECT DISTINCT pseudonym FROM bindings "
                            "WHERE pseudonym BETWEEN ?1 AND ?2 LIMIT 2",
                            "bb", least, sizeof least, greatest, sizeof greatest);
  if (row == NULL)
    return NULL;
  step = enigm_statement_step (row, error);
  if (step == ENIGM_STEP_ROW)
    {
      found = enigm_statement_dup_bytes (row, 0);
      step = enigm_statement_step (row, error);
    }
  if (step == ENIGM_STEP_ERROR)
    return NULL;
  if (found == NULL)
    enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, "pseudonym", "there is no key “%s”", text);
  else if (step == ENIGM_STEP_ROW)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "pseudonym",
                         "several keys begin with “%s”; give more of it", text);
      return NULL;
    }
  return g_steal_pointer (&found);
}

/* The one in force, or one that is pending, or the one that had the key last. A pairing that was
 * never trusted comes after all that were: it has no say in whose the key is. */
#define SELECT_CURRENT                                                                             \
  "SELECT id FROM bindings WHERE pseudonym = ?1 ORDER BY state IN (2, 3) DESC, state = 1 DESC, "   \
  "trusted IS NOT NULL DESC, begun DESC, since DESC, id LIMIT 1"

/**
 * enigm_key_view_find_current:
 * @state: the platform
 * @pseudonym: a pseudonym
 * @error: %ENIGM_PROBLEM_UNKNOWN, or the database's
 *
 * Returns: (transfer full) (nullable): the binding that it stands for now
 */
EnigmBinding *
enigm_key_view_find_current (EnigmPlatformState *state, GBytes *pseudonym, GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  EnigmBinding *binding = NULL;
  guint8 id[ENIGM_ID_SIZE];

  g_return_val_if_fail (state != NULL && pseudonym != NULL, NULL);

  row = enigm_store_select (state->store, error, SELECT_CURRENT, "b",
                            g_bytes_get_data (pseudonym, NULL), g_bytes_get_size (pseudonym));
  switch (row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      enigm_statement_get_id (row, 0, id);
      return enigm_bindings_find (state, id, &binding, error) ? binding : NULL;
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, "pseudonym", "there is no such key");
      return NULL;
    case ENIGM_STEP_ERROR:
    default:
      return NULL;
    }
}

static const gchar *
describe_owner (const EnigmBinding *binding, const EnigmOwnership *ownership)
{
  static const guint8 nobody[ENIGM_ID_SIZE];

  if (!ownership->owned)
    return "free";
  if (memcmp (ownership->account, nobody, sizeof nobody) == 0)
    return "orphaned";
  return memcmp (ownership->account, binding->account, ENIGM_ID_SIZE) == 0 ? "owned" : "another";
}

/* What it was paired to replace, and what was paired to replace it. */
static gboolean
add_replacement (EnigmPlatformState *state,
                 const EnigmBinding *binding,
                 JsonObject *object,
                 GError **error)
{
  static const struct
  {
    const gchar *name;
    const gchar *sql;
  } ways[] = {
    { "replaces",
      "SELECT o.pseudonym, o.state FROM bindings b JOIN bindings o ON o.id = b.replaces "
      "WHERE b.id = ?1" },
    { "replaced_by", "SELECT pseudonym, state FROM bindings WHERE replaces = ?1 "
                     "ORDER BY begun DESC LIMIT 1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (EnigmStatement) row =
        enigm_store_select (state->store, error, ways[i].sql, "k", binding->id);
      EnigmStep step = row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR;

      if (step == ENIGM_STEP_ERROR)
        return FALSE;
      if (step == ENIGM_STEP_ROW)
        {
          JsonObject *other = json_object_new ();
          gsize size;
          const guint8 *pseudonym = enigm_statement_get_blob (row, 0, &size);
          g_autofree gchar *hex = enigm_hex_encode (pseudonym, size);

          json_object_set_string_member (other, "pseudonym", hex);
          json_object_set_string_member (
            other, "state",
            enigm_binding_state_name ((EnigmBindingState) enigm_statement_get_int64 (row, 1)));
          json_object_set_object_member (object, ways[i].name, other);
        }
      else
        json_object_set_null_member (object, ways[i].name);
    }
  return TRUE;
}

/**
 * enigm_key_view_to_json:
 * @state: the platform
 * @binding: a binding
 * @error: the database's
 *
 * Returns: (transfer full) (nullable): the `CommandKey` of openapi.yaml
 */
JsonObject *
enigm_key_view_to_json (EnigmPlatformState *state, const EnigmBinding *binding, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree gchar *pseudonym = enigm_hex_encode (binding->pseudonym, sizeof binding->pseudonym);
  JsonArray *reasons = json_array_new ();
  EnigmOwnership ownership;

  json_object_set_array_member (object, "reasons", reasons);
  if (!enigm_ownership_load (state, binding->certificate, &ownership, error) ||
      !add_replacement (state, binding, object, error))
    return NULL;
  json_object_set_string_member (object, "pseudonym", pseudonym);
  json_object_set_string_member (object, "state", enigm_binding_state_name (binding->state));
  if (binding->restrictions & ENIGM_RESTRICTION_LOST)
    json_array_add_string_element (reasons, "lost");
  if (binding->restrictions & ENIGM_RESTRICTION_SUSPENDED)
    json_array_add_string_element (reasons, "suspended");
  if (binding->restrictions & ENIGM_RESTRICTION_UNPROVED)
    json_array_add_string_element (reasons, "unproved");
  json_object_set_int_member (object, "since", binding->since);
  json_object_set_string_member (object, "owner", describe_owner (binding, &ownership));
  json_object_set_boolean_member (object, "suspended", ownership.suspended);
  enigm_object_set_time_or_null (object, "proved", binding->proved);
  enigm_object_set_time_or_null (object, "released", binding->released);
  return g_steal_pointer (&object);
}

/**
 * enigm_key_view_add_history:
 * @state: the platform
 * @binding: a binding
 * @object: what enigm_key_view_to_json() made of it
 * @error: the database's
 *
 * Adds what became of it, and when it tried something although it was refused.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_key_view_add_history (EnigmPlatformState *state,
                            const EnigmBinding *binding,
                            JsonObject *object,
                            GError **error)
{
  g_autoptr (JsonNode) key = enigm_keys_to_json (state, binding, error);
  JsonObject *own;

  if (key == NULL)
    return FALSE;
  own = json_node_get_object (key);
  json_object_set_array_member (object, "history",
                                json_array_ref (json_object_get_array_member (own, "history")));
  json_object_set_array_member (object, "attempts",
                                json_array_ref (json_object_get_array_member (own, "attempts")));
  return TRUE;
}
