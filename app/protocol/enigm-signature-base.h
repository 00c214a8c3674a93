/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmSignatureComponent:
 * @identifier: a component identifier as it is serialized, quotes and parameters included:
 *   `"@method"`, `"signature";req;key="enigm"`
 * @value: its value
 *
 * One line of a signature base (RFC 9421, section 2).
 */
typedef struct
{
  const gchar *identifier;
  const gchar *value;
} EnigmSignatureComponent;

gchar *enigm_signature_base_params (const EnigmSignatureComponent *components,
                                    gsize n_components,
                                    const gchar *parameters);
GBytes *enigm_signature_base_build (const EnigmSignatureComponent *components,
                                    gsize n_components,
                                    const gchar *parameters,
                                    GError **error);

gchar *enigm_http_authority_normalize (const gchar *authority, GError **error);

G_END_DECLS
