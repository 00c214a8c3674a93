/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-pairing-platform.h"

#include <glib/gi18n-lib.h>

#include "enigm-error.h"
#include "enigm-json.h"
#include "enigm-platform-private.h"
#include "protocol/enigm-handover.h"
#include "protocol/enigm-key-request.h"
#include "protocol/enigm-text.h"

#define MAX_RELAYED_BODY 2048

void
enigm_pairing_offer_free (EnigmPairingOffer *self)
{
  g_free (self->binding);
  g_clear_pointer (&self->offer, g_bytes_unref);
  g_clear_pointer (&self->release, g_bytes_unref);
  g_free (self);
}

static void
set_base64url (JsonObject *object, const char *field, gconstpointer data, gsize size)
{
  g_autofree char *text = enigm_base64url_encode (data, size);

  json_object_set_string_member (object, field, text);
}

static void
set_chain (JsonObject *object, GPtrArray *chain)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < chain->len; i++)
    {
      gsize size;
      gconstpointer data = g_bytes_get_data (g_ptr_array_index (chain, i), &size);
      g_autofree char *text = enigm_base64url_encode (data, size);

      json_array_add_string_element (array, text);
    }
  json_object_set_array_member (object, "certificates", array);
}

static gboolean
read_signed (JsonObject *object,
             const char *field,
             gsize max,
             GBytes **blob,
             guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
             GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (!enigm_json_read_bytes (object, field, 1, max, blob, error) ||
      !enigm_json_read_bytes (object, "signature", ENIGM_P256_SIGNATURE_SIZE,
                              ENIGM_P256_SIGNATURE_SIZE, &bytes, error))
    return FALSE;
  memcpy (signature, g_bytes_get_data (bytes, NULL), ENIGM_P256_SIGNATURE_SIZE);
  return TRUE;
}

static JsonNode *
take_node (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/* Offer */

/**
 * enigm_pairing_ask_offer_async:
 * @certificate: what the key said of itself in this session
 * @session_value: (array fixed-size=32): the session value
 */
void
enigm_pairing_ask_offer_async (EnigmPlatform *platform,
                               const EnigmMessage *certificate,
                               const guint8 *session_value,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  enigm_pairing_ask_replacement_async (platform, certificate, session_value, NULL, cancellable,
                                       callback, user_data);
}

/**
 * enigm_pairing_ask_replacement_async:
 * @replaces: (nullable): the binding ID that the new one is to end once the key has proved itself,
 *   32 hex characters
 *
 * As enigm_pairing_ask_offer_async(); enigm_pairing_ask_offer_finish() ends both.
 */
void
enigm_pairing_ask_replacement_async (EnigmPlatform *platform,
                                     const EnigmMessage *certificate,
                                     const guint8 *session_value,
                                     const char *replaces,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  JsonObject *object = json_object_new ();
  g_autoptr (JsonNode) node = take_node (object);
  g_autofree char *bound = NULL;

  set_chain (object, certificate->chain);
  set_base64url (object, "nonce", certificate->nonce, sizeof certificate->nonce);
  set_base64url (object, "session", session_value, ENIGM_NONCE_SIZE);
  bound = certificate->has_binding ? enigm_hex_encode (certificate->binding, ENIGM_ID_SIZE)
                                   : g_strdup ("");
  json_object_set_string_member (object, "bound", bound);
  if (replaces != NULL)
    json_object_set_string_member (object, "replaces", replaces);
  enigm_platform_call_async (platform, "POST", "/v1/offers", node, ENIGM_PLATFORM_CALL_BEARER, NULL,
                             cancellable, callback, user_data);
}

/**
 * enigm_pairing_ask_offer_finish:
 *
 * Returns: (transfer full) (nullable): the offer, or %NULL with the platform's refusal as @error
 */
EnigmPairingOffer *
enigm_pairing_ask_offer_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonNode) node = enigm_platform_call_finish (platform, result, NULL, error);
  g_autoptr (EnigmPairingOffer) self = g_new0 (EnigmPairingOffer, 1);
  JsonObject *object;
  JsonArray *releases;

  if (node == NULL)
    return NULL;
  object = json_node_get_object (node);
  if (!enigm_json_read_hex (object, "binding", 2 * ENIGM_ID_SIZE, &self->binding, error) ||
      !read_signed (object, "offer", 1024, &self->offer, self->offer_signature, error) ||
      !enigm_json_read_array (object, "releases", 1, &releases, error))
    return NULL;
  if (json_array_get_length (releases) == 1)
    {
      JsonObject *release = enigm_json_element_object (releases, "releases", 0, error);

      if (release == NULL ||
          !read_signed (release, "release", 256, &self->release, self->release_signature, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

/* Registration */

/**
 * enigm_pairing_register_async:
 * @chain: (element-type GBytes): the key's certificates, leaf first
 *
 * Hands the attestation in. It may be handed in again, also by the key.
 */
void
enigm_pairing_register_async (EnigmPlatform *platform,
                              GBytes *offer,
                              GBytes *attestation,
                              GPtrArray *chain,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GBytes) body = enigm_handover_encode (offer, attestation, chain);

  enigm_platform_post_cbor_async (platform, "/v1/attestations", body, NULL, cancellable, callback,
                                  user_data);
}

/**
 * enigm_pairing_register_finish:
 *
 * Returns: (transfer full) (nullable): the receipt, as the message that carries it to the key;
 *   computer and secret are still to be filled in
 */
EnigmMessage *
enigm_pairing_register_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error)
{
  guint status;
  g_autoptr (GBytes) body =
    enigm_platform_post_cbor_finish (platform, result, &status, NULL, error);
  g_autoptr (EnigmMessage) receipt = enigm_message_new (ENIGM_MESSAGE_RECEIPT);
  g_autoptr (GError) malformed = NULL;

  if (body == NULL)
    return NULL;
  /* Anything else it says is a fault of its own, or of what stands between, and not the key's. */
  if (status != SOUP_STATUS_OK && status != SOUP_STATUS_UNPROCESSABLE_ENTITY)
    {
      g_propagate_error (error, enigm_platform_map_problem (platform, status, body));
      return NULL;
    }
  if (status != SOUP_STATUS_OK)
    {
      g_set_error_literal (
        error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
        _ ("The platform does not accept what this key says of itself. It may not be "
           "a genuine key. Nothing was bound; do not rely on it."));
      return NULL;
    }
  if (enigm_handover_answer_decode (body, &receipt->blob, receipt->signature, &malformed))
    return g_steal_pointer (&receipt);
  g_debug ("Receipt: %s", malformed->message);
  g_set_error_literal (
    error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER,
    _ ("The platform answered something this app does not understand. Try again; if it "
       "happens again, update the app."));
  return NULL;
}

/* Relay */

/* A key's requests, and nothing else of the platform's, may be relayed for it. */
static gboolean
is_key_path (const char *path)
{
  for (guint kind = ENIGM_KEY_REQUEST_PROOF; kind <= ENIGM_KEY_REQUEST_STATE; kind++)
    if (g_str_equal (enigm_key_request_kind_get_path (kind), path))
      return TRUE;
  return FALSE;
}

/* What a field of HTTP may hold here; a line's end in one would begin another. */
static gboolean
is_field_value (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isprint (*text))
      return FALSE;
  return TRUE;
}

/**
 * enigm_pairing_relay_async:
 * @relay: a request that the key has signed
 *
 * Sends it as it is. This computer can neither read nor change what it proves.
 */
void
enigm_pairing_relay_async (EnigmPlatform *platform,
                           const EnigmMessage *relay,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GHashTable) fields = g_hash_table_new (g_str_hash, g_str_equal);

  if (!is_key_path (relay->path) || !is_field_value (relay->digest_field) ||
      !is_field_value (relay->input_field) || !is_field_value (relay->signature_field))
    {
      g_task_report_new_error (
        platform, callback, user_data, enigm_pairing_relay_async, ENIGM_ERROR,
        ENIGM_ERROR_MALFORMED,
        _ ("The key asked this computer to send something that is not a key's "
           "request. It was not sent, and the pairing was ended."));
      return;
    }
  g_hash_table_insert (fields, (gpointer) "Content-Digest", relay->digest_field);
  g_hash_table_insert (fields, (gpointer) "Signature-Input", relay->input_field);
  g_hash_table_insert (fields, (gpointer) "Signature", relay->signature_field);
  enigm_platform_post_cbor_async (platform, relay->path, relay->blob, fields, cancellable, callback,
                                  user_data);
}

static char *
dup_field (GHashTable *fields, const char *name, gsize max)
{
  const char *value = fields != NULL ? g_hash_table_lookup (fields, name) : NULL;

  return value != NULL && strlen (value) <= max && g_utf8_validate (value, -1, NULL)
           ? g_strdup (value)
           : g_strdup ("");
}

/**
 * enigm_pairing_relay_finish:
 *
 * Returns: (transfer full) (nullable): the platform's answer for the key, with status 0 if it could
 *   not be reached; %NULL with @error set if the relay was refused or cancelled
 */
EnigmMessage *
enigm_pairing_relay_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error)
{
  g_autoptr (EnigmMessage) relayed = enigm_message_new (ENIGM_MESSAGE_RELAYED);
  g_autoptr (GHashTable) fields = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) local = NULL;
  guint status = 0;

  if (g_async_result_is_tagged (result, enigm_pairing_relay_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  body = enigm_platform_post_cbor_finish (platform, result, &status, &fields, &local);
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  relayed->status = body != NULL ? MIN (status, 599) : 0;
  relayed->digest_field = dup_field (fields, "content-digest", 128);
  relayed->input_field = dup_field (fields, "signature-input", 512);
  relayed->signature_field = dup_field (fields, "signature", 256);
  relayed->blob = body != NULL && g_bytes_get_size (body) <= MAX_RELAYED_BODY
                    ? g_bytes_ref (body)
                    : g_bytes_new_static ("", 0);
  return g_steal_pointer (&relayed);
}

/* Trust */

/**
 * enigm_pairing_ask_trust_async:
 * @binding: (array fixed-size=16): a binding ID
 */
void
enigm_pairing_ask_trust_async (EnigmPlatform *platform,
                               const guint8 *binding,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autofree char *hex = enigm_hex_encode (binding, ENIGM_ID_SIZE);
  g_autofree char *path = g_strconcat ("/v1/keys/", hex, NULL);

  enigm_platform_call_async (platform, "GET", path, NULL, ENIGM_PLATFORM_CALL_BEARER, NULL,
                             cancellable, callback, user_data);
}

/**
 * enigm_pairing_ask_trust_finish:
 *
 * Returns: how the binding stands for this account; a binding of somebody else's reads as none
 */
EnigmPairingTrust
enigm_pairing_ask_trust_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error)
{
  static const char *const proofs[] = { "own", "relayed", NULL };
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) node = enigm_platform_call_finish (platform, result, NULL, &local);
  g_autofree char *state = NULL;
  JsonObject *object, *proved;
  guint by = 1;

  if (g_error_matches (local, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED))
    return ENIGM_PAIRING_TRUST_NONE;
  if (node == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return ENIGM_PAIRING_TRUST_UNKNOWN;
    }
  object = json_node_get_object (node);
  if (!enigm_json_read_string (object, "state", 16, &state, error) ||
      !enigm_json_read_object_or_null (object, "proved", &proved, error) ||
      (proved != NULL && !enigm_json_read_choice (proved, "by", proofs, &by, error)))
    return ENIGM_PAIRING_TRUST_UNKNOWN;
  if (g_str_equal (state, "pending"))
    return ENIGM_PAIRING_TRUST_PENDING;
  if (g_str_equal (state, "trusted") || g_str_equal (state, "restricted"))
    return by == 0 ? ENIGM_PAIRING_TRUST_OWN : ENIGM_PAIRING_TRUST_RELAYED;
  return ENIGM_PAIRING_TRUST_NONE;
}

/* Orders */

/**
 * enigm_pairing_ask_order_async:
 * @purpose: `join`, `drill` or `wipe`
 * @session_value: (array fixed-size=32): of the session it is for
 * @nonce: (array fixed-size=32): the key's, of that session
 */
void
enigm_pairing_ask_order_async (EnigmPlatform *platform,
                               const char *binding,
                               const char *purpose,
                               const guint8 *session_value,
                               const guint8 *nonce,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  JsonObject *object = json_object_new ();
  g_autoptr (JsonNode) node = take_node (object);
  g_autofree char *path = g_strconcat ("/v1/keys/", binding, "/orders", NULL);

  json_object_set_string_member (object, "purpose", purpose);
  set_base64url (object, "session", session_value, ENIGM_NONCE_SIZE);
  set_base64url (object, "nonce", nonce, ENIGM_NONCE_SIZE);
  enigm_platform_call_async (platform, "POST", path, node,
                             ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED, NULL,
                             cancellable, callback, user_data);
}

/**
 * enigm_pairing_ask_order_finish:
 *
 * Returns: (transfer full) (nullable): the order, as the message that carries it to the key
 */
EnigmMessage *
enigm_pairing_ask_order_finish (EnigmPlatform *platform, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonNode) node = enigm_platform_call_finish (platform, result, NULL, error);
  g_autoptr (EnigmMessage) order = enigm_message_new (ENIGM_MESSAGE_ORDER);

  if (node == NULL || !read_signed (json_node_get_object (node), "order", 512, &order->blob,
                                    order->signature, error))
    return NULL;
  return g_steal_pointer (&order);
}

/**
 * enigm_pairing_join_async:
 * @order: the order to join that the key has taken
 * @chain: (element-type GBytes): the key's certificates, leaf first
 * @proof: (array fixed-size=64): the key's signature over the order
 *
 * Hands in that the key at the other end is the hardware that was bound. Finish with
 * enigm_platform_call_finish(), which fails with %ENIGM_ERROR_NOT_GENUINE where it is not.
 */
void
enigm_pairing_join_async (EnigmPlatform *platform,
                          const char *binding,
                          const EnigmMessage *order,
                          GPtrArray *chain,
                          const guint8 *proof,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  JsonObject *object = json_object_new ();
  g_autoptr (JsonNode) node = take_node (object);
  g_autofree char *path = g_strconcat ("/v1/keys/", binding, "/joins", NULL);
  gsize size;
  gconstpointer data = g_bytes_get_data (order->blob, &size);

  set_base64url (object, "order", data, size);
  set_base64url (object, "signature", order->signature, sizeof order->signature);
  set_chain (object, chain);
  set_base64url (object, "proof", proof, ENIGM_P256_SIGNATURE_SIZE);
  enigm_platform_call_async (platform, "POST", path, node,
                             ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED, NULL,
                             cancellable, callback, user_data);
}

/**
 * enigm_pairing_cancel_async:
 *
 * Cancels the pairing that the offer of @binding began: whatever is still on its way, the platform
 * will not take. It refuses once the binding is trusted. Finish with enigm_platform_call_finish().
 */
void
enigm_pairing_cancel_async (EnigmPlatform *platform,
                            const char *binding,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autofree char *path = g_strconcat ("/v1/offers/", binding, NULL);

  enigm_platform_call_async (platform, "DELETE", path, NULL,
                             ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED, NULL, NULL,
                             callback, user_data);
}
