/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-http-signature.h"

#include <string.h>

#include "enigm-error.h"
#include "enigm-hash.h"
#include "enigm-signature-base.h"

#define LABEL "enigm"

#define MAX_SIGNATURE_INPUT 512
#define MAX_SIGNATURE 256
#define MAX_CREATED ((G_GUINT64_CONSTANT (1) << 40) - 1)
#define MAX_PATH 256
#define MAX_COMPONENTS 7

/* Both in base64: 16 bytes without padding, and in hex. */
#define NONCE_CHARS 22
#define KEYID_CHARS (2 * ENIGM_ID_SIZE)

typedef struct
{
  const gchar *tag;
  gsize signature_len;
} Profile;

static const Profile profiles[] = {
  [ENIGM_HTTP_KEY_REQUEST] = { "enigm-key", ENIGM_SHA256_SIZE },
  [ENIGM_HTTP_KEY_ANSWER] = { "enigm-platform", ENIGM_SHA256_SIZE },
  [ENIGM_HTTP_COMPUTER_REQUEST] = { "enigm-computer", ENIGM_P256_SIGNATURE_SIZE },
};

static gboolean
refuse (GError **error, const gchar *what)
{
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, what);
  return FALSE;
}

/* The one place that knows what each profile covers. Values are borrowed from @message, which may
 * be NULL where only the identifiers matter. */
static gsize
list_components (const EnigmHttpSignature *self,
                 const EnigmHttpMessage *message,
                 EnigmSignatureComponent components[MAX_COMPONENTS])
{
  const EnigmHttpMessage nothing = { 0 };
  gsize n = 0;

  if (message == NULL)
    message = &nothing;
  if (self->profile == ENIGM_HTTP_KEY_ANSWER)
    {
      /* Status and request's signature need writing out: the caller fills them in. */
      components[n++] = (EnigmSignatureComponent){ "\"@status\"", NULL };
      components[n++] = (EnigmSignatureComponent){ "\"content-digest\"", message->content_digest };
      components[n++] = (EnigmSignatureComponent){ "\"signature\";req;key=\"" LABEL "\"", NULL };
      return n;
    }
  components[n++] = (EnigmSignatureComponent){ "\"@method\"", message->method };
  components[n++] = (EnigmSignatureComponent){ "\"@authority\"", message->authority };
  components[n++] = (EnigmSignatureComponent){ "\"@path\"", message->path };
  components[n++] = (EnigmSignatureComponent){ "\"content-type\"", message->content_type };
  components[n++] = (EnigmSignatureComponent){ "\"content-digest\"", message->content_digest };
  if (self->covers_if_match)
    components[n++] = (EnigmSignatureComponent){ "\"if-match\"", message->if_match };
  if (self->covers_authorization)
    components[n++] = (EnigmSignatureComponent){ "\"authorization\"", message->authorization };
  return n;
}

static gchar *
format_parameters (const EnigmHttpSignature *self)
{
  g_autofree gchar *nonce = enigm_base64url_encode (self->nonce, sizeof self->nonce);
  g_autofree gchar *keyid = enigm_hex_encode (self->keyid, sizeof self->keyid);
  gchar created[24];

  g_snprintf (created, sizeof created, "%" G_GUINT64_FORMAT, self->created);
  return g_strconcat (";created=", created, ";nonce=\"", nonce, "\";keyid=\"", keyid, "\";tag=\"",
                      profiles[self->profile].tag, "\"", NULL);
}

/* A byte sequence of RFC 8941, section 3.3.5. */
static gchar *
format_byte_sequence (const guint8 *data, gsize len)
{
  g_autofree gchar *base64 = g_base64_encode (data, len);

  return g_strconcat (":", base64, ":", NULL);
}

/**
 * enigm_http_signature_init:
 * @self: (out caller-allocates): a signature to be made
 * @profile: which of the three
 * @keyid: the handle, or the computer ID
 * @created: now, in Unix seconds
 * @error: return location
 *
 * Begins a signing, and draws its nonce. Each signing needs its own.
 *
 * Returns: %TRUE, or %FALSE if the system has no randomness
 */
gboolean
enigm_http_signature_init (EnigmHttpSignature *self,
                           EnigmHttpProfile profile,
                           const guint8 keyid[ENIGM_ID_SIZE],
                           guint64 created,
                           GError **error)
{
  g_return_val_if_fail (self != NULL && keyid != NULL, FALSE);
  g_return_val_if_fail (profile <= ENIGM_HTTP_COMPUTER_REQUEST, FALSE);
  g_return_val_if_fail (created <= MAX_CREATED, FALSE);

  memset (self, 0, sizeof *self);
  self->profile = profile;
  self->created = created;
  memcpy (self->keyid, keyid, ENIGM_ID_SIZE);
  return enigm_random_bytes (self->nonce, sizeof self->nonce, error);
}

static gboolean
check_request (const EnigmHttpSignature *self, const EnigmHttpMessage *message, GError **error)
{
  if (message->method == NULL || message->authority == NULL || message->path == NULL ||
      message->content_type == NULL)
    return refuse (error, "request: a covered component is missing");
  for (const gchar *at = message->method; *at != '\0'; at++)
    if (!g_ascii_isupper (*at))
      return refuse (error, "@method: is not in capitals");
  if (message->path[0] != '/' || strlen (message->path) > MAX_PATH ||
      strpbrk (message->path, "?#") != NULL)
    return refuse (error, "@path: is too long, or has more than a path in it");
  /* A field that is there and not covered could be changed on the way. */
  if (self->covers_if_match != (message->if_match != NULL))
    return refuse (error, "if-match: must be covered where it is present");
  if (self->covers_authorization != (message->authorization != NULL))
    return refuse (error, "authorization: must be covered where it is present");
  return TRUE;
}

/**
 * enigm_http_signature_base:
 * @self: a signature, made or to be made
 * @message: the message it is for
 * @error: return location
 *
 * Builds what is signed (RFC 9421, section 2.5). If-Match and Authorization must be covered just
 * where the message has them.
 *
 * Returns: (transfer full) (nullable): the base, or %NULL with %ENIGM_ERROR_MALFORMED
 */
GBytes *
enigm_http_signature_base (const EnigmHttpSignature *self,
                           const EnigmHttpMessage *message,
                           GError **error)
{
  EnigmSignatureComponent components[MAX_COMPONENTS];
  g_autofree gchar *authority = NULL;
  g_autofree gchar *status = NULL;
  g_autofree gchar *request_signature = NULL;
  g_autofree gchar *parameters = NULL;
  gsize n_components;

  g_return_val_if_fail (self != NULL && message != NULL, NULL);

  n_components = list_components (self, message, components);
  if (self->profile == ENIGM_HTTP_KEY_ANSWER)
    {
      if (message->status < 100 || message->status > 599)
        {
          refuse (error, "@status: is out of range");
          return NULL;
        }
      if (message->request_signature == NULL ||
          message->request_signature_len != profiles[ENIGM_HTTP_KEY_REQUEST].signature_len)
        {
          refuse (error, "signature: the request had none");
          return NULL;
        }
      status = g_strdup_printf ("%u", message->status);
      request_signature =
        format_byte_sequence (message->request_signature, message->request_signature_len);
      components[0].value = status;
      components[2].value = request_signature;
    }
  else
    {
      if (!check_request (self, message, error))
        return NULL;
      authority = enigm_http_authority_normalize (message->authority, error);
      if (authority == NULL)
        return NULL;
      components[1].value = authority;
    }
  parameters = format_parameters (self);
  return enigm_signature_base_build (components, n_components, parameters, error);
}

/* Covers the optional fields just where they are, and builds the base. */
static GBytes *
prepare (EnigmHttpSignature *self, const EnigmHttpMessage *message, GError **error)
{
  if (self->profile == ENIGM_HTTP_COMPUTER_REQUEST)
    {
      self->covers_if_match = message->if_match != NULL;
      self->covers_authorization = message->authorization != NULL;
    }
  self->signature_len = 0;
  return enigm_http_signature_base (self, message, error);
}

/**
 * enigm_http_signature_sign_hmac:
 * @self: a signature begun with enigm_http_signature_init()
 * @message: the message it is for
 * @key: the request key, or the answer key
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED if @message cannot be signed
 */
gboolean
enigm_http_signature_sign_hmac (EnigmHttpSignature *self,
                                const EnigmHttpMessage *message,
                                EnigmSecret *key,
                                GError **error)
{
  g_autoptr (GBytes) base = NULL;

  g_return_val_if_fail (self != NULL && message != NULL && key != NULL, FALSE);
  g_return_val_if_fail (self->profile != ENIGM_HTTP_COMPUTER_REQUEST, FALSE);

  base = prepare (self, message, error);
  if (base == NULL)
    return FALSE;
  enigm_hmac_sha256 (key, ENIGM_PARTS (enigm_part_bytes (base)), self->signature);
  self->signature_len = ENIGM_SHA256_SIZE;
  return TRUE;
}

/**
 * enigm_http_signature_sign_p256:
 * @self: a signature begun with enigm_http_signature_init()
 * @message: the message it is for
 * @key: the computer's key
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED if @message cannot be signed
 */
gboolean
enigm_http_signature_sign_p256 (EnigmHttpSignature *self,
                                const EnigmHttpMessage *message,
                                EnigmP256Key *key,
                                GError **error)
{
  g_autoptr (GBytes) base = NULL;

  g_return_val_if_fail (self != NULL && message != NULL && key != NULL, FALSE);
  g_return_val_if_fail (self->profile == ENIGM_HTTP_COMPUTER_REQUEST, FALSE);

  base = prepare (self, message, error);
  if (base == NULL || !enigm_p256_sign_raw (key, g_bytes_get_data (base, NULL),
                                            g_bytes_get_size (base), self->signature, error))
    return FALSE;
  self->signature_len = ENIGM_P256_SIGNATURE_SIZE;
  return TRUE;
}

/**
 * enigm_http_signature_format_input:
 * @self: a signature
 *
 * Returns: (transfer full): the value of Signature-Input
 */
gchar *
enigm_http_signature_format_input (const EnigmHttpSignature *self)
{
  EnigmSignatureComponent components[MAX_COMPONENTS];
  g_autofree gchar *parameters = NULL;
  g_autofree gchar *params = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  parameters = format_parameters (self);
  params =
    enigm_signature_base_params (components, list_components (self, NULL, components), parameters);
  return g_strconcat (LABEL "=", params, NULL);
}

/**
 * enigm_http_signature_format:
 * @self: a signature that was made
 *
 * Returns: (transfer full): the value of Signature
 */
gchar *
enigm_http_signature_format (const EnigmHttpSignature *self)
{
  g_autofree gchar *sequence = NULL;

  g_return_val_if_fail (self != NULL && self->signature_len != 0, NULL);

  sequence = format_byte_sequence (self->signature, self->signature_len);
  return g_strconcat (LABEL "=", sequence, NULL);
}

static gboolean
skip (const gchar **at, const gchar *literal)
{
  if (!g_str_has_prefix (*at, literal))
    return FALSE;
  *at += strlen (literal);
  return TRUE;
}

/* Reads the parameters behind the list of components, in their fixed order. */
static gboolean
parse_parameters (EnigmHttpSignature *self, const gchar *at)
{
  g_autofree gchar *nonce = NULL;
  g_autofree gchar *keyid = NULL;
  g_autoptr (GBytes) nonce_bytes = NULL;
  gchar *end = NULL;

  if (!skip (&at, ";created=") || !g_ascii_isdigit (*at))
    return FALSE;
  self->created = g_ascii_strtoull (at, &end, 10);
  at = end;
  if (self->created > MAX_CREATED || !skip (&at, ";nonce=\"") || strlen (at) < NONCE_CHARS)
    return FALSE;
  nonce = g_strndup (at, NONCE_CHARS);
  nonce_bytes = enigm_base64url_decode (nonce, ENIGM_HTTP_NONCE_SIZE, ENIGM_HTTP_NONCE_SIZE);
  at += NONCE_CHARS;
  if (nonce_bytes == NULL || !skip (&at, "\";keyid=\"") || strlen (at) < KEYID_CHARS)
    return FALSE;
  memcpy (self->nonce, g_bytes_get_data (nonce_bytes, NULL), ENIGM_HTTP_NONCE_SIZE);
  keyid = g_strndup (at, KEYID_CHARS);
  return enigm_hex_decode (keyid, self->keyid, ENIGM_ID_SIZE);
}

static gboolean
parse_input (EnigmHttpSignature *self, const gchar *input)
{
  const gchar *close;
  g_autofree gchar *canonical = NULL;

  if (strlen (input) > MAX_SIGNATURE_INPUT)
    return FALSE;
  close = strchr (input, ')');
  if (close == NULL)
    return FALSE;
  if (self->profile == ENIGM_HTTP_COMPUTER_REQUEST)
    {
      g_autofree gchar *list = g_strndup (input, (gsize) (close - input));

      self->covers_if_match = strstr (list, " \"if-match\"") != NULL;
      self->covers_authorization = strstr (list, " \"authorization\"") != NULL;
    }
  if (!parse_parameters (self, close + 1))
    return FALSE;
  /* What was read, written again, must be what came: so no other label, order, spelling, space,
   * parameter or second signature can have been passed over. */
  canonical = enigm_http_signature_format_input (self);
  return strcmp (canonical, input) == 0;
}

static gboolean
parse_signature (EnigmHttpSignature *self, const gchar *signature)
{
  gsize expected = profiles[self->profile].signature_len;
  gsize len = strlen (signature);
  g_autofree gchar *base64 = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (len > MAX_SIGNATURE || !skip (&signature, LABEL "=:"))
    return FALSE;
  len = strlen (signature);
  if (len == 0 || signature[len - 1] != ':')
    return FALSE;
  base64 = g_strndup (signature, len - 1);
  bytes = enigm_base64_decode (base64, expected, expected);
  if (bytes == NULL)
    return FALSE;
  memcpy (self->signature, g_bytes_get_data (bytes, NULL), expected);
  self->signature_len = expected;
  return TRUE;
}

/**
 * enigm_http_signature_parse:
 * @self: (out caller-allocates): the signature; zeroed if it is refused
 * @profile: which of the three it must be
 * @signature_input: (nullable): the value of Signature-Input
 * @n_signature_inputs: how many such fields the message has; anything but one is refused
 * @signature: (nullable): the value of Signature
 * @n_signatures: how many such fields the message has; anything but one is refused
 * @error: return location
 *
 * Reads a signature in the one form that @profile has. This says nothing yet about who made it.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_http_signature_parse (EnigmHttpSignature *self,
                            EnigmHttpProfile profile,
                            const gchar *signature_input,
                            guint n_signature_inputs,
                            const gchar *signature,
                            guint n_signatures,
                            GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (profile <= ENIGM_HTTP_COMPUTER_REQUEST, FALSE);

  memset (self, 0, sizeof *self);
  self->profile = profile;
  if (n_signature_inputs != 1 || signature_input == NULL)
    refuse (error, n_signature_inputs > 1 ? "Signature-Input: is there more than once"
                                          : "Signature-Input: is missing");
  else if (n_signatures != 1 || signature == NULL)
    refuse (error,
            n_signatures > 1 ? "Signature: is there more than once" : "Signature: is missing");
  else if (!parse_input (self, signature_input))
    refuse (error, "Signature-Input: is not in the one form there is");
  else if (!parse_signature (self, signature))
    refuse (error, "Signature: is not in the one form there is");
  else
    return TRUE;

  memset (self, 0, sizeof *self);
  return FALSE;
}

/**
 * enigm_http_signature_verify_hmac:
 * @self: a signature that was parsed
 * @message: the message it came with
 * @key: the request key, or the answer key
 * @error: return location
 *
 * Takes the same time whatever is wrong with the MAC.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or with %ENIGM_ERROR_MALFORMED if the
 *   message has no base
 */
gboolean
enigm_http_signature_verify_hmac (const EnigmHttpSignature *self,
                                  const EnigmHttpMessage *message,
                                  EnigmSecret *key,
                                  GError **error)
{
  g_autoptr (GBytes) base = NULL;

  g_return_val_if_fail (self != NULL && message != NULL && key != NULL, FALSE);
  g_return_val_if_fail (self->profile != ENIGM_HTTP_COMPUTER_REQUEST, FALSE);

  base = enigm_http_signature_base (self, message, error);
  if (base == NULL)
    return FALSE;
  if (enigm_hmac_sha256_check (key, ENIGM_PARTS (enigm_part_bytes (base)), self->signature,
                               self->signature_len))
    return TRUE;
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE, "Signature: is not right");
  return FALSE;
}

/**
 * enigm_http_signature_verify_p256:
 * @self: a signature that was parsed
 * @message: the message it came with
 * @point: (array length=point_len): the computer's public key
 * @point_len: its length, 65
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or with %ENIGM_ERROR_MALFORMED if the
 *   message has no base or @point is none
 */
gboolean
enigm_http_signature_verify_p256 (const EnigmHttpSignature *self,
                                  const EnigmHttpMessage *message,
                                  const guint8 *point,
                                  gsize point_len,
                                  GError **error)
{
  g_autoptr (GBytes) base = NULL;

  g_return_val_if_fail (self != NULL && message != NULL && point != NULL, FALSE);
  g_return_val_if_fail (self->profile == ENIGM_HTTP_COMPUTER_REQUEST, FALSE);

  base = enigm_http_signature_base (self, message, error);
  if (base == NULL)
    return FALSE;
  return enigm_p256_verify_raw (point, point_len, g_bytes_get_data (base, NULL),
                                g_bytes_get_size (base), self->signature, self->signature_len,
                                error);
}
