/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A record is the CBOR array [number, time, pseudonym (bytes 0 or 32), what, detail]; its hash is
 * SHA-256 (hash of the record before ‖ record), and before the first stand 32 zero bytes. So a
 * record that is changed, moved or taken out from between others shows. */

#include "enigm-audit.h"

#include "app/protocol/enigm-cbor.h"
#include "app/protocol/enigm-hash.h"

#define WHAT_MAX 32
#define DETAIL_MAX 256

/**
 * enigm_audit_append:
 * @store: the database, in a transaction
 * @entry: what happened
 * @error: return location
 *
 * Adds a record in the transaction of what it records: one is never there without the other.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_audit_append (EnigmStore *store, const EnigmAuditEntry *entry, GError **error)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GBytes) record = NULL;
  guint8 hash[ENIGM_SHA256_SIZE] = { 0 };
  gint64 number = 1;

  g_return_val_if_fail (enigm_store_in_transaction (store), FALSE);
  g_return_val_if_fail (entry != NULL && entry->time >= 0, FALSE);
  g_return_val_if_fail (entry->what != NULL && strlen (entry->what) <= WHAT_MAX, FALSE);
  g_return_val_if_fail (entry->detail != NULL && strlen (entry->detail) <= DETAIL_MAX, FALSE);

  {
    g_autoptr (EnigmStatement) last = enigm_store_prepare (
      store, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", error);
    EnigmStep step = last != NULL ? enigm_statement_step (last, error) : ENIGM_STEP_ERROR;

    if (step == ENIGM_STEP_ERROR)
      return FALSE;
    if (step == ENIGM_STEP_ROW)
      {
        gsize size;
        const guint8 *blob;

        number = enigm_statement_get_int64 (last, 0) + 1;
        blob = enigm_statement_get_blob (last, 1, &size);
        g_assert (size == sizeof hash);
        memcpy (hash, blob, sizeof hash);
      }
  }

  enigm_cbor_write_array (&writer, 5);
  enigm_cbor_write_uint (&writer, (guint64) number);
  enigm_cbor_write_uint (&writer, (guint64) entry->time);
  enigm_cbor_write_bytes (&writer, entry->pseudonym,
                          entry->pseudonym != NULL ? ENIGM_PSEUDONYM_SIZE : 0);
  enigm_cbor_write_text (&writer, entry->what);
  enigm_cbor_write_text (&writer, entry->detail);
  record = enigm_cbor_writer_end (&writer);

  enigm_sha256 (ENIGM_PARTS ({ hash, sizeof hash }, enigm_part_bytes (record)), hash);
  return enigm_store_run (
    store, error, "INSERT INTO audit (number, record, hash) VALUES (?1, ?2, ?3)", "ibb", number,
    g_bytes_get_data (record, NULL), g_bytes_get_size (record), hash, sizeof hash);
}

static gboolean
check_record (GBytes *record, gint64 number, GError **error)
{
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (record);
  g_autoptr (GBytes) pseudonym = NULL;
  g_autofree char *what = NULL;
  g_autofree char *detail = NULL;

  enigm_cbor_read_array (&reader, "record", 5);
  if (enigm_cbor_read_uint (&reader, "number", G_MAXINT64) != (guint64) number)
    enigm_cbor_reader_refuse (&reader, "number", "does not follow");
  enigm_cbor_read_uint (&reader, "time", G_MAXINT64);
  pseudonym = enigm_cbor_read_blob (&reader, "pseudonym", 0, ENIGM_PSEUDONYM_SIZE);
  what = enigm_cbor_read_text (&reader, "what", 1, WHAT_MAX);
  detail = enigm_cbor_read_text (&reader, "detail", 0, DETAIL_MAX);
  return enigm_cbor_reader_finish (&reader, error);
}

/**
 * enigm_audit_verify:
 * @store: the database
 * @count: (out) (optional): how many records hold
 * @error: says which record does not
 *
 * Goes through the whole chain. It cannot see that the last records were taken away: whoever wants
 * to know keeps the last hash elsewhere.
 *
 * Returns: %FALSE with %ENIGM_ERROR_STORAGE at the first record that is missing or was changed
 */
gboolean
enigm_audit_verify (EnigmStore *store, guint64 *count, GError **error)
{
  g_autoptr (EnigmStatement) rows = NULL;
  guint8 hash[ENIGM_SHA256_SIZE] = { 0 };
  gint64 number = 0;
  EnigmStep step;

  g_return_val_if_fail (store != NULL, FALSE);

  rows =
    enigm_store_prepare (store, "SELECT number, record, hash FROM audit ORDER BY number", error);
  if (rows == NULL)
    return FALSE;
  while ((step = enigm_statement_step (rows, error)) == ENIGM_STEP_ROW)
    {
      g_autoptr (GBytes) record = enigm_statement_dup_bytes (rows, 1);
      g_autoptr (GError) malformed = NULL;
      gsize size;
      const guint8 *stored = enigm_statement_get_blob (rows, 2, &size);

      number++;
      enigm_sha256 (ENIGM_PARTS ({ hash, sizeof hash }, enigm_part_bytes (record)), hash);
      if (enigm_statement_get_int64 (rows, 0) != number || size != sizeof hash ||
          memcmp (stored, hash, sizeof hash) != 0 || !check_record (record, number, &malformed))
        {
          g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                       "audit record %" G_GINT64_FORMAT " is missing or was changed", number);
          return FALSE;
        }
    }
  if (step == ENIGM_STEP_ERROR)
    return FALSE;
  if (count != NULL)
    *count = (guint64) number;
  return TRUE;
}
