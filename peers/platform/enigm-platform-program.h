/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Subcommands: each reads its own arguments and returns the process's exit status. */
int enigm_platform_init (int argc, char **argv);
int enigm_platform_serve (int argc, char **argv);
int enigm_platform_administrator (int argc, char **argv);
int enigm_platform_audit (int argc, char **argv);
int enigm_platform_backup (int argc, char **argv);
int enigm_platform_restore (int argc, char **argv);

G_END_DECLS
