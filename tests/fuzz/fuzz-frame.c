/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-frame.h"
#include "fuzz.h"

/* Frames, each with its length before it, as they would come in one connection. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (EnigmFrameJoiner) joiner = enigm_frame_joiner_new ();

  while (size > 0)
    {
      g_autoptr (GBytes) frame = fuzz_take_part (&data, &size);
      g_autoptr (GBytes) message = NULL;
      g_autoptr (GError) error = NULL;
      gsize len;
      const guint8 *bytes = g_bytes_get_data (frame, &len);
      gboolean ok = enigm_frame_joiner_push (joiner, bytes, len, &message, &error);

      fuzz_assert_said (ok, error);
      if (message != NULL)
        {
          g_assert_true (ok);
          g_assert_cmpuint (g_bytes_get_size (message), >=, 1);
          g_assert_cmpuint (g_bytes_get_size (message), <=, ENIGM_FRAME_MAX_MESSAGE);
        }
    }
  return 0;
}
