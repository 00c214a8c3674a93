/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

gboolean command_secrets_set (JsonObject *body,
                              const char *member,
                              const char *what,
                              int fd,
                              GError **error);
gboolean command_secrets_set_new (JsonObject *body,
                                  const char *member,
                                  const char *what,
                                  int fd,
                                  GError **error);

G_END_DECLS
