/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/enigm-secret.h"

G_BEGIN_DECLS

/* Largest plain text, in bytes. */
#define ENIGM_SEALED_FILE_MAX (4 * 1024 * 1024)

/**
 * EnigmSealedFile:
 *
 * A file with private data: labels, names of keys, cached lists and their evidence.
 *
 * On disk it is one blob of enigm_sealed_seal() whose label holds the file's name, so that one
 * sealed file cannot stand in for another. Writing is atomic: a new file, synced, is renamed over
 * the old one.
 */
#define ENIGM_TYPE_SEALED_FILE (enigm_sealed_file_get_type ())
G_DECLARE_FINAL_TYPE (EnigmSealedFile, enigm_sealed_file, ENIGM, SEALED_FILE, GObject)

/**
 * enigm_sealed_file_new:
 * @path: where it is, or will be
 * @key: 32 bytes, from the keyring
 */
EnigmSealedFile *enigm_sealed_file_new (const gchar *path, EnigmSecret *key);

/**
 * enigm_sealed_file_read_async:
 *
 * enigm_sealed_file_read_finish() returns (transfer full) (nullable): the plain text; %NULL with
 * no error if there is no file; %NULL with %ENIGM_ERROR_NOT_GENUINE if it was tampered with, cut
 * short or sealed under another key, and %ENIGM_ERROR_STORAGE if it cannot be read.
 */
void enigm_sealed_file_read_async (EnigmSealedFile *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
GBytes *enigm_sealed_file_read_finish (EnigmSealedFile *self, GAsyncResult *result, GError **error);

/**
 * enigm_sealed_file_write_async:
 * @plain: at most 4 MiB
 *
 * Replaces the file as a whole, or leaves it as it is. Writes are done in the order they were asked
 * for.
 */
void enigm_sealed_file_write_async (EnigmSealedFile *self,
                                    GBytes *plain,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
enigm_sealed_file_write_finish (EnigmSealedFile *self, GAsyncResult *result, GError **error);

G_END_DECLS
