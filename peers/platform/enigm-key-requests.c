/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What keys send. PROTOCOL.md, section 6, decides the order of the checks, and nothing is touched
 * before all of them are through: signature well-formed; handle known and MAC right; digest;
 * freshness; then the rest in enigm-key-outcomes.c. What fails before the MAC, or because of
 * somebody between, is answered without a signature, and a key keeps asking. */

#include "app/protocol/enigm-content-digest.h"
#include "app/protocol/enigm-http-signature.h"

#include "enigm-column.h"
#include "enigm-events.h"
#include "enigm-key-outcomes.h"
#include "enigm-router.h"

/* How far a key's clock may be off, in seconds. */
#define CLOCK_SECONDS 300
/* What a sealed key of 32 bytes takes; see find_binding(). */
#define SEALED_KEY_SIZE 68
#define CONTENT_TYPE "application/cbor"

/* A request under way. */
typedef struct
{
  EnigmPlatformState *state;
  EnigmRequest *request;
  EnigmHttpSignature signature;
  EnigmBinding *binding;
  EnigmSecret *request_key;
  EnigmSecret *answer_key;
} Asked;

static void
asked_clear (Asked *self)
{
  g_clear_pointer (&self->binding, enigm_binding_free);
  g_clear_pointer (&self->request_key, enigm_secret_unref);
  g_clear_pointer (&self->answer_key, enigm_secret_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

static gboolean
refuse (GError **error, EnigmProblem problem, const char *field, const char *why)
{
  enigm_problem_set (error, problem, field, "%s", why);
  return FALSE;
}

static gboolean
read_signature (Asked *asked, GError **error)
{
  EnigmRequest *request = asked->request;
  g_autoptr (GError) wrong = NULL;

  if (enigm_request_count_header (request, "Content-Type") != 1 ||
      !g_str_equal (enigm_request_get_header (request, "Content-Type"), CONTENT_TYPE))
    return refuse (error, ENIGM_PROBLEM_MALFORMED, "Content-Type", "it is not " CONTENT_TYPE);
  if (enigm_request_count_header (request, "Content-Digest") != 1)
    return refuse (error, ENIGM_PROBLEM_MALFORMED, "Content-Digest", "there is one, and once");
  if (enigm_request_count_header (request, "Host") != 1)
    return refuse (error, ENIGM_PROBLEM_MALFORMED, "Host", "there is one, and once");
  if (!enigm_http_signature_parse (&asked->signature, ENIGM_HTTP_KEY_REQUEST,
                                   enigm_request_get_header (request, "Signature-Input"),
                                   enigm_request_count_header (request, "Signature-Input"),
                                   enigm_request_get_header (request, "Signature"),
                                   enigm_request_count_header (request, "Signature"), &wrong))
    return refuse (error, ENIGM_PROBLEM_MALFORMED, "Signature", wrong->message);
  return TRUE;
}

/* An unknown handle goes the whole way with another binding's keys, so that it costs what a wrong
 * MAC costs: here, whatever is asked, one look-up finds something and one does not. */
static gboolean
find_binding (Asked *asked, GError **error)
{
  static const guint8 nobodys[ENIGM_ID_SIZE];
  EnigmPlatformState *state = asked->state;
  g_autoptr (EnigmBinding) other = NULL;

  if (!enigm_bindings_find_by_handle (state, asked->signature.keyid, &asked->binding, error) ||
      !enigm_bindings_find_by_handle (state, asked->binding != NULL ? nobodys : state->seen_handle,
                                      &other, error))
    return FALSE;
  if (asked->binding != NULL)
    memcpy (state->seen_handle, asked->signature.keyid, sizeof state->seen_handle);
  if (asked->binding != NULL || other != NULL)
    return enigm_bindings_open_keys (state, asked->binding != NULL ? asked->binding : other,
                                     &asked->request_key, &asked->answer_key, error);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (EnigmSecret) none = NULL;
      g_autoptr (GBytes) sealed = g_bytes_new_take (g_malloc0 (SEALED_KEY_SIZE), SEALED_KEY_SIZE);

      none = enigm_column_open (state->column_key, "bindings.request_key", asked->signature.keyid,
                                sealed, NULL);
    }
  asked->request_key = enigm_secret_new_random (ENIGM_SHA256_SIZE, error);
  return asked->request_key != NULL;
}

static gboolean
check_mac (Asked *asked, GError **error)
{
  EnigmHttpMessage message = {
    .method = enigm_request_get_method (asked->request),
    .authority = enigm_config_get_authority (asked->state->config),
    .path = enigm_request_get_path (asked->request),
    .content_type = CONTENT_TYPE,
    .content_digest = enigm_request_get_header (asked->request, "Content-Digest"),
  };

  if (!find_binding (asked, error))
    return FALSE;
  if (!enigm_http_signature_verify_hmac (&asked->signature, &message, asked->request_key, NULL) ||
      asked->binding == NULL)
    return refuse (error, ENIGM_PROBLEM_SIGNATURE_WRONG, NULL, "no key signed this request");
  return TRUE;
}

/* A digest that does not fit under a MAC that does: somebody between changed the body. That is not
 * answered in the key's name, or a relay could end an alert with it. */
static gboolean
check_digest (Asked *asked, GError **error)
{
  GBytes *body = enigm_request_get_body (asked->request);

  if (g_bytes_get_size (body) > ENIGM_KEY_REQUEST_MAX_SIZE)
    return refuse (error, ENIGM_PROBLEM_TOO_LARGE, NULL, "the body has more than 1 KiB");
  if (!enigm_content_digest_check (enigm_request_get_header (asked->request, "Content-Digest"), 1,
                                   body, NULL))
    return refuse (error, ENIGM_PROBLEM_MALFORMED, "Content-Digest", "it is another body's");
  return TRUE;
}

static guint
read_state (const EnigmBinding *binding)
{
  switch (binding->state)
    {
    case ENIGM_BINDING_PENDING:
      return 1;
    case ENIGM_BINDING_TRUSTED:
      return 2;
    case ENIGM_BINDING_RESTRICTED:
      return 3;
    case ENIGM_BINDING_NONE:
    case ENIGM_BINDING_REVOKED:
    case ENIGM_BINDING_REPLACED:
    case ENIGM_BINDING_RETIRED:
    case ENIGM_BINDING_CANCELLED:
    case ENIGM_BINDING_EXPIRED:
    default:
      return 0;
    }
}

static GBytes *
make_body (Asked *asked, EnigmKeyOutcome outcome, GError **error)
{
  EnigmPlatformState *state = asked->state;
  const EnigmBinding *binding = asked->binding;
  EnigmKeyAnswer answer = {
    .outcome = outcome,
    .time = (guint64) enigm_platform_state_now (state),
    .next_sequence = (guint64) binding->sequence + 1,
    .state = read_state (binding),
    .restrictions = binding->restrictions,
  };

  G_STATIC_ASSERT (ENIGM_KEY_ANSWER_MAX_COMPUTERS == ENIGM_BINDING_MAX_COMPUTERS);
  memcpy (answer.epoch, state->epoch, sizeof answer.epoch);
  memcpy (answer.pins, state->pins, sizeof answer.pins);
  if (answer.state != 0)
    {
      guint n_computers;
      gint events = enigm_events_count_open (state, binding->id, error);

      if (events < 0 || !enigm_bindings_list_computers (state, binding->id, answer.computers,
                                                        &n_computers, error))
        return NULL;
      answer.n_computers = n_computers;
      answer.events = (guint) events;
    }
  return enigm_key_answer_encode (&answer);
}

static void
reply (Asked *asked, EnigmKeyOutcome outcome, GBytes *body)
{
  guint status = enigm_key_outcome_get_status (outcome);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *input = NULL;
  g_autofree char *text = NULL;
  EnigmHttpSignature signature;
  EnigmHttpMessage message = { 0 };

  digest = enigm_content_digest_format (body);
  message.status = status;
  message.content_digest = digest;
  message.request_signature = asked->signature.signature;
  message.request_signature_len = asked->signature.signature_len;
  if (!enigm_http_signature_init (&signature, ENIGM_HTTP_KEY_ANSWER, asked->binding->handle,
                                  (guint64) enigm_platform_state_now (asked->state), &error) ||
      !enigm_http_signature_sign_hmac (&signature, &message, asked->answer_key, &error))
    {
      enigm_request_reply_error (asked->request, error);
      return;
    }
  input = enigm_http_signature_format_input (&signature);
  text = enigm_http_signature_format (&signature);
  enigm_request_set_header (asked->request, "Content-Digest", digest);
  enigm_request_set_header (asked->request, "Signature-Input", input);
  enigm_request_set_header (asked->request, "Signature", text);
  enigm_request_reply_cbor (asked->request, status, body);
}

static gboolean
is_fresh (const Asked *asked)
{
  gint64 now = enigm_platform_state_now (asked->state);

  /* Below 2^40, or it would not have been read. */
  return ABS ((gint64) asked->signature.created - now) <= CLOCK_SECONDS;
}

static void
post_key_request (EnigmPlatformState *state, EnigmRequest *request)
{
  g_auto (Asked) asked = { .state = state, .request = request };
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  EnigmKeyOutcome outcome = ENIGM_KEY_OUTCOME_STALE;

  /* One transaction for all of it: each look outside of one would lock the database anew. */
  if (!read_signature (&asked, &error) ||
      (transaction = enigm_store_begin (state->store, &error)) == NULL ||
      !check_mac (&asked, &error) || !check_digest (&asked, &error) ||
      (is_fresh (&asked) &&
       !enigm_key_outcomes_decide (state, asked.binding, enigm_request_get_path (request),
                                   enigm_request_get_body (request), &outcome, &error)) ||
      (body = make_body (&asked, outcome, &error)) == NULL ||
      !enigm_store_commit (state->store, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  reply (&asked, outcome, body);
}

const EnigmRoute enigm_key_requests_routes[] = {
  { "POST", "/key/v1/proof", ENIGM_ROUTE_OPEN, post_key_request },
  { "POST", "/key/v1/events", ENIGM_ROUTE_OPEN, post_key_request },
  { "POST", "/key/v1/positions", ENIGM_ROUTE_OPEN, post_key_request },
  { "POST", "/key/v1/ends", ENIGM_ROUTE_OPEN, post_key_request },
  { "POST", "/key/v1/state", ENIGM_ROUTE_OPEN, post_key_request },
  { 0 },
};
