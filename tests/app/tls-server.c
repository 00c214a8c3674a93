/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls-server.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <string.h>

#define DAY (24 * 60 * 60)

static void
add_extension (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

/* Signed by @issuer, or by itself without one. */
static X509 *
make_certificate (EVP_PKEY *key,
                  const char *name,
                  gboolean is_ca,
                  long ends,
                  X509 *issuer,
                  EVP_PKEY *issuer_key)
{
  static long serial = 1;
  X509 *certificate = X509_new ();
  X509_NAME *subject = X509_get_subject_name (certificate);
  g_autofree char *alternative = g_strdup_printf ("DNS:%s", name);

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), serial++);
  X509_gmtime_adj (X509_getm_notBefore (certificate), -10 * DAY);
  X509_gmtime_adj (X509_getm_notAfter (certificate), ends);
  X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_ASC, (const guint8 *) name, -1, -1, 0);
  X509_set_issuer_name (certificate, issuer != NULL ? X509_get_subject_name (issuer) : subject);
  X509_set_pubkey (certificate, key);
  if (issuer == NULL)
    issuer = certificate;
  add_extension (certificate, issuer, NID_basic_constraints,
                 is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension (certificate, issuer, NID_key_usage,
                 is_ca ? "critical,keyCertSign" : "critical,digitalSignature");
  if (!is_ca)
    add_extension (certificate, issuer, NID_subject_alt_name, alternative);
  g_assert_cmpint (X509_sign (certificate, issuer_key, EVP_sha256 ()), >, 0);
  return certificate;
}

static GBytes *
take_bio (BIO *bio)
{
  char *data;
  long len = BIO_get_mem_data (bio, &data);
  GBytes *bytes = g_bytes_new (data, (gsize) len);

  BIO_free (bio);
  return bytes;
}

static GBytes *
certificate_to_pem (X509 *certificate)
{
  BIO *bio = BIO_new (BIO_s_mem ());

  PEM_write_bio_X509 (bio, certificate);
  return take_bio (bio);
}

static GBytes *
key_to_pem (EVP_PKEY *key)
{
  BIO *bio = BIO_new (BIO_s_mem ());

  PEM_write_bio_PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL);
  return take_bio (bio);
}

static GTlsCertificate *
make_identity (TlsServer *self, TlsServerKind kind)
{
  EVP_PKEY *ca_key = EVP_EC_gen ("P-256");
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *ca = make_certificate (ca_key, "Test CA", TRUE, 10 * DAY, NULL, ca_key);
  const gboolean alone = kind == TLS_SERVER_SELF_SIGNED;
  X509 *leaf = make_certificate (
    key, kind == TLS_SERVER_OTHER_NAME ? "elsewhere.example" : "localhost", FALSE,
    kind == TLS_SERVER_EXPIRED ? -DAY : DAY, alone ? NULL : ca, alone ? key : ca_key);
  g_autoptr (GBytes) leaf_pem = certificate_to_pem (leaf);
  g_autoptr (GBytes) key_pem = key_to_pem (key);
  g_autofree char *both = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificate *identity;
  guint8 *spki = NULL;
  int len = i2d_X509_PUBKEY (X509_get_X509_PUBKEY (leaf), &spki);

  SHA256 (spki, (gsize) len, self->pin);
  OPENSSL_free (spki);
  self->ca = certificate_to_pem (ca);
  both = g_strdup_printf (
    "%.*s%.*s", (int) g_bytes_get_size (leaf_pem), (const char *) g_bytes_get_data (leaf_pem, NULL),
    (int) g_bytes_get_size (key_pem), (const char *) g_bytes_get_data (key_pem, NULL));
  identity = g_tls_certificate_new_from_pem (both, -1, &error);
  g_assert_no_error (error);
  X509_free (leaf);
  X509_free (ca);
  EVP_PKEY_free (key);
  EVP_PKEY_free (ca_key);
  return identity;
}

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  TlsServer *self = user_data;

  self->n_requests++;
  if (self->handler != NULL)
    self->handler (message, path, self->user_data);
  else
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, "{}", 2);
    }
}

/* A message that nobody gets any more, since the handshake failed, says so only by its end. */
static void
on_handshake_over (gpointer user_data)
{
  TlsServer *self = user_data;

  self->n_handshakes--;
}

static void
on_message_connected (SoupServerMessage *message, gpointer user_data)
{
  g_object_set_data (G_OBJECT (message), "enigm-handshake", NULL);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  TlsServer *self = user_data;
  GSocket *socket = soup_server_message_get_socket (message);

  /* The first request of a connection starts when it is accepted, before the handshake. */
  if (socket == NULL || g_object_get_data (G_OBJECT (socket), "tls-server") != NULL)
    return;
  g_object_set_data (G_OBJECT (socket), "tls-server", self);
  self->n_handshakes++;
  g_object_set_data_full (G_OBJECT (message), "enigm-handshake", self, on_handshake_over);
  g_signal_connect (message, "connected", G_CALLBACK (on_message_connected), self);
  g_signal_connect (message, "disconnected", G_CALLBACK (on_message_connected), self);
}

TlsServer *
tls_server_new (TlsServerKind kind)
{
  TlsServer *self = g_new0 (TlsServer, 1);
  g_autoptr (GTlsCertificate) identity = make_identity (self, kind);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->soup = soup_server_new ("tls-certificate", identity, NULL);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_request_started), self);
  soup_server_listen_local (self->soup, 0, SOUP_SERVER_LISTEN_HTTPS, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->soup);
  self->origin = g_strdup_printf ("https://localhost:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return self;
}

void
tls_server_free (TlsServer *self)
{
  /* libsoup comes back to a connection after its handshake, also where that was freed meanwhile. */
  while (self->n_handshakes > 0)
    g_main_context_iteration (NULL, TRUE);
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  g_free (self->origin);
  g_bytes_unref (self->ca);
  g_free (self);
}
