/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice.h"

static void
pair (World *world, Person **person, Key **key)
{
  *person = person_new (world, "anna");
  *key = key_new (world, KEY_GENUINE);
  key_pair (world, *key, *person);
}

/* An answer that no key believes, and that changed nothing. */
static void
assert_unsigned (Answer *answer, guint status, const char *problem)
{
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (answer_problem (answer), ==, problem);
  g_assert_null (soup_message_headers_get_list (answer->headers, "Signature"));
}

static void
replace (char **text, const char *what, const char *with)
{
  g_auto (GStrv) parts = g_strsplit (*text, what, -1);

  g_assert_cmpuint (g_strv_length (parts), >=, 2);
  g_free (*text);
  *text = g_strjoinv (with, parts);
}

static void
test_what_an_event_lives_through (World *world, gconstpointer data)
{
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  EnigmKeyRequest alert, position, end;
  EnigmKeyAnswer answer;

  pair (world, &person, &key);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert.age = 30;
  answer = key_send (world, key, &alert);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpuint (answer.events, ==, 1);
  g_assert_cmpint (world_count (world, "SELECT pressed FROM events"), ==, world->now - 30);

  position = key_request (world, key, ENIGM_KEY_REQUEST_POSITION);
  memcpy (position.event, alert.event, sizeof position.event);
  position.position.age = 5;
  g_assert_cmpint (key_send (world, key, &position).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (world_count (world, "SELECT time FROM event_positions"), ==, world->now - 5);

  /* The same press sent again with another number is the same event. */
  alert.sequence = ++key->sequence;
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 1);

  end = key_request (world, key, ENIGM_KEY_REQUEST_END);
  memcpy (end.event, alert.event, sizeof end.event);
  answer = key_send (world, key, &end);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpuint (answer.events, ==, 0);

  /* Ended, or never begun: no open event. */
  position.sequence = ++key->sequence;
  g_assert_cmpint (key_send (world, key, &position).outcome, ==, ENIGM_KEY_OUTCOME_UNKNOWN_EVENT);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_POSITION), ==,
                   ENIGM_KEY_OUTCOME_UNKNOWN_EVENT);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_END), ==,
                   ENIGM_KEY_OUTCOME_UNKNOWN_EVENT);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_DRILL), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

static char *
hex_of_other (Key *key)
{
  guint8 other[ENIGM_ID_SIZE];

  memcpy (other, key->offer.handle, sizeof other);
  other[0] ^= 1;
  return enigm_hex_encode (other, sizeof other);
}

/* Each part of a signed request, changed. */
static void
test_every_part_counts (World *world, gconstpointer data)
{
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  g_autofree char *handle = NULL;
  g_autofree char *other = NULL;
  EnigmKeyRequest alert;

  pair (world, &person, &key);
  handle = enigm_hex_encode (key->offer.handle, ENIGM_ID_SIZE);
  other = hex_of_other (key);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);

  for (guint what = 0; what < 22; what++)
    {
      g_autoptr (Signed) made = key_sign (world, key, &alert, world->now);
      g_autoptr (Answer) answer = NULL;
      guint status = 400;
      const char *problem = "malformed";

      switch (what)
        {
        case 0: /* a bit of the MAC */
          made->signature[10] = made->signature[10] == 'A' ? 'B' : 'A';
          status = 401;
          break;
        case 1: /* another handle */
          replace (&made->input, handle, other);
          status = 401;
          break;
        case 2: /* another time */
          {
            g_autofree char *before =
              g_strdup_printf ("created=%" G_GINT64_FORMAT, (gint64) world->now);
            g_autofree char *after =
              g_strdup_printf ("created=%" G_GINT64_FORMAT, (gint64) world->now + 1);

            replace (&made->input, before, after);
            status = 401;
            break;
          }
        case 3: /* another path that keys may use */
          g_free (made->path);
          made->path = g_strdup ("/key/v1/state");
          status = 401;
          break;
        case 4: /* another digest, under the same signature */
          {
            g_autoptr (Signed) state = NULL;
            EnigmKeyRequest request = key_request (world, key, ENIGM_KEY_REQUEST_STATE);

            state = key_sign (world, key, &request, world->now);
            g_free (made->digest);
            made->digest = g_steal_pointer (&state->digest);
            status = 401;
            break;
          }
        case 5: /* another body, under the same digest */
          {
            g_autoptr (GByteArray) bytes = g_bytes_unref_to_array (g_steal_pointer (&made->body));

            bytes->data[bytes->len - 1] ^= 1;
            made->body = g_bytes_new (bytes->data, bytes->len);
            break;
          }
        case 6: /* no body */
          g_clear_pointer (&made->body, g_bytes_unref);
          made->body = g_bytes_new_static ("", 0);
          break;
        case 7:
          g_free (made->content_type);
          made->content_type = g_strdup ("application/cbor; a=b");
          break;
        case 8:
          g_free (made->content_type);
          made->content_type = g_strdup ("application/json");
          break;
        case 9: /* components in another order */
          replace (&made->input, "\"@method\" \"@authority\"", "\"@authority\" \"@method\"");
          break;
        case 10: /* a component left out */
          replace (&made->input, " \"content-digest\"", "");
          break;
        case 11: /* parameters in another order */
          replace (&made->input, ";tag=\"enigm-key\"", "");
          replace (&made->input, ");created", ");tag=\"enigm-key\";created");
          break;
        case 12:
          replace (&made->input, "enigm-key", "enigm-computer");
          break;
        case 13:
          replace (&made->input, "enigm=(", "other=(");
          break;
        case 14: /* a second signature beside it */
          {
            char *both = g_strconcat (made->input, ", ", made->input, NULL);

            g_free (made->input);
            made->input = both;
            break;
          }
        case 15:
          made->twice = "Content-Digest";
          break;
        case 16:
          made->twice = "Signature-Input";
          break;
        case 17:
          made->twice = "Signature";
          break;
        case 18:
          g_clear_pointer (&made->digest, g_free);
          break;
        case 19:
          g_clear_pointer (&made->signature, g_free);
          break;
        case 20:
          g_clear_pointer (&made->input, g_free);
          break;
        case 21: /* a query */
          {
            char *query = g_strconcat (made->path, "?", NULL);

            g_free (made->path);
            made->path = query;
            break;
          }
        default:
          g_assert_not_reached ();
        }
      if (status == 401)
        problem = "signature-wrong";
      answer = signed_send (world, made);
      g_test_message ("part %u", what);
      assert_unsigned (answer, status, problem);
    }
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
  g_assert_cmpint (world_count (world, "SELECT sequence FROM bindings"), ==, 1);

  /* Unspoilt it is taken. */
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

/* What RFC 9421 and RFC 8941 allow, and this protocol does not: one form, or none. */
static void
test_other_forms (World *world, gconstpointer data)
{
  static const struct
  {
    const char *what;
    const char *with;
  } forms[] = {
    { ";tag=", ";alg=\"hmac-sha256\";tag=" },
    { ";tag=", ";expires=4000000000;tag=" },
    { ";tag=", "; tag=" },
    { ";tag=\"enigm-key\"", "" },
    { ";tag=\"enigm-key\"", ";tag=enigm-key" },
    { ";tag=\"enigm-key\"", ";tag=\"enigm-key\";tag=\"enigm-key\"" },
    { ";tag=\"enigm-key\"", ";tag=\"enigm-key\";x" },
    { ";created=", ";created=0" },
    { ";created=", ";created=-" },
    { ";created=", ";created=+" },
    { ";created=", ";created=\"\";created=" },
    { ";nonce=\"", ";nonce=\"AAAA" },
    { ";nonce=\"", ";nonce=:" },
    { "\"@method\"", "\"@method\" \"@method\"" },
    { "\"@method\"", "\"@method\" \"@target-uri\"" },
    { "\"@method\"", "\"@method\";req" },
    { "\"@path\"", "\"@request-target\"" },
    { "\"@path\"", "\"@path\" \"@query\"" },
    { "\"@authority\"", "\"host\"" },
    { "\"content-type\"", "\"Content-Type\"" },
    { "\"content-type\"", "\"content-type\";sf" },
    { "\"content-type\"", "\"content-type\";bs" },
    { "\"content-digest\"", "\"content-digest\";key=\"sha-256\"" },
    { "\"content-digest\"", "\"content-digest\";tr" },
    { " \"content-type\"", "  \"content-type\"" },
    { "enigm=(", "enigm=( " },
    { "enigm=(", "enigm= (" },
    { "enigm=(", "Enigm=(" },
    { "enigm=(", "enigm=();created=1, enigm=(" },
    { "enigm=(", "a=1, enigm=(" },
    { ")", ") " },
  };
  static const char *const signatures[] = { "enigm=::",     "enigm=:AAAA:",         "enigm=AAAA",
                                            "enigm=:%s:;a", "a=:AAAA:, enigm=:%s:", "enigm=:%s:," };
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  EnigmKeyRequest alert;

  pair (world, &person, &key);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (Signed) made = key_sign (world, key, &alert, world->now);
      g_autoptr (Answer) answer = NULL;

      replace (&made->input, forms[i].what, forms[i].with);
      answer = signed_send (world, made);
      g_test_message ("%s", made->input);
      assert_unsigned (answer, 400, "malformed");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (signatures); i++)
    {
      g_autoptr (Signed) made = key_sign (world, key, &alert, world->now);
      g_autoptr (Answer) answer = NULL;
      g_autofree char *value = g_strndup (made->signature + strlen ("enigm=:"),
                                          strlen (made->signature) - strlen ("enigm=::"));
      char *other = g_strdup (signatures[i]);

      if (strstr (other, "%s") != NULL)
        replace (&other, "%s", value);
      g_free (made->signature);
      made->signature = other;
      answer = signed_send (world, made);
      assert_unsigned (answer, 400, "malformed");
    }
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
}

/* One request, caught and sent again as it was: at once, a minute later, when others have come,
 * after a restart, and when it is old. It makes nothing new, whenever it comes. */
static void
test_replayed (World *world, gconstpointer data)
{
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  g_autoptr (Signed) caught = NULL;
  g_autofree char *path = NULL;
  EnigmKeyRequest alert, end;

  pair (world, &person, &key);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  caught = key_sign (world, key, &alert, world->now);
  end = key_request (world, key, ENIGM_KEY_REQUEST_END);
  memcpy (end.event, alert.event, sizeof end.event);
  for (guint time = 0; time < 5; time++)
    {
      g_autoptr (Answer) answer = NULL;
      EnigmKeyAnswer read;

      if (time == 2)
        world->now += 60;
      else if (time == 3)
        g_assert_cmpint (key_send (world, key, &end).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
      else if (time == 4)
        world->now += 301;
      answer = signed_send (world, caught);
      read = key_read_answer (world, key, caught, answer);
      g_test_message ("time %u: outcome %d", time, read.outcome);
      g_assert_cmpint (read.outcome, ==,
                       time < 4 ? ENIGM_KEY_OUTCOME_ACCEPTED : ENIGM_KEY_OUTCOME_STALE);
      g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 1);
      g_assert_cmpint (world_count (world, "SELECT count (*) FROM events WHERE ended IS NULL"), ==,
                       time < 3);
    }
}

static void
test_unknown_handle_reads_the_same (World *world, gconstpointer data)
{
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  g_autoptr (Signed) wrong = NULL;
  g_autoptr (Signed) unknown = NULL;
  g_autoptr (Answer) first = NULL;
  g_autoptr (Answer) second = NULL;
  EnigmKeyRequest request;

  pair (world, &person, &key);
  request = key_request (world, key, ENIGM_KEY_REQUEST_STATE);
  wrong = key_sign (world, key, &request, world->now);
  wrong->signature[10] = wrong->signature[10] == 'A' ? 'B' : 'A';
  first = signed_send (world, wrong);
  key->offer.handle[3] ^= 1;
  unknown = key_sign (world, key, &request, world->now);
  second = signed_send (world, unknown);
  g_assert_cmpuint (first->status, ==, second->status);
  g_assert_true (g_bytes_equal (first->body, second->body));
}

static void
test_wrong_clock_costs_one_round_trip (World *world, gconstpointer data)
{
  static const gint64 off[] = { -301, 301, -1000000000 };
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  EnigmKeyRequest alert;

  pair (world, &person, &key);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  for (gsize i = 0; i < G_N_ELEMENTS (off); i++)
    {
      g_autoptr (Signed) made = key_sign (world, key, &alert, world->now + off[i]);
      g_autoptr (Answer) answer = signed_send (world, made);
      EnigmKeyAnswer read = key_read_answer (world, key, made, answer);

      g_assert_cmpint (read.outcome, ==, ENIGM_KEY_OUTCOME_STALE);
      g_assert_cmpuint (answer->status, ==, 409);
    }
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
  {
    g_autoptr (Signed) made = key_sign (world, key, &alert, world->now - 300);
    g_autoptr (Answer) answer = signed_send (world, made);

    g_assert_cmpint (key_read_answer (world, key, made, answer).outcome, ==,
                     ENIGM_KEY_OUTCOME_ACCEPTED);
  }
}

static void
test_numbers (World *world, gconstpointer data)
{
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  EnigmKeyRequest alert, other, low;
  EnigmKeyAnswer answer;

  pair (world, &person, &key);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert.sequence = 10;
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);

  /* Lost answers: the same again, as often as it likes, signed anew each time. */
  for (guint i = 0; i < 3; i++)
    {
      answer = key_send (world, key, &alert);
      g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
      g_assert_cmpuint (answer.next_sequence, ==, 11);
    }
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 1);

  /* The number for something else. */
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE "
                                       "instr (record, CAST ('replay' AS BLOB)) > 0"),
                   ==, 0);
  other = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  other.sequence = 10;
  answer = key_send (world, key, &other);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_REPLAYED);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE "
                                       "instr (record, CAST ('replay' AS BLOB)) > 0"),
                   ==, 1);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 1);

  /* A number that was passed over: told the next one, and taken at once. */
  low = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  low.sequence = 5;
  answer = key_send (world, key, &low);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_SEQUENCE);
  low.sequence = answer.next_sequence;
  g_assert_cmpint (key_send (world, key, &low).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);

  /* Sixty-four are remembered. */
  for (key->sequence = 11; key->sequence < 11 + 63;)
    g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_STATE), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (key_send (world, key, &low).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_SEQUENCE);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM key_numbers"), ==, 64);
}

/* A repetition says what became of it then, and how things are now. */
static void
test_repetition_has_todays_state (World *world, gconstpointer data)
{
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  g_autoptr (Answer) lost = NULL;
  g_autofree char *path = NULL;
  EnigmKeyRequest alert;
  EnigmKeyAnswer answer;

  pair (world, &person, &key);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  path = key_path (key, "/state");
  lost = person_ask (world, person, "POST", path, TRUE, "{\"to\":\"lost\"}");
  g_assert_cmpuint (lost->status, ==, 200);
  answer = key_send (world, key, &alert);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpuint (answer.state, ==, 3);
  g_assert_cmpuint (answer.restrictions, ==, ENIGM_KEY_RESTRICTION_LOST);
}

static void
test_unknown_epoch (World *world, gconstpointer data)
{
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  EnigmKeyRequest alert;
  EnigmKeyAnswer answer;

  pair (world, &person, &key);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert.epoch[0] ^= 1;
  answer = key_send (world, key, &alert);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_EPOCH);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
  memcpy (alert.epoch, answer.epoch, sizeof alert.epoch);
  alert.sequence = answer.next_sequence;
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

static void
test_malformed_under_a_right_mac (World *world, gconstpointer data)
{
  static const guint8 bodies[][4] = { { 0x80 }, { 0x87, 1 }, { 0xff, 0xff, 0xff, 0xff } };
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  EnigmKeyRequest proof;

  pair (world, &person, &key);
  proof = key_request (world, key, ENIGM_KEY_REQUEST_PROOF);
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new (bodies[i], sizeof bodies[i]);
      g_autoptr (Signed) made = key_sign_body (world, key, "/key/v1/proof", body, world->now);
      g_autoptr (Answer) answer = signed_send (world, made);

      g_assert_cmpint (key_read_answer (world, key, made, answer).outcome, ==,
                       ENIGM_KEY_OUTCOME_MALFORMED);
      g_assert_cmpuint (answer->status, ==, 400);
    }

  /* A body of one kind where another belongs. */
  {
    g_autoptr (GBytes) body = enigm_key_request_encode (&proof);
    g_autoptr (Signed) made = key_sign_body (world, key, "/key/v1/state", body, world->now);
    g_autoptr (Answer) answer = signed_send (world, made);

    g_assert_cmpint (key_read_answer (world, key, made, answer).outcome, ==,
                     ENIGM_KEY_OUTCOME_MALFORMED);
  }
  {
    g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (1025), 1025);
    g_autoptr (Signed) made = key_sign_body (world, key, "/key/v1/proof", body, world->now);
    g_autoptr (Answer) answer = signed_send (world, made);

    assert_unsigned (answer, 413, "too-large");
  }
}

/* What each state lets a key ask, all pairs. */
static void
test_states (World *world, gconstpointer data)
{
  static const EnigmKeyRequestKind kinds[] = {
    ENIGM_KEY_REQUEST_ALERT, ENIGM_KEY_REQUEST_DRILL, ENIGM_KEY_REQUEST_POSITION,
    ENIGM_KEY_REQUEST_END,   ENIGM_KEY_REQUEST_STATE, ENIGM_KEY_REQUEST_PROOF
  };
  static const struct
  {
    const char *to;
    EnigmKeyOutcome outcome;
    EnigmKeyOutcome of_state;
    guint state;
  } cases[] = {
    { NULL, ENIGM_KEY_OUTCOME_FORBIDDEN, ENIGM_KEY_OUTCOME_ACCEPTED, 1 },
    { "{\"to\":\"lost\"}", ENIGM_KEY_OUTCOME_FORBIDDEN, ENIGM_KEY_OUTCOME_ACCEPTED, 3 },
    { "{\"to\":\"revoked\",\"reason\":\"stolen\"}", ENIGM_KEY_OUTCOME_GONE, ENIGM_KEY_OUTCOME_GONE,
      0 },
    { "{\"to\":\"retired\"}", ENIGM_KEY_OUTCOME_RELEASED, ENIGM_KEY_OUTCOME_RELEASED, 0 },
  };
  g_autoptr (Person) person = person_new (world, "anna");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);
      g_autofree char *path = NULL;

      if (cases[i].to == NULL)
        {
          g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
          g_autoptr (Answer) receipt = NULL;

          key_take_offer (key, offer);
          key_attest (key);
          receipt = key_hand_in (world, key);
        }
      else
        {
          g_autoptr (Answer) changed = NULL;

          key_pair (world, key, person);
          path = key_path (key, "/state");
          changed = person_ask (world, person, "POST", path, TRUE, cases[i].to);
          g_assert_cmpuint (changed->status, ==, 200);
        }
      for (gsize kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
        {
          EnigmKeyRequest request = key_request (world, key, kinds[kind]);
          EnigmKeyAnswer answer = key_send (world, key, &request);
          EnigmKeyOutcome expected =
            kinds[kind] == ENIGM_KEY_REQUEST_STATE ? cases[i].of_state : cases[i].outcome;

          /* The one thing more that a pending binding may ask; it comes last. */
          if (cases[i].to == NULL && kinds[kind] == ENIGM_KEY_REQUEST_PROOF)
            {
              g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
              g_assert_cmpuint (answer.state, ==, 2);
              continue;
            }
          g_assert_cmpint (answer.outcome, ==, expected);
          g_assert_cmpuint (answer.state, ==, cases[i].state);
        }
    }
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
}

/* The number and the event are written together or not at all; the key hears nothing that it could
 * take for an end, and its next try succeeds. */
static void
test_failing_database (World *world, gconstpointer data)
{
  static const char *const faults[] = {
    "CREATE TEMP TRIGGER fault BEFORE INSERT ON events BEGIN SELECT RAISE (ABORT, 'disk'); END",
    "CREATE TEMP TRIGGER fault BEFORE INSERT ON key_numbers BEGIN SELECT RAISE (ABORT, 'disk'); "
    "END",
    "CREATE TEMP TRIGGER fault BEFORE UPDATE ON bindings BEGIN SELECT RAISE (ABORT, 'disk'); END",
    "CREATE TEMP TRIGGER fault BEFORE INSERT ON stream_items BEGIN SELECT RAISE (ABORT, 'disk'); "
    "END",
  };
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  GLogLevelFlags fatal;
  EnigmKeyRequest alert;

  pair (world, &person, &key);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  /* The platform warns of its disk, as it should. */
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (Signed) made = key_sign (world, key, &alert, world->now);
      g_autoptr (Answer) answer = NULL;

      world_run (world, faults[i]);
      answer = signed_send (world, made);
      world_run (world, "DROP TRIGGER fault");
      assert_unsigned (answer, 500, "internal");
      g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
      g_assert_cmpint (world_count (world, "SELECT sequence FROM bindings"), ==, 1);
      g_assert_cmpint (world_count (world, "SELECT count (*) FROM key_numbers"), ==, 1);
    }
  g_log_set_always_fatal (fatal);
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 1);
  g_assert_cmpint (world_count (world, "SELECT sequence FROM bindings"), ==, 2);
}

static void
test_alerts_have_no_limit (World *world, gconstpointer data)
{
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;

  pair (world, &person, &key);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 100);
}

static void
test_relayed_proof (World *world, gconstpointer data)
{
  g_autoptr (Person) person = NULL;
  g_autoptr (Key) key = NULL;
  g_autoptr (Answer) shown = NULL;
  g_autofree char *path = NULL;
  EnigmKeyRequest proof;

  pair (world, &person, &key);
  proof = key_request (world, key, ENIGM_KEY_REQUEST_PROOF);
  proof.relayed = TRUE;
  proof.battery = ENIGM_BATTERY_UNKNOWN;
  g_assert_cmpint (key_send (world, key, &proof).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  path = key_path (key, "");
  shown = person_ask (world, person, "GET", path, FALSE, NULL);
  g_assert_cmpstr (
    json_object_get_string_member (json_object_get_object_member (shown->json, "proved"), "by"), ==,
    "relayed");
  /* What was known of the battery stays, with its age. */
  g_assert_cmpint (
    json_object_get_int_member (json_object_get_object_member (shown->json, "battery"), "percent"),
    ==, 80);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, World, NULL, world_set_up, func, world_tear_down)
  ADD ("/key-requests/what-an-event-lives-through", test_what_an_event_lives_through);
  ADD ("/key-requests/every-part-counts", test_every_part_counts);
  ADD ("/key-requests/other-forms", test_other_forms);
  ADD ("/key-requests/replayed", test_replayed);
  ADD ("/key-requests/unknown-handle-reads-the-same", test_unknown_handle_reads_the_same);
  ADD ("/key-requests/wrong-clock-costs-one-round-trip", test_wrong_clock_costs_one_round_trip);
  ADD ("/key-requests/numbers", test_numbers);
  ADD ("/key-requests/repetition-has-todays-state", test_repetition_has_todays_state);
  ADD ("/key-requests/unknown-epoch", test_unknown_epoch);
  ADD ("/key-requests/malformed-under-a-right-mac", test_malformed_under_a_right_mac);
  ADD ("/key-requests/states", test_states);
  ADD ("/key-requests/failing-database", test_failing_database);
  ADD ("/key-requests/alerts-have-no-limit", test_alerts_have_no_limit);
  ADD ("/key-requests/relayed-proof", test_relayed_proof);
  return g_test_run ();
}
