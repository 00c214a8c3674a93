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

/* Lets the main loop turn so often, or until there is a result; whether there is one. */
static inline gboolean
await_turns (GAsyncResult **result, guint turns)
{
  for (guint i = 0; i < turns && *result == NULL; i++)
    g_main_context_iteration (NULL, TRUE);
  return *result != NULL;
}
