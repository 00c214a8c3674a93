/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command-keys.h"

#include <string.h>

#include "command-client.h"

/* What tells keys apart, and is quickly typed. */
#define SHORTEST_PREFIX 6

/* The whole pseudonym for what was typed of it. */
char *
command_find_key (JsonArray *known, const char *typed, GError **error)
{
  const char *found = NULL;

  if (strlen (typed) < SHORTEST_PREFIX || typed[strspn (typed, "0123456789abcdef")] != '\0')
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "“%s” is no key: `enigm-command keys` lists them; the first %d characters do",
                   typed, SHORTEST_PREFIX);
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (known); i++)
    {
      const char *pseudonym =
        json_object_get_string_member (json_array_get_object_element (known, i), "pseudonym");

      if (!g_str_has_prefix (pseudonym, typed))
        continue;
      if (found != NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                       "several keys begin with “%s”; type more of it", typed);
          return NULL;
        }
      found = pseudonym;
    }
  if (found == NULL)
    g_set_error (error, COMMAND_ERROR, COMMAND_ERROR_REFUSED, "there is no key “%s”", typed);
  return g_strdup (found);
}

/* The keys of a file, one a line. */
char **
command_read_keys (const char *path, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      g_strv_builder_add (builder, lines[i]);
  return g_strv_builder_end (builder);
}
