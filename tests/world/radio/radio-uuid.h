/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *radio_uuid_normalize (const char *text);
guint radio_uuid_get_size (const char *uuid);

G_END_DECLS
