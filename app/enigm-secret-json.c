/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-secret-json.h"

#include <openssl/crypto.h>
#include <string.h>

/* Large enough from the start never to move and leave a copy behind: two passwords of 256 bytes
 * each, every byte of which may be escaped as six. */
#define SIZE 8192

static void
append (GByteArray *self, const gchar *text)
{
  g_byte_array_append (self, (const guint8 *) text, (guint) strlen (text));
}

static void
append_quoted (GByteArray *self, const guint8 *text, gsize len)
{
  static const gchar hex[] = "0123456789abcdef";

  append (self, "\"");
  for (gsize i = 0; i < len; i++)
    {
      if (text[i] < 0x20 || text[i] == '"' || text[i] == '\\')
        {
          const gchar escape[] = { '\\', 'u', '0', '0', hex[text[i] >> 4], hex[text[i] & 15] };

          g_byte_array_append (self, (const guint8 *) escape, sizeof escape);
        }
      else
        g_byte_array_append (self, text + i, 1);
    }
  append (self, "\"");
}

/**
 * enigm_secret_json_begin:
 *
 * Returns: (transfer full): the beginning of an object
 */
GByteArray *
enigm_secret_json_begin (void)
{
  GByteArray *self = g_byte_array_sized_new (SIZE);

  append (self, "{");
  return self;
}

/**
 * enigm_secret_json_add_name:
 * @name: a member's name, whose value is written next
 */
void
enigm_secret_json_add_name (GByteArray *self, const gchar *name)
{
  if (self->data[self->len - 1] != '{')
    append (self, ",");
  append_quoted (self, (const guint8 *) name, strlen (name));
  append (self, ":");
}

/**
 * enigm_secret_json_add_text:
 * @name: a member's name
 * @text: its value, which is no secret
 */
void
enigm_secret_json_add_text (GByteArray *self, const gchar *name, const gchar *text)
{
  enigm_secret_json_add_name (self, name);
  append_quoted (self, (const guint8 *) text, strlen (text));
}

/**
 * enigm_secret_json_add_secret:
 * @name: a member's name
 * @secret: its value
 */
void
enigm_secret_json_add_secret (GByteArray *self, const gchar *name, EnigmSecret *secret)
{
  gsize len;
  const guint8 *text = enigm_secret_peek (secret, &len);

  enigm_secret_json_add_name (self, name);
  append_quoted (self, text, len);
}

/**
 * enigm_secret_json_open:
 * @name: a member's name, whose value is an object; what is added next is in it
 */
void
enigm_secret_json_open (GByteArray *self, const gchar *name)
{
  enigm_secret_json_add_name (self, name);
  append (self, "{");
}

/**
 * enigm_secret_json_close:
 *
 * Ends the object that was opened last.
 */
void
enigm_secret_json_close (GByteArray *self)
{
  append (self, "}");
}

static void
wipe (gpointer data)
{
  GByteArray *array = data;

  OPENSSL_cleanse (array->data, array->len);
  g_byte_array_unref (array);
}

/**
 * enigm_secret_json_end:
 * @self: (transfer full): an object
 *
 * Returns: (transfer full): its bytes, which wipe themselves
 */
GBytes *
enigm_secret_json_end (GByteArray *self)
{
  enigm_secret_json_close (self);
  return g_bytes_new_with_free_func (self->data, self->len, wipe, self);
}
