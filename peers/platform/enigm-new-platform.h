/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-error.h"

G_BEGIN_DECLS

/* Names in the folder that `init` makes; all the others stand in the configuration. */
#define ENIGM_NEW_PLATFORM_CONFIG "platform.conf"
#define ENIGM_NEW_PLATFORM_IDENTITY "identity.pub"
#define ENIGM_NEW_PLATFORM_CA "ca.pem"

gboolean enigm_new_platform_make (const gchar *folder,
                                  const gchar *maker_ca,
                                  const gchar *origin,
                                  GError **error);

G_END_DECLS
