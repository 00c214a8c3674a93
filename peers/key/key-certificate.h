/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-secret.h"

G_BEGIN_DECLS

/**
 * ENIGM_KEY_AUTHORITY_FILE:
 *
 * The maker's certificate, PEM: what a platform is configured with.
 */
#define ENIGM_KEY_AUTHORITY_FILE "maker-ca.pem"

gboolean enigm_key_certificate_make_authority (const char *folder, GError **error);
gboolean enigm_key_certificate_issue (const char *ca_folder,
                                      EnigmSecret **key_pem,
                                      GBytes **leaf,
                                      GError **error);

G_END_DECLS
