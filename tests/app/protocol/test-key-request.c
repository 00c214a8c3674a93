/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-key-request.h"

#include <string.h>

#include "app/protocol/enigm-error.h"
#include "app/protocol/enigm-hello.h"
#include "app/protocol/enigm-key-answer.h"
#include "sweep.h"
#include "vectors.h"

static EnigmKeyRequest
some_request (EnigmKeyRequestKind kind)
{
  EnigmKeyRequest request = {
    .kind = kind,
    .sequence = 1000,
    .relayed = TRUE,
    .battery = 80,
    .age = 3,
    .has_position = TRUE,
    .position = { .latitude = -33456789, .longitude = 151234567, .accuracy = 25, .age = 4 }
  };

  memset (request.epoch, 0x51, sizeof request.epoch);
  if (enigm_key_request_kind_has_event (kind))
    memset (request.event, 0x52, sizeof request.event);
  return request;
}

static GBytes *
recode_request (GBytes *bytes, GError **error)
{
  EnigmKeyRequest request;

  return enigm_key_request_decode (bytes, NULL, &request, error)
           ? enigm_key_request_encode (&request)
           : NULL;
}

static void
test_kinds (void)
{
  for (EnigmKeyRequestKind kind = ENIGM_KEY_REQUEST_PROOF; kind <= ENIGM_KEY_REQUEST_STATE; kind++)
    for (guint with_position = 0; with_position < 2; with_position++)
      {
        EnigmKeyRequest request = some_request (kind);
        g_autoptr (GBytes) bytes = NULL;

        request.has_position = with_position;
        bytes = enigm_key_request_encode (&request);
        test_sweep (bytes, recode_request);
      }
}

/* One alert, byte for byte, against the table of PROTOCOL.md. */
static void
test_layout (void)
{
  EnigmKeyRequest request = some_request (ENIGM_KEY_REQUEST_ALERT);
  EnigmKeyRequest back;
  g_autoptr (GBytes) bytes = enigm_key_request_encode (&request);
  g_autofree gchar *hex =
    test_hex_from_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_cmpstr (hex, ==,
                   "87"
                   "02"
                   "5051515151515151515151515151515151"
                   "1903e8"
                   "5052525252525252525252525252525252"
                   "f5"
                   "1850"
                   "82"
                   "03"
                   "84"
                   "3a01fe8294"
                   "1a0903a807"
                   "1819"
                   "04");
  g_assert_true (enigm_key_request_decode (bytes, "/key/v1/events", &back, NULL));
  g_assert_true (back.has_position);
  g_assert_cmpint (back.position.latitude, ==, -33456789);
  g_assert_cmpint (back.position.longitude, ==, 151234567);
  g_assert_cmpuint (back.position.accuracy, ==, 25);
  g_assert_cmpuint (back.position.age, ==, 4);
  g_assert_cmpuint (back.age, ==, 3);
  g_assert_cmpuint (back.sequence, ==, 1000);
  g_assert_true (back.relayed);
  g_assert_cmpuint (back.battery, ==, 80);
  g_assert_cmpmem (back.event, 16, request.event, 16);
}

static void
test_paths (void)
{
  const gchar *paths[] = { "/key/v1/proof",     "/key/v1/events", "/key/v1/events",
                           "/key/v1/positions", "/key/v1/ends",   "/key/v1/state" };

  for (guint kind = 1; kind <= 6; kind++)
    {
      EnigmKeyRequest request = some_request (kind);
      EnigmKeyRequest back;
      g_autoptr (GBytes) bytes = enigm_key_request_encode (&request);

      g_assert_cmpstr (enigm_key_request_kind_get_path (kind), ==, paths[kind - 1]);
      for (guint i = 0; i < 6; i++)
        g_assert_cmpint (enigm_key_request_decode (bytes, paths[i], &back, NULL), ==,
                         strcmp (paths[i], paths[kind - 1]) == 0);
    }
}

static void
assert_request_refused (const gchar *hex, const gchar *field)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex (hex);
  g_autoptr (GError) error = NULL;
  EnigmKeyRequest request;

  g_test_message ("%s", hex);
  g_assert_false (enigm_key_request_decode (bytes, NULL, &request, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_true (g_str_has_prefix (error->message, field));
  g_assert_cmpuint (request.sequence, ==, 0);
}

#define EPOCH "5051515151515151515151515151515151"
#define EVENT "5052525252525252525252525252525252"

static void
test_bounds (void)
{
  /* A good one, to show that the others differ from it in one thing only. */
  g_autoptr (GBytes) good = test_bytes_from_hex ("8704" EPOCH "01" EVENT "f41865"
                                                 "81843a055d4a7f1a0aba95001a000f42401affffffff");
  EnigmKeyRequest request;

  g_assert_true (enigm_key_request_decode (good, NULL, &request, NULL));
  g_assert_cmpint (request.position.latitude, ==, -90000000);
  g_assert_cmpint (request.position.longitude, ==, 180000000);

  assert_request_refused ("8700" EPOCH "0140f4186580", "kind");
  assert_request_refused ("8707" EPOCH "0140f4186580", "kind");
  assert_request_refused ("871b8000000000000001" EPOCH "0140f4186580", "kind");
  assert_request_refused ("8701" EPOCH "0040f4186580", "sequence");
  assert_request_refused ("8701" EPOCH "1b000100000000000040f4186580", "sequence");
  assert_request_refused ("8701" EPOCH "01" EVENT "f4186580", "event ID");
  assert_request_refused ("8702" EPOCH "0140f41865820080", "event ID");
  assert_request_refused ("8701" EPOCH "014000186580", "relayed");
  assert_request_refused ("8701" EPOCH "0140f4186680", "battery");
  assert_request_refused ("8701" EPOCH "0140f418658100", "detail");
  assert_request_refused ("8702" EPOCH "01" EVENT "f41865821b000000010000000080", "age");
  assert_request_refused ("8702" EPOCH "01" EVENT "f4186582008101", "position");
  assert_request_refused ("8704" EPOCH "01" EVENT "f418658180", "position");
  assert_request_refused ("8704" EPOCH "01" EVENT "f4186581843a055d4a80000000", "latitude");
  assert_request_refused ("8704" EPOCH "01" EVENT "f4186581841a055d4a81000000", "latitude");
  assert_request_refused ("8704" EPOCH "01" EVENT "f418658184001a0aba95010000", "longitude");
  assert_request_refused ("8704" EPOCH "01" EVENT "f418658184003a0aba95000000", "longitude");
  assert_request_refused ("8704" EPOCH "01" EVENT "f41865818400001a000f424100", "accuracy");
  assert_request_refused ("8704" EPOCH "01" EVENT "f4186581840000001b0000000100000000",
                          "position's age");
  assert_request_refused ("8704" EPOCH "01" EVENT "f418658184000020"
                          "00",
                          "accuracy");
}

static EnigmKeyAnswer
some_answer (EnigmKeyOutcome outcome)
{
  EnigmKeyAnswer answer = { .outcome = outcome,
                            .time = 1790000000,
                            .next_sequence = 1001,
                            .state = 3,
                            .restrictions = ENIGM_KEY_RESTRICTION_LOST,
                            .n_computers = 2,
                            .events = 1 };

  memset (answer.epoch, 0x61, sizeof answer.epoch);
  memset (answer.pins[0], 0x62, sizeof answer.pins[0]);
  memset (answer.pins[1], 0x63, sizeof answer.pins[1]);
  memset (answer.computers[0], 0x64, sizeof answer.computers[0]);
  memset (answer.computers[1], 0x65, sizeof answer.computers[1]);
  return answer;
}

static guint recode_status;

static GBytes *
recode_answer (GBytes *bytes, GError **error)
{
  EnigmKeyAnswer answer;

  return enigm_key_answer_decode (bytes, recode_status, &answer, error)
           ? enigm_key_answer_encode (&answer)
           : NULL;
}

static void
test_answers (void)
{
  const guint statuses[] = { 200, 409, 409, 409, 409, 403, 410, 410, 400, 404 };

  for (guint outcome = 0; outcome < 10; outcome++)
    {
      EnigmKeyAnswer answer = some_answer (outcome);
      EnigmKeyAnswer back;
      g_autoptr (GBytes) bytes = enigm_key_answer_encode (&answer);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (enigm_key_outcome_get_status (outcome), ==, statuses[outcome]);
      g_assert_true (enigm_key_answer_decode (bytes, statuses[outcome], &back, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (back.n_computers, ==, 2);
      g_assert_cmpmem (back.computers, 32, answer.computers, 32);
      g_assert_cmpmem (back.pins, sizeof back.pins, answer.pins, sizeof answer.pins);
      g_assert_cmpuint (back.next_sequence, ==, 1001);
      recode_status = statuses[outcome];
      test_sweep (bytes, recode_answer);

      /* An outcome under another status is no answer of ours. */
      g_assert_false (enigm_key_answer_decode (bytes, 500, &back, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

static void
test_answer_bounds (void)
{
  EnigmKeyAnswer answer = some_answer (ENIGM_KEY_OUTCOME_ACCEPTED);
  EnigmKeyAnswer back;

  for (guint i = 0; i < 7; i++)
    {
      EnigmKeyAnswer changed = answer;
      g_autoptr (GBytes) bytes = NULL;

      if (i == 0)
        changed.next_sequence = 0;
      else if (i == 1)
        changed.next_sequence = G_GUINT64_CONSTANT (1) << 48;
      else if (i == 2)
        changed.time = G_GUINT64_CONSTANT (1) << 40;
      else if (i == 3)
        changed.state = 4;
      else if (i == 4)
        changed.restrictions = 8;
      else if (i == 5)
        changed.n_computers = 8;
      else
        changed.n_computers = 0;
      bytes = enigm_key_answer_encode (&changed);
      g_assert_cmpint (enigm_key_answer_decode (bytes, 200, &back, NULL), ==, i >= 5);
    }
}

static GBytes *
recode_key_hello (GBytes *bytes, GError **error)
{
  EnigmKeyHello hello;

  return enigm_key_hello_decode (bytes, &hello, error) ? enigm_key_hello_encode (&hello) : NULL;
}

static GBytes *
recode_app_hello (GBytes *bytes, GError **error)
{
  return enigm_app_hello_check (bytes, error) ? enigm_app_hello_encode () : NULL;
}

static void
test_hellos (void)
{
  const EnigmKeyHello hello = { .discriminator = 0xabc, .bound = TRUE };
  g_autoptr (GBytes) key = enigm_key_hello_encode (&hello);
  g_autoptr (GBytes) app = enigm_app_hello_encode ();
  g_autoptr (GBytes) key_expected = test_bytes_from_hex ("840181"
                                                         "01"
                                                         "190abc"
                                                         "f5");
  g_autoptr (GBytes) app_expected = test_bytes_from_hex ("820101");
  /* Another version, another suite, two suites, a discriminator of 13 bits. */
  const gchar *bad[] = { "84028101190abcf5", "84018102190abcf5", "8401820102190abcf5",
                         "84018101191000f5" };

  g_assert_true (g_bytes_equal (key, key_expected));
  g_assert_true (g_bytes_equal (app, app_expected));
  test_sweep (key, recode_key_hello);
  test_sweep (app, recode_app_hello);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes_from_hex (bad[i]);
      g_autoptr (GError) error = NULL;
      EnigmKeyHello back;

      g_assert_false (enigm_key_hello_decode (bytes, &back, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key-request/kinds", test_kinds);
  g_test_add_func ("/key-request/layout", test_layout);
  g_test_add_func ("/key-request/paths", test_paths);
  g_test_add_func ("/key-request/bounds", test_bounds);
  g_test_add_func ("/key-answer/answers", test_answers);
  g_test_add_func ("/key-answer/bounds", test_answer_bounds);
  g_test_add_func ("/hello/hellos", test_hellos);
  return g_test_run ();
}
