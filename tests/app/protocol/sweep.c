/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep.h"

#include <string.h>

#include "app/protocol/enigm-error.h"

static void
assert_refused (const guint8 *data, gsize len, TestRecode recode)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) again = recode (bytes, &error);

  g_assert_null (again);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

/* What a decoder must hold to, given one good encoding: it comes back as it was; every prefix and
 * anything longer is refused; and with any one bit turned it is refused, or is another value with
 * those very bytes as its only encoding. */
void
test_sweep (GBytes *good, TestRecode recode)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (good, &len);
  g_autofree guint8 *copy = g_malloc (len + 1);
  g_autoptr (GError) good_error = NULL;
  g_autoptr (GBytes) same = recode (good, &good_error);
  guint n_refused = 0;

  g_assert_no_error (good_error);
  g_assert_true (g_bytes_equal (same, good));

  for (gsize prefix = 0; prefix < len; prefix++)
    assert_refused (data, prefix, recode);

  memcpy (copy, data, len);
  for (guint trailing = 0; trailing < 256; trailing++)
    {
      copy[len] = (guint8) trailing;
      assert_refused (copy, len + 1, recode);
    }

  for (gsize at = 0; at < len; at++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autoptr (GBytes) turned = NULL;
        g_autoptr (GBytes) again = NULL;
        g_autoptr (GError) error = NULL;

        memcpy (copy, data, len);
        copy[at] ^= 1 << bit;
        turned = g_bytes_new (copy, len);
        again = recode (turned, &error);
        if (again == NULL)
          {
            g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
            n_refused++;
          }
        else
          {
            g_assert_no_error (error);
            g_assert_true (g_bytes_equal (again, turned));
          }
      }
  /* Every encoding has lengths and types in it. */
  g_assert_cmpuint (n_refused, >, 0);
}
