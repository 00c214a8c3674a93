/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-config.h"

G_BEGIN_DECLS

gboolean enigm_backup_make (const EnigmConfig *config, const gchar *path, GError **error);
gboolean enigm_backup_restore (const gchar *config_path,
                               const gchar *path,
                               gboolean with_journal,
                               gint64 *unproved,
                               GError **error);

G_END_DECLS
