/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Decodes, and encodes what was decoded; NULL with an error where the bytes are refused. */
typedef GBytes *(*TestRecode) (GBytes *bytes, GError **error);

void test_sweep (GBytes *good, TestRecode recode);

G_END_DECLS
