/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A key's request that is wrong in two ways is refused for the first, in the order of PROTOCOL.md,
 * section 6: what comes later is not even looked at. */

#include "practice.h"

typedef enum
{
  FAULT_MAC = 1 << 0,
  FAULT_LENGTH = 1 << 1,
  FAULT_DIGEST = 1 << 2,
  FAULT_TIME = 1 << 3,
  FAULT_BODY = 1 << 4,
  FAULT_EPOCH = 1 << 5,
  FAULT_SEQUENCE = 1 << 6,
  FAULT_STATE = 1 << 7,
  FAULT_ACCOUNT = 1 << 8,
} Fault;

/* In their order. What fails up to the digest is a problem that nobody signed, the rest an outcome
 * under the answer key. */
static const struct
{
  Fault fault;
  const char *name;
  guint status;
  const char *problem;
  EnigmKeyOutcome outcome;
} checks[] = {
  { FAULT_MAC, "MAC", 401, "signature-wrong", 0 },
  { FAULT_LENGTH, "length", 413, "too-large", 0 },
  { FAULT_DIGEST, "digest", 400, "malformed", 0 },
  { FAULT_TIME, "time", 409, NULL, ENIGM_KEY_OUTCOME_STALE },
  { FAULT_BODY, "body", 400, NULL, ENIGM_KEY_OUTCOME_MALFORMED },
  { FAULT_EPOCH, "epoch", 409, NULL, ENIGM_KEY_OUTCOME_EPOCH },
  { FAULT_SEQUENCE, "sequence", 409, NULL, ENIGM_KEY_OUTCOME_SEQUENCE },
  { FAULT_STATE, "state", 403, NULL, ENIGM_KEY_OUTCOME_FORBIDDEN },
  { FAULT_ACCOUNT, "account", 410, NULL, ENIGM_KEY_OUTCOME_GONE },
};

static GBytes *
lengthen (GBytes *body, gsize size)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, g_bytes_get_data (body, NULL), (guint) g_bytes_get_size (body));
  while (bytes->len < size)
    g_byte_array_append (bytes, (const guint8 *) "", 1);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static GBytes *
change_last_byte (GBytes *body)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, g_bytes_get_data (body, NULL), (guint) g_bytes_get_size (body));
  bytes->data[bytes->len - 1] ^= 1;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* An alert that has these faults, signed before the first three of them. */
static Signed *
make_request (World *world, Key *key, guint faults)
{
  EnigmKeyRequest alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) longer = NULL;
  gint64 created = faults & FAULT_TIME ? world->now - 301 : world->now;
  Signed *made;
  gsize size;

  if (faults & FAULT_EPOCH)
    alert.epoch[0] ^= 1;
  /* Lower than the last one that was accepted, and never used. */
  if (faults & FAULT_SEQUENCE)
    alert.sequence = 1000;
  body = enigm_key_request_encode (&alert);
  size = g_bytes_get_size (body) + (faults & FAULT_BODY ? 1 : 0);
  longer = lengthen (body, faults & FAULT_LENGTH ? ENIGM_KEY_REQUEST_MAX_SIZE + 1 : size);
  made = key_sign_body (world, key, "/key/v1/events", longer, created);
  if (faults & FAULT_DIGEST)
    {
      g_autoptr (GBytes) whole = g_steal_pointer (&made->body);

      made->body = change_last_byte (whole);
    }
  if (faults & FAULT_MAC)
    made->signature[10] = made->signature[10] == 'A' ? 'B' : 'A';
  return made;
}

static void
set_circumstances (World *world, guint faults)
{
  world_run (world, faults & FAULT_STATE ? "UPDATE bindings SET state = 3, restrictions = 1"
                                         : "UPDATE bindings SET state = 2, restrictions = 0");
  world_run (world, faults & FAULT_ACCOUNT
                      ? "UPDATE bindings SET account = zeroblob (16)"
                      : "UPDATE bindings SET account = (SELECT id FROM accounts)");
}

static void
assert_refused (World *world, Key *key, guint faults, gsize first, const char *names)
{
  g_autoptr (Signed) made = NULL;
  g_autoptr (Answer) answer = NULL;

  set_circumstances (world, faults);
  made = make_request (world, key, faults);
  answer = signed_send (world, made);
  if (answer->status != checks[first].status ||
      g_strcmp0 (answer_problem (answer), checks[first].problem) != 0)
    g_error ("%s: %u %s, not for the %s", names, answer->status, answer_problem (answer),
             checks[first].name);
  if (checks[first].problem != NULL)
    g_assert_null (soup_message_headers_get_list (answer->headers, "Signature"));
  else
    g_assert_cmpint (key_read_answer (world, key, made, answer).outcome, ==, checks[first].outcome);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
}

/* Each by itself, and each pair of them. */
static void
test_first_fault (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);

  key_pair (world, key, anna);
  key->sequence = 2000;
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_STATE), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      assert_refused (world, key, checks[i].fault, i, checks[i].name);
      for (gsize j = i + 1; j < G_N_ELEMENTS (checks); j++)
        {
          g_autofree char *names = g_strdup_printf ("%s and %s", checks[i].name, checks[j].name);

          assert_refused (world, key, checks[i].fault | checks[j].fault, i, names);
        }
    }
  /* And with none it is an event. */
  set_circumstances (world, 0);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/platform/key-order/first-fault", World, NULL, world_set_up, test_first_fault,
              world_tear_down);
  return g_test_run ();
}
