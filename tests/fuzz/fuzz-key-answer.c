/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-key-answer.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint statuses[] = { 200, 400, 403, 404, 409, 410, 500 };
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GError) error = NULL;
      EnigmKeyAnswer answer;
      gboolean ok = enigm_key_answer_decode (bytes, statuses[i], &answer, &error);

      fuzz_assert_said (ok, error);
      if (ok)
        {
          g_autoptr (GBytes) again = enigm_key_answer_encode (&answer);

          g_assert_cmpuint (enigm_key_outcome_get_status (answer.outcome), ==, statuses[i]);
          fuzz_assert_equal (bytes, again);
        }
    }
  return 0;
}
