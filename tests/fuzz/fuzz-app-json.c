/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-account-private.h"
#include "enigm-json.h"
#include "enigm-model-private.h"
#include "fuzz.h"

#define TRY(parse)                                                                                 \
  {                                                                                                \
    g_autoptr (GError) said = NULL;                                                                \
    g_autoptr (GObject) model = (GObject *) (parse);                                               \
                                                                                                   \
    fuzz_assert_said (model != NULL, said);                                                        \
  }

/* What the platform answers, as each thing it could be. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) json = enigm_json_parse (bytes, &error);

  fuzz_assert_said (json != NULL, error);
  if (json == NULL)
    return 0;
  TRY (enigm_key_parse (json, &said));
  TRY (enigm_contact_parse (json, &said));
  TRY (enigm_invitation_parse (json, &said));
  TRY (enigm_alert_parse (json, &said));
  TRY (enigm_key_change_parse (json, &said));
  TRY (enigm_computer_parse (json, &said));
  TRY (enigm_alert_position_parse (json, &said));
  TRY (enigm_alert_stage_parse (json, TRUE, &said));
  {
    g_autoptr (GError) said = NULL;
    EnigmDrillEvidence *evidence = enigm_drill_evidence_parse (json, &said);

    fuzz_assert_said (evidence != NULL, said);
    g_clear_pointer (&evidence, enigm_drill_evidence_free);
  }
  return 0;
}
