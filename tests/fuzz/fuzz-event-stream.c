/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-event-parser.h"
#include "fuzz.h"

static void
on_event (const char *id, const char *event, const char *data, gpointer user_data)
{
  g_assert_nonnull (event);
  g_assert_nonnull (data);
  g_assert_true (id == NULL || strlen (id) <= ENIGM_EVENT_MAX_ID);
  g_string_append_printf (user_data, "%s|%s|%s\n", id != NULL ? id : "", event, data);
}

static gboolean
feed (const uint8_t *data, size_t size, size_t step, GString *heard)
{
  g_autoptr (EnigmEventParser) parser = enigm_event_parser_new ();

  for (size_t at = 0; at < size; at += step)
    {
      g_autoptr (GError) error = NULL;
      gboolean ok =
        enigm_event_parser_feed (parser, data + at, MIN (step, size - at), on_event, heard, &error);

      fuzz_assert_said (ok, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* Wherever the network cuts it, the same is heard. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) cut = g_string_new (NULL);
  gboolean ok;

  if (size < 2)
    return 0;
  ok = feed (data + 1, size - 1, size - 1, whole);
  g_assert_true (feed (data + 1, size - 1, 1 + data[0] % 16, cut) == ok);
  g_assert_cmpstr (whole->str, ==, cut->str);
  return 0;
}
