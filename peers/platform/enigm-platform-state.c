/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-state.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "app/protocol/enigm-certificate.h"
#include "app/protocol/enigm-hash.h"
#include "app/protocol/enigm-openssl.h"

#include "enigm-guesses.h"
#include "enigm-journal.h"
#include "enigm-rate.h"
#include "enigm-restored.h"

/* Attestations from one address, within so many seconds: a pairing hands in a few. */
#define ATTESTATIONS 60
#define ATTESTATION_SECONDS 60

/* Halves of the file of secrets. */
#define SECRET_SIZE 32

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)

static EnigmSecret *
read_secret (const gchar *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gchar *data;
  gsize size;

  if (g_file_get_contents (path, &data, &size, &local_error))
    {
      if (size > 0)
        return enigm_secret_new_take ((guint8 *) data, size);
      g_free (data);
    }
  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", path,
               local_error != NULL ? local_error->message : "it is empty");
  return NULL;
}

/* H of the SubjectPublicKeyInfo of a certificate, or of the key that will be in the next one. */
static gboolean
read_pin (const gchar *path, gboolean certificate, guint8 pin[ENIGM_PIN_SIZE], GError **error)
{
  g_autoptr (EnigmSecret) pem = read_secret (path, error);
  g_autoptr (BIO) bio = NULL;
  g_autoptr (EVP_PKEY) pkey = NULL;
  const guint8 *data;
  guint8 *der = NULL;
  gsize size;
  gint der_size;

  if (pem == NULL)
    return FALSE;
  data = enigm_secret_peek (pem, &size);
  bio = BIO_new_mem_buf (data, size);
  if (certificate)
    {
      g_autoptr (X509) x509 = PEM_read_bio_X509 (bio, NULL, NULL, NULL);

      pkey = x509 != NULL ? X509_get_pubkey (x509) : NULL;
    }
  else
    pkey = PEM_read_bio_PrivateKey (bio, NULL, NULL, NULL);
  der_size = pkey != NULL ? i2d_PUBKEY (pkey, &der) : 0;
  if (der_size <= 0)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: no key in it", path);
      return FALSE;
    }
  enigm_sha256 (ENIGM_PARTS ({ der, der_size }), pin);
  OPENSSL_free (der);
  return TRUE;
}

static GBytes *
read_makers (const gchar *path, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GBytes) makers = NULL;
  gchar *pem;
  gsize size;

  if (g_file_get_contents (path, &pem, &size, &wrong))
    {
      makers = g_bytes_new_take (pem, size);
      if (enigm_certificate_check_authorities (makers, &wrong))
        return g_steal_pointer (&makers);
    }
  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", path, wrong->message);
  return NULL;
}

static gboolean
read_epoch (EnigmPlatformState *self, GError **error)
{
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (self->store, error, "SELECT epoch, epoch_began FROM platform", "");
  EnigmStep step = statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR;

  if (step == ENIGM_STEP_ERROR)
    return FALSE;
  if (step == ENIGM_STEP_ROW)
    {
      enigm_statement_get_id (statement, 0, self->epoch);
      self->epoch_began = enigm_statement_get_int64 (statement, 1);
      return TRUE;
    }
  return enigm_random_bytes (self->epoch, ENIGM_ID_SIZE, error) &&
         enigm_store_run (self->store, error,
                          "INSERT INTO platform (only_row, epoch) VALUES (1, ?1)", "k",
                          self->epoch);
}

static gint64
system_clock (gpointer user_data)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean
read_secrets (const EnigmConfig *config,
              EnigmSecret **pseudonym_secret,
              EnigmSecret **column_key,
              GError **error)
{
  g_autoptr (EnigmSecret) secrets = read_secret (config->secrets, error);

  if (secrets == NULL)
    return FALSE;
  if (enigm_secret_get_length (secrets) != 2 * SECRET_SIZE)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: not %d bytes", config->secrets,
                   2 * SECRET_SIZE);
      return FALSE;
    }
  *pseudonym_secret = enigm_secret_new_slice (secrets, 0, SECRET_SIZE);
  if (column_key != NULL)
    *column_key = enigm_secret_new_slice (secrets, SECRET_SIZE, SECRET_SIZE);
  return TRUE;
}

static gboolean
read_keys (EnigmPlatformState *self, GError **error)
{
  const EnigmConfig *config = self->config;
  g_autoptr (EnigmSecret) pem = read_secret (config->identity_key, error);

  if (pem == NULL)
    return FALSE;
  self->identity = enigm_p256_key_new_from_pem (pem, error);
  if (self->identity == NULL ||
      !read_secrets (config, &self->pseudonym_secret, &self->column_key, error) ||
      !read_pin (config->certificate, TRUE, self->pins[0], error) ||
      !read_pin (config->reserve_key, FALSE, self->pins[1], error))
    return FALSE;
  self->makers = read_makers (config->maker_ca, error);
  return self->makers != NULL;
}

static EnigmPlatformState *
open_all (EnigmConfig *config,
          EnigmPlatformClock clock,
          gpointer clock_data,
          gboolean restored,
          gboolean with_journal,
          GError **error)
{
  g_autoptr (EnigmPlatformState) self = g_new0 (EnigmPlatformState, 1);
  guint64 seen;

  g_return_val_if_fail (config != NULL, NULL);

  self->config = config;
  self->clock = clock != NULL ? clock : system_clock;
  self->clock_data = clock_data;
  if (!read_keys (self, error))
    return NULL;
  self->attestation_rate = enigm_rate_new (ATTESTATIONS, ATTESTATION_SECONDS);
  self->sign_up_rate = enigm_rate_new (ENIGM_SIGN_UPS, ENIGM_SIGN_UP_SECONDS);
  self->invitation_rate = enigm_rate_new (ENIGM_INVITATIONS, ENIGM_INVITATION_SECONDS);
  self->guesses = enigm_guesses_new ();
  self->journal = enigm_journal_open (config->journal, error);
  if (self->journal == NULL)
    return NULL;
  self->store = enigm_store_open (config->database, error);
  if (self->store == NULL)
    return NULL;
  self->audit = enigm_audit_new (self->store, self->pseudonym_secret, config->audit_days);
  self->hub = enigm_hub_new (self->store);
  if (restored && !with_journal &&
      !enigm_store_run (self->store, error, "UPDATE journal_position SET number = 0, hash = NULL",
                        ""))
    return NULL;
  if (!read_epoch (self, error) || !enigm_journal_attach (self->journal, self->store, &seen, error))
    return NULL;
  enigm_audit_set_journal (self->audit, self->journal);
  if (restored && !with_journal)
    return enigm_restored_without_journal (self, error) ? g_steal_pointer (&self) : NULL;
  /* However the copy got there, and also where a crash came between the journal and the database:
   * nobody was told of that record, and now it is true. */
  if ((restored || seen < enigm_journal_get_count (self->journal)) &&
      !enigm_restored_with_journal (self, seen, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * enigm_platform_state_open:
 * @config: (transfer full): the configuration
 * @clock: (nullable): what time it is; %NULL for the system's clock
 * @clock_data: passed to @clock
 * @error: what is missing or broken
 *
 * Opens the database and reads every key. A database that is older than its journal is brought to
 * today first.
 *
 * Returns: (transfer full) (nullable): the platform
 */
EnigmPlatformState *
enigm_platform_state_open (EnigmConfig *config,
                           EnigmPlatformClock clock,
                           gpointer clock_data,
                           GError **error)
{
  return open_all (config, clock, clock_data, FALSE, TRUE, error);
}

/**
 * enigm_platform_state_open_restored:
 * @config: (transfer full): the configuration; its database is a copy
 * @clock: (nullable): what time it is; %NULL for the system's clock
 * @clock_data: passed to @clock
 * @with_journal: whether the journal beside it is the one that was written since. If not, it is an
 *   empty one
 * @error: what is missing or broken
 *
 * Returns: (transfer full) (nullable): the platform, in a new epoch
 */
EnigmPlatformState *
enigm_platform_state_open_restored (EnigmConfig *config,
                                    EnigmPlatformClock clock,
                                    gpointer clock_data,
                                    gboolean with_journal,
                                    GError **error)
{
  return open_all (config, clock, clock_data, TRUE, with_journal, error);
}

/**
 * enigm_platform_state_open_audit:
 * @config: the configuration
 * @store: (out) (transfer full): the database
 * @audit: (out) (transfer full): the chain in it, to be freed before the database
 * @error: what is missing or broken
 *
 * For reading the audit, also while the platform runs.
 *
 * Returns: whether it is open
 */
gboolean
enigm_platform_state_open_audit (const EnigmConfig *config,
                                 EnigmStore **store,
                                 EnigmAudit **audit,
                                 GError **error)
{
  g_autoptr (EnigmSecret) secret = NULL;

  if (!read_secrets (config, &secret, NULL, error))
    return FALSE;
  *store = enigm_store_open (config->database, error);
  if (*store == NULL)
    return FALSE;
  *audit = enigm_audit_new (*store, secret, config->audit_days);
  return TRUE;
}

/**
 * enigm_platform_state_free:
 * @self: (transfer full): the platform, after its server
 */
void
enigm_platform_state_free (EnigmPlatformState *self)
{
  g_clear_pointer (&self->guesses, enigm_guesses_free);
  g_clear_pointer (&self->hub, enigm_hub_free);
  g_clear_pointer (&self->audit, enigm_audit_free);
  g_clear_pointer (&self->store, enigm_store_free);
  g_clear_pointer (&self->journal, enigm_journal_close);
  g_clear_pointer (&self->makers, g_bytes_unref);
  g_clear_pointer (&self->attestation_rate, enigm_rate_free);
  g_clear_pointer (&self->sign_up_rate, enigm_rate_free);
  g_clear_pointer (&self->invitation_rate, enigm_rate_free);
  g_clear_pointer (&self->identity, enigm_p256_key_unref);
  g_clear_pointer (&self->pseudonym_secret, enigm_secret_unref);
  g_clear_pointer (&self->column_key, enigm_secret_unref);
  g_clear_pointer (&self->config, enigm_config_free);
  g_free (self);
}

/**
 * enigm_platform_state_now:
 * @self: the platform
 *
 * Returns: the time, in Unix seconds
 */
gint64
enigm_platform_state_now (EnigmPlatformState *self)
{
  return self->clock (self->clock_data);
}
