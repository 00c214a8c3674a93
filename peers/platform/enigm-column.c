/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-column.h"

#include "app/protocol/enigm-sealed.h"
#include "app/protocol/enigm-text.h"

/* Column and row are part of the label: a sealed value copied elsewhere does not open there. */
static char *
make_label (const char *column, const guint8 row[ENIGM_ID_SIZE])
{
  g_autofree char *id = enigm_hex_encode (row, ENIGM_ID_SIZE);

  return g_strconcat ("enigm platform column ", column, " ", id, NULL);
}

/**
 * enigm_column_seal:
 * @key: the platform's column key
 * @column: the column, as `table.column`
 * @row: the row's primary key
 * @plain: what to seal
 * @error: return location
 *
 * Seals a secret for one place in the database.
 *
 * Returns: (transfer full) (nullable): what to store, or %NULL if there was no randomness
 */
GBytes *
enigm_column_seal (EnigmSecret *key,
                   const char *column,
                   const guint8 row[ENIGM_ID_SIZE],
                   EnigmSecret *plain,
                   GError **error)
{
  g_autofree char *label = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (key != NULL && column != NULL && row != NULL && plain != NULL, NULL);

  label = make_label (column, row);
  bytes = enigm_secret_as_bytes (plain);
  return enigm_sealed_seal (key, label, bytes, error);
}

/**
 * enigm_column_open:
 * @key: the platform's column key
 * @column: the column, as `table.column`
 * @row: the row's primary key
 * @sealed: what was stored
 * @error: return location
 *
 * Opens what enigm_column_seal() sealed for the same place.
 *
 * Returns: (transfer full) (nullable): the secret, or %NULL with %ENIGM_ERROR_STORAGE if it was
 *   changed, or sealed for another place or under another key
 */
EnigmSecret *
enigm_column_open (EnigmSecret *key,
                   const char *column,
                   const guint8 row[ENIGM_ID_SIZE],
                   GBytes *sealed,
                   GError **error)
{
  g_autofree char *label = NULL;
  g_autoptr (GBytes) plain = NULL;
  gsize size;
  const guint8 *data;

  g_return_val_if_fail (key != NULL && column != NULL && row != NULL && sealed != NULL, NULL);

  label = make_label (column, row);
  plain = enigm_sealed_open (key, label, sealed, NULL);
  data = plain != NULL ? g_bytes_get_data (plain, &size) : NULL;
  if (data == NULL)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "column %s does not open", column);
      return NULL;
    }
  return enigm_secret_new_copy (data, size);
}
