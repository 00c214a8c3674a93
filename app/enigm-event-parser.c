/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "enigm-event-parser.h"

struct _EnigmEventParser
{
  GString *line;
  GString *data;
  GString *event;
  gchar *id;
  gboolean has_data;
  gboolean after_cr;
  gboolean failed;
  gboolean begun;
};

EnigmEventParser *
enigm_event_parser_new (void)
{
  EnigmEventParser *self = g_new0 (EnigmEventParser, 1);

  self->line = g_string_new (NULL);
  self->data = g_string_new (NULL);
  self->event = g_string_new (NULL);
  return self;
}

void
enigm_event_parser_free (EnigmEventParser *self)
{
  g_return_if_fail (self != NULL);

  g_string_free (self->line, TRUE);
  g_string_free (self->data, TRUE);
  g_string_free (self->event, TRUE);
  g_free (self->id);
  g_free (self);
}

static gboolean
refuse (const gchar *what, GError **error)
{
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, what);
  return FALSE;
}

static void
dispatch (EnigmEventParser *self, EnigmEventFunc func, gpointer user_data)
{
  if (self->has_data)
    func (self->id, self->event->len > 0 ? self->event->str : "message", self->data->str,
          user_data);
  g_string_truncate (self->data, 0);
  g_string_truncate (self->event, 0);
  self->has_data = FALSE;
}

static gboolean
is_printable (const gchar *text)
{
  while (g_ascii_isprint (*text))
    text++;
  return *text == '\0';
}

static gboolean
take_field (EnigmEventParser *self, const gchar *name, const gchar *value, GError **error)
{
  gsize len = strlen (value);

  if (g_str_equal (name, "data"))
    {
      if (self->data->len + len + 1 > ENIGM_EVENT_MAX_DATA)
        return refuse ("data", error);
      if (self->has_data)
        g_string_append_c (self->data, '\n');
      g_string_append (self->data, value);
      self->has_data = TRUE;
    }
  else if (g_str_equal (name, "event"))
    {
      if (len > ENIGM_EVENT_MAX_ID)
        return refuse ("event", error);
      g_string_assign (self->event, value);
    }
  else if (g_str_equal (name, "id"))
    {
      /* It goes back in a header, so only what may stand in one is kept. */
      if (len > ENIGM_EVENT_MAX_ID || !is_printable (value))
        return refuse ("id", error);
      g_free (self->id);
      self->id = g_strdup (value);
    }
  /* Other fields are passed over, as the standard wants; `retry` among them: how long to wait is
   * not the platform's to say. */
  return TRUE;
}

static gboolean
take_line (EnigmEventParser *self, EnigmEventFunc func, gpointer user_data, GError **error)
{
  gchar *line = self->line->str;
  gchar *colon;
  gchar *value;

  if (memchr (line, '\0', self->line->len) != NULL ||
      !g_utf8_validate_len (line, self->line->len, NULL))
    return refuse ("line", error);
  if (!self->begun && g_str_has_prefix (line, "\xef\xbb\xbf"))
    line += 3;
  self->begun = TRUE;

  if (*line == '\0')
    {
      dispatch (self, func, user_data);
      return TRUE;
    }
  colon = strchr (line, ':');
  if (colon == line)
    return TRUE;
  if (colon == NULL)
    return take_field (self, line, "", error);
  *colon = '\0';
  value = colon + 1;
  if (*value == ' ')
    value++;
  return take_field (self, line, value, error);
}

gboolean
enigm_event_parser_feed (EnigmEventParser *self,
                         const guint8 *data,
                         gsize len,
                         EnigmEventFunc func,
                         gpointer user_data,
                         GError **error)
{
  g_return_val_if_fail (self != NULL && func != NULL, FALSE);
  g_return_val_if_fail (data != NULL || len == 0, FALSE);

  if (self->failed)
    return refuse ("stream", error);
  for (gsize i = 0; i < len; i++)
    {
      gchar c = (gchar) data[i];
      gboolean ends;

      /* A line ends with CR, LF or both; the LF of both may come with the next bytes. */
      if (c == '\n' && self->after_cr)
        {
          self->after_cr = FALSE;
          continue;
        }
      self->after_cr = c == '\r';
      ends = c == '\r' || c == '\n';
      if (!ends)
        {
          if (self->line->len == ENIGM_EVENT_MAX_LINE)
            {
              self->failed = TRUE;
              return refuse ("line", error);
            }
          g_string_append_c (self->line, c);
          continue;
        }
      if (!take_line (self, func, user_data, error))
        {
          self->failed = TRUE;
          return FALSE;
        }
      g_string_truncate (self->line, 0);
    }
  return TRUE;
}

const gchar *
enigm_event_parser_get_id (EnigmEventParser *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->id;
}
