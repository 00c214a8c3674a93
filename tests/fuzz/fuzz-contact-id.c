/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-contact-id.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_take_line (&data, &size);
  g_autoptr (GError) error = NULL;
  guint8 id[ENIGM_CONTACT_ID_SIZE];
  gboolean ok = enigm_contact_id_parse (text, id, &error);

  fuzz_assert_said (ok, error);
  if (ok)
    {
      g_autofree char *canonical = enigm_contact_id_format (id);
      g_autofree char *same = enigm_contact_id_canonicalize (text, NULL);
      guint8 again[ENIGM_CONTACT_ID_SIZE];

      g_assert_cmpstr (same, ==, canonical);
      g_assert_true (enigm_contact_id_parse (canonical, again, NULL));
      g_assert_cmpmem (again, sizeof again, id, sizeof id);
    }
  return 0;
}
