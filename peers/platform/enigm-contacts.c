/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-contacts.h"

#include "app/protocol/enigm-contact-id.h"

#include "enigm-account-changes.h"
#include "enigm-rate.h"
#include "enigm-router.h"

/* A contact ID as people type it, with room for spaces. */
#define CONTACT_ID_MAX 64

/* What one account lists now: its own contact ID, and the version of the list. */
typedef struct
{
  gchar *contact_id;
  gint64 version;
} Owner;

static void
owner_clear (Owner *owner)
{
  g_free (owner->contact_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Owner, owner_clear)

static gboolean
read_owner (EnigmPlatformState *state, const guint8 *account, Owner *owner, GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, error, "SELECT contact_id, contacts_version FROM accounts WHERE id = ?1", "k",
    account);

  if (statement == NULL || enigm_statement_step (statement, error) != ENIGM_STEP_ROW)
    return FALSE;
  owner->contact_id = g_strdup (enigm_statement_get_text (statement, 0));
  owner->version = enigm_statement_get_int64 (statement, 1);
  return TRUE;
}

/* The version is of who is listed and in which order, not of what they answered: that somebody
 * accepts must not get in the way of an edit. */
static gchar *
format_etag (gint64 version)
{
  return g_strdup_printf ("\"%" G_GINT64_FORMAT "\"", version);
}

static gboolean
reply_list (EnigmPlatformState *state, EnigmRequest *request, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (Owner) owner = { 0 };
  g_autoptr (EnigmStatement) statement = NULL;
  g_autofree gchar *etag = NULL;
  EnigmStep step;

  if (!read_owner (state, enigm_request_get_account (request), &owner, error))
    return FALSE;
  statement = enigm_store_select (
    state->store, error,
    "SELECT contact_id, state, reason, since FROM contacts WHERE owner = ?1 ORDER BY position", "k",
    enigm_request_get_account (request));
  if (statement == NULL)
    return FALSE;
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "contacts");
  json_builder_begin_array (builder);
  while ((step = enigm_statement_step (statement, error)) == ENIGM_STEP_ROW)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "contact_id");
      json_builder_add_string_value (builder, enigm_statement_get_text (statement, 0));
      json_builder_set_member_name (builder, "state");
      json_builder_add_string_value (builder, enigm_statement_get_text (statement, 1));
      json_builder_set_member_name (builder, "reason");
      if (enigm_statement_is_null (statement, 2))
        json_builder_add_null_value (builder);
      else
        json_builder_add_string_value (builder, enigm_statement_get_text (statement, 2));
      json_builder_set_member_name (builder, "since");
      json_builder_add_int_value (builder, enigm_statement_get_int64 (statement, 3));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (step == ENIGM_STEP_ERROR)
    return FALSE;
  etag = format_etag (owner.version);
  enigm_request_set_header (request, "ETag", etag);
  enigm_request_reply_json (request, SOUP_STATUS_OK, json_builder_get_root (builder));
  return TRUE;
}

static void
get_contacts (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (!reply_list (state, request, &error))
    enigm_request_reply_error (request, error);
}

/* Reads what the list is to become: canonical contact IDs, each once, none the owner's. */
static GStrv
read_wanted (EnigmRequest *request, const gchar *own, GError **error)
{
  EnigmObject *object = enigm_request_get_object (request, error);
  g_auto (GStrv) texts = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (object == NULL)
    return NULL;
  texts = enigm_object_get_strings (object, "contacts", ENIGM_CONTACTS_MAX, CONTACT_ID_MAX, error);
  if (texts == NULL || !enigm_object_end (object, error))
    return NULL;
  for (gsize i = 0; texts[i] != NULL; i++)
    {
      g_autofree gchar *contact_id = enigm_contact_id_canonicalize (texts[i], NULL);

      if (contact_id == NULL)
        {
          enigm_problem_set (error, ENIGM_PROBLEM_CONTACT_MISTYPED, "contacts",
                             "number %" G_GSIZE_FORMAT " is no contact ID", i + 1);
          return NULL;
        }
      if (g_str_equal (contact_id, own))
        {
          enigm_problem_set (error, ENIGM_PROBLEM_CONTACT_OWN, "contacts",
                             "number %" G_GSIZE_FORMAT " is your own", i + 1);
          return NULL;
        }
      g_strv_builder_add (builder, contact_id);
      if (!g_hash_table_add (seen, g_steal_pointer (&contact_id)))
        {
          enigm_problem_set (error, ENIGM_PROBLEM_CONTACT_TWICE, "contacts",
                             "number %" G_GSIZE_FORMAT " is there already", i + 1);
          return NULL;
        }
    }
  return g_strv_builder_end (builder);
}

/**
 * enigm_contacts_hide_events:
 * @state: the platform, with a transaction
 * @owner: (array fixed-size=16): ID of the account whose contact it was
 * @contact: (array fixed-size=16): ID of the contact's account
 * @error: why it failed
 *
 * Takes every event of @owner out of the sight of somebody who is no longer their contact.
 *
 * Returns: whether it is done
 */
gboolean
enigm_contacts_hide_events (EnigmPlatformState *state,
                            const guint8 owner[ENIGM_ID_SIZE],
                            const guint8 contact[ENIGM_ID_SIZE],
                            GError **error)
{
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (state->store, error,
                        "UPDATE event_contacts SET removed = ?1 WHERE contact = ?2"
                        " AND removed IS NULL"
                        " AND event IN (SELECT id FROM events WHERE account = ?3)"
                        " RETURNING event",
                        "ikk", enigm_platform_state_now (state), contact, owner);
  EnigmStep step = ENIGM_STEP_ERROR;

  /* Each event is told of once more, and then has nothing in it for them. */
  while (statement != NULL && (step = enigm_statement_step (statement, error)) == ENIGM_STEP_ROW)
    {
      guint8 event[ENIGM_ID_SIZE];

      enigm_statement_get_id (statement, 0, event);
      if (!enigm_hub_post (state->hub, contact, ENIGM_HUB_EVENT, event, error))
        return FALSE;
    }
  return step == ENIGM_STEP_DONE;
}

/* Where nobody has the ID, the same is done in their owner's name, so that not even the numbers in
 * the owner's stream tell. */
static gboolean
tell (EnigmPlatformState *state, const guint8 *owner, const guint8 *contact, GError **error)
{
  return enigm_hub_post (state->hub, contact != NULL ? contact : owner,
                         contact != NULL ? ENIGM_HUB_INVITATIONS : ENIGM_HUB_CONTACTS, NULL, error);
}

static gboolean
remove_unwanted (EnigmPlatformState *state,
                 const guint8 *owner,
                 const gchar *const *wanted,
                 GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, error, "SELECT id, contact_id, contact FROM contacts WHERE owner = ?1", "k",
    owner);
  EnigmStep step = ENIGM_STEP_ERROR;

  while (statement != NULL && (step = enigm_statement_step (statement, error)) == ENIGM_STEP_ROW)
    {
      guint8 id[ENIGM_ID_SIZE], contact[ENIGM_ID_SIZE] = { 0 };
      gboolean known;

      if (g_strv_contains (wanted, enigm_statement_get_text (statement, 1)))
        continue;
      enigm_statement_get_id (statement, 0, id);
      known = !enigm_statement_is_null (statement, 2);
      if (known)
        enigm_statement_get_id (statement, 2, contact);
      if (!enigm_store_run (state->store, error, "DELETE FROM contacts WHERE id = ?1", "k", id) ||
          !enigm_contacts_hide_events (state, owner, contact, error) ||
          !tell (state, owner, known ? contact : NULL, error))
        return FALSE;
    }
  return step == ENIGM_STEP_DONE;
}

/* An invitation reaches somebody who did not ask for it; and each is a try at an ID. Those that
 * nobody has count the same. */
static gboolean
check_rate (EnigmPlatformState *state, const guint8 *owner, GError **error)
{
  g_autofree gchar *account = enigm_hex_encode (owner, ENIGM_ID_SIZE);

  if (enigm_rate_take (state->invitation_rate, account, enigm_platform_state_now (state)))
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_TOO_MANY, NULL, "too many people were invited today");
  return FALSE;
}

/* Whether somebody has that ID is looked up in the same way, and the same is written, so that
 * neither the answer nor its time tells. */
static gboolean
invite (EnigmPlatformState *state,
        const guint8 *owner,
        const gchar *contact_id,
        gint64 position,
        GError **error)
{
  g_autoptr (EnigmStatement) statement = NULL;
  guint8 id[ENIGM_ID_SIZE], contact[ENIGM_ID_SIZE];
  EnigmStep step;

  if (!check_rate (state, owner, error))
    return FALSE;
  statement = enigm_store_select (state->store, error,
                                  "SELECT id FROM accounts WHERE contact_id = ?1", "s", contact_id);
  step = statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR;
  if (step == ENIGM_STEP_ERROR || !enigm_random_bytes (id, sizeof id, error))
    return FALSE;
  if (step == ENIGM_STEP_ROW)
    enigm_statement_get_id (statement, 0, contact);
  return enigm_store_run (
           state->store, error,
           "INSERT INTO contacts (id, owner, contact_id, contact, position, state, since)"
           " VALUES (?1, ?2, ?3, ?4, ?5, 'invited', ?6)",
           "kkskii", id, owner, contact_id, step == ENIGM_STEP_ROW ? contact : NULL, position,
           enigm_platform_state_now (state)) &&
         tell (state, owner, step == ENIGM_STEP_ROW ? contact : NULL, error);
}

static gboolean
apply (EnigmPlatformState *state, const guint8 *owner, const gchar *const *wanted, GError **error)
{
  if (!remove_unwanted (state, owner, wanted, error))
    return FALSE;
  for (gint64 i = 0; wanted[i] != NULL; i++)
    {
      if (!enigm_store_run (state->store, error,
                            "UPDATE contacts SET position = ?1 WHERE owner = ?2"
                            " AND contact_id = ?3",
                            "iks", i, owner, wanted[i]))
        return FALSE;
      if (enigm_store_get_changes (state->store) == 0 &&
          !invite (state, owner, wanted[i], i, error))
        return FALSE;
    }
  return enigm_store_run (state->store, error,
                          "UPDATE accounts SET contacts_version = contacts_version + 1"
                          " WHERE id = ?1",
                          "k", owner) &&
         enigm_account_changes_note_contacts (state, owner, error) &&
         enigm_hub_post (state->hub, owner, ENIGM_HUB_CONTACTS, NULL, error);
}

static gboolean
put (EnigmPlatformState *state, EnigmRequest *request, GError **error)
{
  const guint8 *account = enigm_request_get_account (request);
  const gchar *if_match = enigm_request_get_header (request, "If-Match");
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_auto (Owner) owner = { 0 };
  g_auto (GStrv) wanted = NULL;
  g_autofree gchar *etag = NULL;

  if (if_match == NULL)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "If-Match", "it is missing");
      return FALSE;
    }
  transaction = enigm_store_begin (state->store, error);
  if (transaction == NULL || !read_owner (state, account, &owner, error))
    return FALSE;
  wanted = read_wanted (request, owner.contact_id, error);
  if (wanted == NULL)
    return FALSE;
  etag = format_etag (owner.version);
  if (!g_str_equal (etag, if_match))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_CHANGED, "If-Match",
                         "the contacts were changed in the meantime");
      return FALSE;
    }
  return apply (state, account, (const gchar *const *) wanted, error) &&
         enigm_store_commit (state->store, error) && reply_list (state, request, error);
}

static void
put_contacts (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (!put (state, request, &error))
    enigm_request_reply_error (request, error);
}

const EnigmRoute enigm_contacts_routes[] = {
  { "GET", "/v1/contacts", ENIGM_ROUTE_BEARER, get_contacts },
  { "PUT", "/v1/contacts", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, put_contacts },
  { 0 },
};
