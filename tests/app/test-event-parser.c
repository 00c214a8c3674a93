/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-event-parser.h"

#include <string.h>

/* What came out, one event a line: id|event|data, with line feeds in data as ⏎. */

static void
on_event (const char *id, const char *event, const char *data, gpointer user_data)
{
  GString *out = user_data;
  g_auto (GStrv) lines = g_strsplit (data, "\n", -1);
  g_autofree char *joined = g_strjoinv ("⏎", lines);

  g_string_append_printf (out, "%s|%s|%s\n", id != NULL ? id : "", event, joined);
}

static char *
parse_cut (const char *text, gsize len, gsize cut, GError **error)
{
  g_autoptr (EnigmEventParser) parser = enigm_event_parser_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  const guint8 *bytes = (const guint8 *) text;

  if (!enigm_event_parser_feed (parser, bytes, cut, on_event, out, error) ||
      !enigm_event_parser_feed (parser, bytes + cut, len - cut, on_event, out, error))
    return NULL;
  return g_strdup (out->str);
}

static void
assert_events_len (const char *text, gsize len, const char *expected)
{
  g_autoptr (EnigmEventParser) parser = enigm_event_parser_new ();
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize cut = 0; cut <= len; cut++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *events = parse_cut (text, len, cut, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (events, ==, expected);
    }
  /* And every byte on its own. */
  for (gsize i = 0; i < len; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean read =
        enigm_event_parser_feed (parser, (const guint8 *) text + i, 1, on_event, out, &error);

      g_assert_no_error (error);
      g_assert_true (read);
    }
  g_assert_cmpstr (out->str, ==, expected);
}

static void
assert_events (const char *text, const char *expected)
{
  assert_events_len (text, strlen (text), expected);
}

static void
assert_refused_len (const char *text, gsize len, const char *field)
{
  for (gsize cut = 0; cut <= len; cut += MAX (1, len / 50))
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *events = parse_cut (text, len, cut, &error);

      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
      g_assert_cmpstr (error->message, ==, field);
      g_assert_null (events);
    }
}

/* The examples of the HTML standard, section 9.2.6 */

static void
test_standard_data (void)
{
  assert_events ("data: YHOO\ndata: +2\ndata: 10\n\n", "|message|YHOO⏎+2⏎10\n");
}

static void
test_standard_id (void)
{
  assert_events (
    ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third "
    "event\n\n",
    "1|message|first event\n|message|second event\n|message| third event\n");
}

static void
test_standard_empty (void)
{
  /* Two events; the last block is not complete and is not an event. */
  assert_events ("data\n\ndata\ndata\n\ndata:", "|message|\n|message|⏎\n");
}

static void
test_standard_space (void)
{
  assert_events ("data:test\n\ndata: test\n\n", "|message|test\n|message|test\n");
}

/* The rest of that section */

static void
test_line_ends (void)
{
  assert_events ("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\r\n\ndata: e\n\r\ndata: f\r\n\r",
                 "|message|a\n|message|b\n|message|c\n|message|d\n|message|e\n|message|f\n");
  /* LF, CR is two ends; CR, LF is one. */
  assert_events ("data: a\n\rdata: b\r\ndata: c\n\n", "|message|a\n|message|b⏎c\n");
}

static void
test_bom (void)
{
  assert_events ("\xef\xbb\xbf"
                 "data: a\n\n",
                 "|message|a\n");
  /* Once, and at the beginning only. */
  assert_events ("\xef\xbb\xbf\xef\xbb\xbf"
                 "data: a\n\ndata: b\n\n\xef\xbb\xbf"
                 "data: c\n\n",
                 "|message|b\n");
}

static void
test_comments (void)
{
  assert_events (":\n: keep-alive\n:data: a\n\ndata: b\n: between\ndata: c\n\n", "|message|b⏎c\n");
}

static void
test_fields (void)
{
  /* A type holds for one event, an ID until the next; an event without data is none. */
  assert_events ("event: keys\nid: 7\ndata: {}\n\ndata: x\n\nevent: lost\n\ndata: y\n\nid: 8\n\n"
                 "data: z\n\n",
                 "7|keys|{}\n7|message|x\n7|message|y\n8|message|z\n");
  /* The last one counts, and what is unknown is passed over. */
  assert_events ("event: a\nevent: b\nid: 1\nid: 2\nretry: 10\nretry: soon\ncolour: red\nData: no\n"
                 "data : no\n data: no\ndata: a:b: c\n\n",
                 "2|b|a:b: c\n");
  assert_events ("event:\ndata: a\n\n", "|message|a\n");
}

static void
test_utf8 (void)
{
  assert_events ("data: Grüße, 鍵 🔑\nevent: ü\n\n", "|ü|Grüße, 鍵 🔑\n");
}

/* An event as the platform sends it. */
static void
test_platform (void)
{
  assert_events ("id: 12\nevent: event\ndata: {\"id\":\"0011\",\"kind\":\"drill\"}\n\n:\n\nid: 13\n"
                 "event: session\ndata: {}\n\n",
                 "12|event|{\"id\":\"0011\",\"kind\":\"drill\"}\n13|session|{}\n");
}

/* Bounds */

static char *
repeat (const char *start, char c, gsize n, const char *end)
{
  g_autofree char *middle = g_strnfill (n, c);

  return g_strconcat (start, middle, end, NULL);
}

static void
test_bound_line (void)
{
  static const char *const starts[] = { ":", "data: ", "unknown" };

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      const gsize room = ENIGM_EVENT_MAX_LINE - strlen (starts[i]);
      g_autofree char *most = repeat (starts[i], 'x', room, "\ndata: a\n\n");
      /* Refused before it ends, so that it never fills the memory. */
      g_autofree char *over = repeat (starts[i], 'x', room + 1, "");
      g_autoptr (GError) error = NULL;
      g_autofree char *events = parse_cut (most, strlen (most), 0, &error);

      g_assert_no_error (error);
      g_assert_true (g_str_has_suffix (events, "a\n"));
      assert_refused_len (over, strlen (over), "line");
    }
}

static void
test_bound_data (void)
{
  const gsize n = ENIGM_EVENT_MAX_DATA / 1024;
  g_autofree char *kilobyte = g_strnfill (1023, 'x');
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *events = NULL;

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "data:%s\n", kilobyte);
  g_string_append_c (text, '\n');
  events = parse_cut (text->str, text->len, 0, &error);
  g_assert_no_error (error);
  g_assert_nonnull (events);
  g_clear_pointer (&events, g_free);

  /* One event's data does not count against the next. */
  g_string_append (text, "data: more\n\n");
  events = parse_cut (text->str, text->len, 0, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (events, "|message|more\n"));

  g_string_truncate (text, text->len - strlen ("\ndata: more\n\n"));
  g_string_append (text, "data:x\n");
  assert_refused_len (text->str, text->len, "data");
}

static void
test_bound_empty_data (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  /* Lines without a byte of data are bounded too. */
  for (gsize i = 0; i < ENIGM_EVENT_MAX_DATA + 2; i++)
    g_string_append (text, "data\n");
  assert_refused_len (text->str, text->len, "data");
}

static void
test_bound_names (void)
{
  g_autofree char *id = repeat ("id: ", '7', ENIGM_EVENT_MAX_ID, "\ndata: a\n\n");
  g_autofree char *long_id = repeat ("id: ", '7', ENIGM_EVENT_MAX_ID + 1, "\ndata: a\n\n");
  g_autofree char *event = repeat ("event: ", 'e', ENIGM_EVENT_MAX_ID, "\ndata: a\n\n");
  g_autofree char *long_event = repeat ("event: ", 'e', ENIGM_EVENT_MAX_ID + 1, "\ndata: a\n\n");
  g_autofree char *id_out = repeat ("", '7', ENIGM_EVENT_MAX_ID, "|message|a\n");
  g_autofree char *event_out = repeat ("|", 'e', ENIGM_EVENT_MAX_ID, "|a\n");

  assert_events (id, id_out);
  assert_events (event, event_out);
  assert_refused_len (long_id, strlen (long_id), "id");
  assert_refused_len (long_event, strlen (long_event), "event");
}

/* Bad input */

static void
test_bad_bytes (void)
{
  static const struct
  {
    const char *text;
    gsize len;
    const char *field;
  } cases[] = {
    { "data: a\0b\n\n", 12, "line" },
    { "id: 1\0\n\n", 9, "line" },
    { "data: \xff\n\n", 9, "line" },
    { "data: \xc3\n\n", 9, "line" },
    { "data: \xc0\x80\n\n", 10, "line" },
    { "data: \xed\xa0\x80\n\n", 11, "line" },
    { ": \xff\n", 4, "line" },
    { "\xff\xfe\n", 3, "line" },
    /* What would be sent back in a header. */
    { "id: ü\n\n", 8, "id" },
    { "id: \x01\n\n", 7, "id" },
    { "id: a\tb\n\n", 9, "id" },
    { "id: \x7f\n\n", 7, "id" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused_len (cases[i].text, cases[i].len, cases[i].field);
}

static void
test_bad_then_nothing (void)
{
  g_autoptr (EnigmEventParser) parser = enigm_event_parser_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  /* What came whole before a slip counts; nothing does after it. */
  g_assert_false (enigm_event_parser_feed (parser, (const guint8 *) "data: a\n\n\xff\ndata: b\n\n",
                                           20, on_event, out, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (enigm_event_parser_feed (parser, (const guint8 *) "\n\ndata: c\n\n", 11, on_event,
                                           out, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_cmpstr (out->str, ==, "|message|a\n");
}

static void
test_bad_then_line (void)
{
  g_autoptr (EnigmEventParser) parser = enigm_event_parser_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *over = g_strnfill (ENIGM_EVENT_MAX_LINE + 1, 'x');

  /* The rest of a line that is too long is no new line. */
  g_assert_false (
    enigm_event_parser_feed (parser, (const guint8 *) over, strlen (over), on_event, out, NULL));
  g_assert_false (
    enigm_event_parser_feed (parser, (const guint8 *) "\ndata: a\n\n", 10, on_event, out, NULL));
  g_assert_cmpstr (out->str, ==, "");
}

/* Random bytes, cut anywhere, give the same events or the same refusal. */
static void
test_random (void)
{
  static const char *const pieces[] = { "data",
                                        "id",
                                        "event",
                                        ":",
                                        " ",
                                        "\n",
                                        "\r",
                                        "\r\n",
                                        "a",
                                        "\n\n",
                                        "ü",
                                        "\xff",
                                        "\xef\xbb\xbf",
                                        "retry",
                                        "data: x\n",
                                        "data: y\r\n\r\n" };

  for (guint run = 0; run < 3000; run++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) whole_error = NULL;
      g_autofree char *whole = NULL;

      for (int n = g_test_rand_int_range (0, 30); n > 0; n--)
        {
          int piece = g_test_rand_int_range (0, G_N_ELEMENTS (pieces));

          /* Mostly right, so that some get far. */
          if (piece != 11 || g_test_rand_int_range (0, 20) == 0)
            g_string_append (text, pieces[piece]);
        }
      whole = parse_cut (text->str, text->len, 0, &whole_error);
      for (gsize cut = 1; cut <= text->len; cut++)
        {
          g_autoptr (GError) error = NULL;
          g_autofree char *events = parse_cut (text->str, text->len, cut, &error);

          g_assert_cmpstr (events, ==, whole);
          g_assert_cmpstr (error != NULL ? error->message : NULL, ==,
                           whole_error != NULL ? whole_error->message : NULL);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/event-parser/standard/data", test_standard_data);
  g_test_add_func ("/event-parser/standard/id", test_standard_id);
  g_test_add_func ("/event-parser/standard/empty", test_standard_empty);
  g_test_add_func ("/event-parser/standard/space", test_standard_space);
  g_test_add_func ("/event-parser/line-ends", test_line_ends);
  g_test_add_func ("/event-parser/bom", test_bom);
  g_test_add_func ("/event-parser/comments", test_comments);
  g_test_add_func ("/event-parser/fields", test_fields);
  g_test_add_func ("/event-parser/utf8", test_utf8);
  g_test_add_func ("/event-parser/platform", test_platform);
  g_test_add_func ("/event-parser/bound/line", test_bound_line);
  g_test_add_func ("/event-parser/bound/data", test_bound_data);
  g_test_add_func ("/event-parser/bound/empty-data", test_bound_empty_data);
  g_test_add_func ("/event-parser/bound/names", test_bound_names);
  g_test_add_func ("/event-parser/bad/bytes", test_bad_bytes);
  g_test_add_func ("/event-parser/bad/then-nothing", test_bad_then_nothing);
  g_test_add_func ("/event-parser/bad/then-line", test_bad_then_line);
  g_test_add_func ("/event-parser/random", test_random);
  return g_test_run ();
}
