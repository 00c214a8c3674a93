/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-frame.h"

#include <string.h>

#include "enigm-error.h"

static GBytes *
some_message (gsize len)
{
  guint8 *data = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) (i * 7 + i / 251);
  return g_bytes_new_take (data, len);
}

static gboolean
push (EnigmFrameJoiner *joiner, GBytes *frame, GBytes **message, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (frame, &len);

  return enigm_frame_joiner_push (joiner, data, len, message, error);
}

/* The joiner still works: a whole message goes through. */
static void
assert_fit (EnigmFrameJoiner *joiner)
{
  const guint8 whole[] = { 0xc0, 0, 2, 'o', 'k' };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = NULL;

  g_assert_true (enigm_frame_joiner_push (joiner, whole, sizeof whole, &message, &error));
  g_assert_no_error (error);
  g_assert_nonnull (message);
  g_assert_cmpmem (g_bytes_get_data (message, NULL), g_bytes_get_size (message), "ok", 2);
}

static void
test_round_trip (void)
{
  const gsize lengths[] = { 1,   2,   16,  17,  18,   36,   37,   500,
                            509, 510, 511, 512, 1020, 1021, 4095, 4096 };
  const guint mtus[] = { 21, 22, 23, 24, 64, 185, 247, 514, 515, 516, 517, 65535 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (mtus); k++)
      {
        g_autoptr (GBytes) message = some_message (lengths[i]);
        g_autoptr (GPtrArray) frames = enigm_frame_cut (message, mtus[k]);
        g_autoptr (EnigmFrameJoiner) joiner = enigm_frame_joiner_new ();
        g_autoptr (GBytes) joined = NULL;

        for (guint n = 0; n < frames->len; n++)
          {
            GBytes *frame = frames->pdata[n];
            g_autoptr (GError) error = NULL;

            g_assert_cmpuint (g_bytes_get_size (frame), <=, MIN (mtus[k] - 3, 512));
            g_assert_null (joined);
            g_assert_true (push (joiner, frame, &joined, &error));
            g_assert_no_error (error);
          }
        g_assert_nonnull (joined);
        g_assert_true (g_bytes_equal (joined, message));
        assert_fit (joiner);
      }
}

/* The frames, byte for byte, as PROTOCOL.md describes them. */
static void
test_layout (void)
{
  g_autoptr (GBytes) message = some_message (4096);
  g_autoptr (GPtrArray) frames = enigm_frame_cut (message, 23);
  g_autoptr (GBytes) small = g_bytes_new_static ("x", 1);
  g_autoptr (GPtrArray) one = enigm_frame_cut (small, 23);
  const guint8 expected[] = { 0xc0, 0, 1, 'x' };
  const guint8 *frame;

  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpmem (g_bytes_get_data (one->pdata[0], NULL), g_bytes_get_size (one->pdata[0]),
                   expected, sizeof expected);

  /* 17 bytes in the first, 19 in each other one: 216 frames, so the counter runs round. */
  g_assert_cmpuint (frames->len, ==, 216);
  frame = g_bytes_get_data (frames->pdata[0], NULL);
  g_assert_cmphex (frame[0], ==, 0x80);
  g_assert_cmphex (frame[1], ==, 0x10);
  g_assert_cmphex (frame[2], ==, 0x00);
  frame = g_bytes_get_data (frames->pdata[63], NULL);
  g_assert_cmphex (frame[0], ==, 0x3f);
  frame = g_bytes_get_data (frames->pdata[64], NULL);
  g_assert_cmphex (frame[0], ==, 0x00);
  frame = g_bytes_get_data (frames->pdata[215], NULL);
  g_assert_cmphex (frame[0], ==, 0x40 | 215 % 64);
}

typedef struct
{
  const gchar *what;
  guint n_frames;
  struct
  {
    gsize len;
    guint8 bytes[8];
  } frames[3];
} BadRow;

static const BadRow bad_rows[] = {
  { "an empty frame", 1, { { 0, { 0 } } } },
  { "a first frame with half a length", 1, { { 2, { 0xc0, 0 } } } },
  { "a first frame that carries nothing", 1, { { 3, { 0x80, 0, 1 } } } },
  { "a length of 0", 1, { { 4, { 0xc0, 0, 0, 'x' } } } },
  { "a length of 4097", 1, { { 4, { 0x80, 0x10, 0x01, 'x' } } } },
  { "a first counter that is not 0", 1, { { 4, { 0xc1, 0, 1, 'x' } } } },
  { "no first frame", 1, { { 2, { 0x40, 'x' } } } },
  { "a middle frame at the start", 1, { { 2, { 0x01, 'x' } } } },
  { "more than its length", 1, { { 5, { 0xc0, 0, 1, 'x', 'y' } } } },
  { "more than its length, and not last", 1, { { 5, { 0x80, 0, 1, 'x', 'y' } } } },
  { "last, and not complete", 1, { { 4, { 0xc0, 0, 2, 'x' } } } },
  { "complete, and not last", 1, { { 4, { 0x80, 0, 1, 'x' } } } },
  { "a counter that stands still", 2, { { 4, { 0x80, 0, 3, 'x' } }, { 2, { 0x00, 'y' } } } },
  { "a counter that skips", 2, { { 4, { 0x80, 0, 3, 'x' } }, { 2, { 0x02, 'y' } } } },
  { "a frame twice",
    3,
    { { 4, { 0x80, 0, 3, 'x' } }, { 2, { 0x01, 'y' } }, { 2, { 0x01, 'y' } } } },
  { "a message within another", 2, { { 4, { 0x80, 0, 3, 'x' } }, { 4, { 0x80, 0, 3, 'x' } } } },
  { "a message within another, with the counter that was due",
    2,
    { { 4, { 0x80, 0, 3, 'x' } }, { 4, { 0x81, 0, 3, 'x' } } } },
  { "a middle frame that carries nothing", 2, { { 4, { 0x80, 0, 3, 'x' } }, { 1, { 0x01 } } } },
  { "a middle frame that carries too much",
    2,
    { { 4, { 0x80, 0, 3, 'x' } }, { 4, { 0x41, 'y', 'z', '!' } } } },
  { "last too early", 2, { { 4, { 0x80, 0, 3, 'x' } }, { 2, { 0x41, 'y' } } } },
  { "last missing", 2, { { 4, { 0x80, 0, 3, 'x' } }, { 3, { 0x01, 'y', 'z' } } } },
};

static void
test_refusals (void)
{
  g_autoptr (EnigmFrameJoiner) joiner = enigm_frame_joiner_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      const BadRow *row = &bad_rows[i];

      g_test_message ("%s", row->what);
      for (guint n = 0; n < row->n_frames; n++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (GBytes) message = NULL;
          gboolean fits = enigm_frame_joiner_push (joiner, row->frames[n].bytes, row->frames[n].len,
                                                   &message, &error);

          g_assert_null (message);
          g_assert_cmpint (fits, ==, n + 1 < row->n_frames);
          if (!fits)
            g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
        }
      assert_fit (joiner);
    }
}

static void
test_frame_too_long (void)
{
  g_autoptr (EnigmFrameJoiner) joiner = enigm_frame_joiner_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = NULL;
  guint8 frame[513] = { 0xc0, 510 >> 8, 510 & 0xff };

  g_assert_false (enigm_frame_joiner_push (joiner, frame, 513, &message, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  frame[1] = 509 >> 8;
  frame[2] = 509 & 0xff;
  g_clear_error (&error);
  g_assert_true (enigm_frame_joiner_push (joiner, frame, 512, &message, &error));
  g_assert_nonnull (message);
}

static void
test_reset (void)
{
  const guint8 first[] = { 0x80, 0, 3, 'x' };
  const guint8 rest[] = { 0x41, 'y', 'z' };
  g_autoptr (EnigmFrameJoiner) joiner = enigm_frame_joiner_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = NULL;

  g_assert_true (enigm_frame_joiner_push (joiner, first, sizeof first, &message, &error));
  enigm_frame_joiner_reset (joiner);
  g_assert_false (enigm_frame_joiner_push (joiner, rest, sizeof rest, &message, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  assert_fit (joiner);
}

/* Any frame missing, doubled or swapped with the next is noticed, never joined to something else.
 */
static void
test_disorder (void)
{
  g_autoptr (GBytes) message = some_message (200);
  g_autoptr (GPtrArray) frames = enigm_frame_cut (message, 23);

  for (guint kind = 0; kind < 3; kind++)
    for (guint at = 0; at + 1 < frames->len; at++)
      {
        g_autoptr (EnigmFrameJoiner) joiner = enigm_frame_joiner_new ();
        g_autoptr (GPtrArray) sent = g_ptr_array_new ();
        guint n_errors = 0;

        for (guint n = 0; n < frames->len; n++)
          g_ptr_array_add (sent, frames->pdata[n]);
        if (kind == 0)
          g_ptr_array_remove_index (sent, at);
        else if (kind == 1)
          g_ptr_array_insert (sent, at, sent->pdata[at]);
        else
          {
            sent->pdata[at] = frames->pdata[at + 1];
            sent->pdata[at + 1] = frames->pdata[at];
          }
        for (guint n = 0; n < sent->len; n++)
          {
            g_autoptr (GBytes) joined = NULL;

            if (!push (joiner, sent->pdata[n], &joined, NULL))
              n_errors++;
            g_assert_null (joined);
          }
        g_assert_cmpuint (n_errors, >, 0);
        assert_fit (joiner);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame/round-trip", test_round_trip);
  g_test_add_func ("/frame/layout", test_layout);
  g_test_add_func ("/frame/refusals", test_refusals);
  g_test_add_func ("/frame/frame-too-long", test_frame_too_long);
  g_test_add_func ("/frame/reset", test_reset);
  g_test_add_func ("/frame/disorder", test_disorder);
  return g_test_run ();
}
