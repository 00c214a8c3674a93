/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *command_secrets_read (const char *what, int fd, GError **error);

G_END_DECLS
