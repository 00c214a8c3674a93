/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-offers.h"

#include "app/protocol/enigm-certificate.h"
#include "app/protocol/enigm-offer.h"
#include "app/protocol/enigm-release.h"
#include "app/protocol/enigm-text.h"

#include "enigm-column.h"
#include "enigm-ownership.h"
#include "enigm-router.h"

#define COLUMN_EPHEMERAL "offers.ephemeral"
/* A chain as it travels (PROTOCOL.md, section 5): certificates, and bytes in each. */
#define CHAIN_MAX 3
#define CERTIFICATE_MAX 1024

/* What an app asks with. */
typedef struct
{
  guint8 certificate[ENIGM_SHA256_SIZE];
  guint8 nonce[ENIGM_SHA256_SIZE];
  guint8 session[ENIGM_SHA256_SIZE];
  gboolean has_owner;
  guint8 owner[ENIGM_ID_SIZE];
  gboolean has_replaces;
  guint8 replaces[ENIGM_ID_SIZE];
} Wanted;

static gboolean
read_digest (EnigmObject *object,
             const char *name,
             guint8 digest[ENIGM_SHA256_SIZE],
             GError **error)
{
  g_autoptr (GBytes) bytes =
    enigm_object_get_bytes (object, name, ENIGM_SHA256_SIZE, ENIGM_SHA256_SIZE, error);

  if (bytes == NULL)
    return FALSE;
  memcpy (digest, g_bytes_get_data (bytes, NULL), ENIGM_SHA256_SIZE);
  return TRUE;
}

/**
 * enigm_offers_read_chain:
 * @object: what an app asks with
 * @error: which part is malformed
 *
 * Returns: (transfer full) (element-type GBytes) (nullable): its `certificates`, not checked yet
 */
GPtrArray *
enigm_offers_read_chain (EnigmObject *object, GError **error)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_auto (GStrv) texts = enigm_object_get_strings (object, "certificates", CHAIN_MAX,
                                                   (CERTIFICATE_MAX * 4 + 2) / 3, error);

  if (texts == NULL)
    return NULL;
  for (char **text = texts; *text != NULL; text++)
    {
      GBytes *certificate = enigm_base64url_decode (*text, 1, CERTIFICATE_MAX);

      if (certificate == NULL)
        {
          enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "certificates",
                             "an item is not base64url of up to %d bytes", CERTIFICATE_MAX);
          return NULL;
        }
      g_ptr_array_add (chain, certificate);
    }
  return g_steal_pointer (&chain);
}

static gboolean
read_wanted (EnigmPlatformState *state, EnigmRequest *request, Wanted *wanted, GError **error)
{
  EnigmObject *object = enigm_request_get_object (request, error);
  g_autoptr (GPtrArray) chain = NULL;
  guint8 point[ENIGM_P256_POINT_SIZE];
  const char *bound = "";
  g_autoptr (GError) wrong = NULL;

  if (object == NULL)
    return FALSE;
  chain = enigm_offers_read_chain (object, error);
  if (chain == NULL || !read_digest (object, "nonce", wanted->nonce, error) ||
      !read_digest (object, "session", wanted->session, error))
    return FALSE;
  if (!enigm_object_is_null (object, "bound"))
    bound = enigm_object_get_string (object, "bound", 0, 2 * ENIGM_ID_SIZE, error);
  if (bound == NULL)
    return FALSE;
  wanted->has_replaces = !enigm_object_is_null (object, "replaces");
  if ((wanted->has_replaces &&
       !enigm_object_get_id (object, "replaces", wanted->replaces, error)) ||
      !enigm_object_end (object, error))
    return FALSE;
  wanted->has_owner = *bound != '\0';
  if (wanted->has_owner && !enigm_text_to_id (bound, wanted->owner))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "bound",
                         "not empty, and not a binding ID");
      return FALSE;
    }
  if (!enigm_certificate_check_chain (chain, state->makers, enigm_platform_state_now (state), point,
                                      &wrong))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "certificates", "%s", wrong->message);
      return FALSE;
    }
  enigm_certificate_hash (g_ptr_array_index (chain, 0), wanted->certificate);
  return TRUE;
}

/* Offers reserve nothing, but each costs a row until it is over. */
static gboolean
has_room (EnigmPlatformState *state, const guint8 *account, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT count (*) FROM offers WHERE account = ?1", "k", account);

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  if (enigm_statement_get_int64 (row, 0) < ENIGM_OFFERS_MAX)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_TOO_MANY, NULL, "too many offers wait to be used");
  return FALSE;
}

/* What is to be replaced has to be there when the offer is made. If it has ended by the time the
 * new key is trusted, so much the better. */
static gboolean
check_replaces (EnigmPlatformState *state,
                const guint8 *account,
                const Wanted *wanted,
                GError **error)
{
  g_autoptr (EnigmBinding) replaced = NULL;

  if (!wanted->has_replaces)
    return TRUE;
  if (!enigm_bindings_find (state, wanted->replaces, &replaced, error))
    return FALSE;
  if (replaced == NULL || memcmp (replaced->account, account, ENIGM_ID_SIZE) != 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, "replaces", "you have no such key");
      return FALSE;
    }
  if (!enigm_binding_state_in_force (replaced->state))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, "replaces",
                         "only a trusted or restricted key can be replaced");
      return FALSE;
    }
  if (memcmp (replaced->certificate, wanted->certificate, sizeof replaced->certificate) == 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, "replaces",
                         "it is the same key; pairing it anew replaces its binding by itself");
      return FALSE;
    }
  return TRUE;
}

static void
derive_pseudonym (EnigmPlatformState *state,
                  const guint8 *account,
                  const guint8 *certificate,
                  guint8 pseudonym[ENIGM_PSEUDONYM_SIZE])
{
  enigm_hmac_sha256 (state->pseudonym_secret,
                     ENIGM_PARTS ({ account, ENIGM_ID_SIZE }, { certificate, ENIGM_SHA256_SIZE }),
                     pseudonym);
}

static gboolean
make_offer (EnigmPlatformState *state,
            EnigmRequest *request,
            const Wanted *wanted,
            JsonObject *answer,
            GError **error)
{
  const guint8 *account = enigm_request_get_account (request);
  EnigmOffer offer = { 0 };
  g_autoptr (EnigmP256Key) ephemeral = NULL;
  g_autoptr (EnigmSecret) pem = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autofree char *offer_text = NULL;
  g_autofree char *signature_text = NULL;
  g_autofree char *binding_text = NULL;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  gint64 now = enigm_platform_state_now (state);

  if (!enigm_random_bytes (offer.binding, sizeof offer.binding, error) ||
      !enigm_random_bytes (offer.handle, sizeof offer.handle, error) ||
      !enigm_random_bytes (offer.nonce, sizeof offer.nonce, error))
    return FALSE;
  ephemeral = enigm_p256_key_generate (error);
  if (ephemeral == NULL)
    return FALSE;
  derive_pseudonym (state, account, wanted->certificate, offer.pseudonym);
  memcpy (offer.certificate_hash, wanted->certificate, sizeof offer.certificate_hash);
  memcpy (offer.key_nonce, wanted->nonce, sizeof offer.key_nonce);
  memcpy (offer.session_value, wanted->session, sizeof offer.session_value);
  g_strlcpy (offer.origin, state->config->origin, sizeof offer.origin);
  memcpy (offer.pins, state->pins, sizeof offer.pins);
  memcpy (offer.ephemeral, enigm_p256_key_get_point (ephemeral), sizeof offer.ephemeral);
  memcpy (offer.epoch, state->epoch, sizeof offer.epoch);
  offer.time = (guint64) now;
  offer.expiry = (guint64) (now + ENIGM_OFFER_SECONDS);

  encoded = enigm_offer_encode (&offer);
  pem = enigm_p256_key_to_pem (ephemeral);
  sealed = enigm_column_seal (state->column_key, COLUMN_EPHEMERAL, offer.binding, pem, error);
  if (sealed == NULL || !enigm_offer_sign (encoded, state->identity, signature, error) ||
      !enigm_store_run (
        state->store, error,
        "INSERT INTO offers (binding, handle, account, computer, certificate, pseudonym, offer, "
        "ephemeral, made, expires, replaces) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        "kkkkbbbbiik", offer.binding, offer.handle, account, enigm_request_get_computer (request),
        offer.certificate_hash, sizeof offer.certificate_hash, offer.pseudonym,
        sizeof offer.pseudonym, g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded),
        g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed), now, now + ENIGM_OFFER_SECONDS,
        wanted->has_replaces ? wanted->replaces : NULL))
    return FALSE;

  offer_text =
    enigm_base64url_encode (g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded));
  signature_text = enigm_base64url_encode (signature, sizeof signature);
  binding_text = enigm_hex_encode (offer.binding, sizeof offer.binding);
  json_object_set_string_member (answer, "offer", offer_text);
  json_object_set_string_member (answer, "signature", signature_text);
  json_object_set_string_member (answer, "binding", binding_text);
  return TRUE;
}

/* Where the key names an owner whose ownership was released, it missed that: it gets the release
 * now, whoever pairs it. */
static gboolean
make_releases (EnigmPlatformState *state, const Wanted *wanted, JsonArray *releases, GError **error)
{
  g_autoptr (EnigmBinding) owner = NULL;
  EnigmRelease release = { 0 };
  g_autoptr (GBytes) encoded = NULL;
  g_autofree char *release_text = NULL;
  g_autofree char *signature_text = NULL;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  JsonObject *item;

  if (!wanted->has_owner)
    return TRUE;
  if (!enigm_bindings_find (state, wanted->owner, &owner, error))
    return FALSE;
  if (owner == NULL || owner->released == 0 ||
      memcmp (owner->certificate, wanted->certificate, sizeof owner->certificate) != 0)
    return TRUE;

  memcpy (release.certificate_hash, wanted->certificate, sizeof release.certificate_hash);
  memcpy (release.binding, wanted->owner, sizeof release.binding);
  memcpy (release.key_nonce, wanted->nonce, sizeof release.key_nonce);
  encoded = enigm_release_encode (&release);
  if (!enigm_release_sign (encoded, state->identity, signature, error))
    return FALSE;
  release_text =
    enigm_base64url_encode (g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded));
  signature_text = enigm_base64url_encode (signature, sizeof signature);
  item = json_object_new ();
  json_object_set_string_member (item, "release", release_text);
  json_object_set_string_member (item, "signature", signature_text);
  json_array_add_object_element (releases, item);
  return TRUE;
}

static void
post_offer (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (JsonArray) releases = json_array_new ();
  g_autoptr (GError) error = NULL;
  JsonNode *node;
  Wanted wanted = { 0 };

  if (!read_wanted (state, request, &wanted, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  transaction = enigm_store_begin (state->store, &error);
  if (transaction == NULL || !enigm_bindings_expire (state, &error) ||
      !enigm_ownership_allows_binding (state, wanted.certificate,
                                       enigm_request_get_account (request), &error) ||
      !check_replaces (state, enigm_request_get_account (request), &wanted, &error) ||
      !has_room (state, enigm_request_get_account (request), &error) ||
      !make_offer (state, request, &wanted, answer, &error) ||
      !make_releases (state, &wanted, releases, &error) ||
      !enigm_store_commit (state->store, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  json_object_set_array_member (answer, "releases", g_steal_pointer (&releases));
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, answer);
  enigm_request_reply_json (request, SOUP_STATUS_OK, node);
}

/**
 * enigm_offers_take:
 * @state: the platform, in a transaction
 * @binding: a binding ID
 * @made: (out) (transfer full) (nullable): the offer with that binding ID, if it still waits
 * @error: return location
 *
 * Takes an offer from the table: it is used, or it is over, and its ephemeral key goes with it.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_offers_take (EnigmPlatformState *state,
                   const guint8 binding[ENIGM_ID_SIZE],
                   EnigmMadeOffer **made,
                   GError **error)
{
  g_autoptr (EnigmMadeOffer) self = g_new0 (EnigmMadeOffer, 1);

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (binding != NULL && made != NULL, FALSE);

  *made = NULL;
  {
    g_autoptr (EnigmStatement) row = NULL;
    g_autoptr (GBytes) sealed = NULL;
    g_autoptr (EnigmSecret) pem = NULL;
    gsize size;

    row = enigm_store_select (state->store, error,
                              "SELECT account, computer, certificate, pseudonym, handle, offer, "
                              "ephemeral, expires, replaces FROM offers WHERE binding = ?1",
                              "k", binding);
    if (row == NULL)
      return FALSE;
    switch (enigm_statement_step (row, error))
      {
      case ENIGM_STEP_ROW:
        break;
      case ENIGM_STEP_DONE:
        return TRUE;
      case ENIGM_STEP_ERROR:
      default:
        return FALSE;
      }
    enigm_statement_get_id (row, 0, self->account);
    enigm_statement_get_id (row, 1, self->computer);
    /* The table's checks hold these lengths. */
    memcpy (self->certificate, enigm_statement_get_blob (row, 2, &size), sizeof self->certificate);
    memcpy (self->pseudonym, enigm_statement_get_blob (row, 3, &size), sizeof self->pseudonym);
    enigm_statement_get_id (row, 4, self->handle);
    self->offer = enigm_statement_dup_bytes (row, 5);
    self->expires = enigm_statement_get_int64 (row, 7);
    self->has_replaces = !enigm_statement_is_null (row, 8);
    enigm_statement_get_id (row, 8, self->replaces);
    sealed = enigm_statement_dup_bytes (row, 6);
    pem = enigm_column_open (state->column_key, COLUMN_EPHEMERAL, binding, sealed, error);
    if (pem == NULL)
      return FALSE;
    self->ephemeral = enigm_p256_key_new_from_pem (pem, error);
    if (self->ephemeral == NULL)
      return FALSE;
  }
  if (!enigm_store_run (state->store, error, "DELETE FROM offers WHERE binding = ?1", "k", binding))
    return FALSE;
  *made = g_steal_pointer (&self);
  return TRUE;
}

/**
 * enigm_offers_withdraw:
 * @state: the platform, in a transaction
 * @account: who asks
 * @binding: a binding ID
 * @error: return location
 *
 * Drops an offer of @account that nobody attested yet, if there is one. An attestation that is
 * still on its way finds it gone.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_offers_withdraw (EnigmPlatformState *state,
                       const guint8 account[ENIGM_ID_SIZE],
                       const guint8 binding[ENIGM_ID_SIZE],
                       GError **error)
{
  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);

  return enigm_store_run (state->store, error,
                          "DELETE FROM offers WHERE binding = ?1 AND account = ?2", "kk", binding,
                          account);
}

/**
 * enigm_made_offer_free:
 * @self: (transfer full): an offer
 */
void
enigm_made_offer_free (EnigmMadeOffer *self)
{
  g_clear_pointer (&self->offer, g_bytes_unref);
  g_clear_pointer (&self->ephemeral, enigm_p256_key_unref);
  g_free (self);
}

const EnigmRoute enigm_offers_routes[] = {
  { "POST", "/v1/offers", ENIGM_ROUTE_BEARER, post_offer },
  { 0 },
};
