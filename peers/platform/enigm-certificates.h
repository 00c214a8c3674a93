/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-p256.h"

G_BEGIN_DECLS

/* What `init` makes once and people import; it outlives the server's certificate by far. */
#define ENIGM_CA_DAYS 3650
#define ENIGM_SERVER_DAYS 825

gchar *enigm_certificates_make_ca (EnigmP256Key *key, const gchar *name, GError **error);
gchar *enigm_certificates_make_server (EnigmP256Key *ca_key,
                                       const gchar *ca_pem,
                                       EnigmP256Key *key,
                                       const gchar *host,
                                       GError **error);
gchar *enigm_certificates_check_authority (const gchar *pem, gsize size, GError **error);

G_END_DECLS
