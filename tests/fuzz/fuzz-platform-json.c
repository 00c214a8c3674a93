/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "app/protocol/enigm-json-check.h"
#include "peers/platform/enigm-object.h"

/* A request's body, asked for members of each type. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmObject) object = NULL;
  g_auto (GStrv) strings = NULL;
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (EnigmObject) inner = NULL;
  guint8 id[ENIGM_ID_SIZE];
  gint64 number;
  gboolean ok;

  ok = enigm_json_check ((const char *) data, size, &error);
  fuzz_assert_said (ok, error);
  g_clear_error (&error);
  object = enigm_object_parse (bytes, &error);
  fuzz_assert_said (object != NULL, error);
  if (object == NULL)
    return 0;
  g_assert_true (ok);
  enigm_object_get_string (object, "user", 1, 64, NULL);
  enigm_object_get_integer (object, "n", 0, 100, &number, NULL);
  enigm_object_get_boolean (object, "b", &ok, NULL);
  blob = enigm_object_get_bytes (object, "nonce", 32, 32, NULL);
  enigm_object_get_id (object, "id", id, NULL);
  strings = enigm_object_get_strings (object, "certificates", 3, 1366, NULL);
  inner = enigm_object_get_object (object, "computer", NULL);
  if (inner != NULL)
    {
      enigm_object_get_string (inner, "name", 1, 64, NULL);
      enigm_object_end (inner, NULL);
    }
  enigm_object_is_null (object, "reason");
  ok = enigm_object_end (object, &error);
  fuzz_assert_said (ok, error);
  return 0;
}
