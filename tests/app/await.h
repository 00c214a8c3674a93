/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-world.h"

/*
 * For tests of asynchronous functions: `object_verb_async (…, on_awaited, &result)` and then
 * `await_result (&result)`, before the matching finish function.
 */

static inline void
on_awaited (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **where = user_data;

  g_assert_null (*where);
  *where = g_object_ref (result);
}

static inline gboolean
is_awaited (gpointer user_data)
{
  GAsyncResult **where = user_data;

  return *where != NULL;
}

static inline void
await_result (GAsyncResult **result)
{
  g_assert_true (enigm_world_await (is_awaited, result));
}
