/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "enigm-world.h"
#include "key-dispatch.h"
#include "key-https.h"
#include "test-platform.h"

/* A bound key, what it says, and whom it says it to. */
typedef struct
{
  KeyFixture key;
  TestPlatform *platform;
  EnigmKeyHttps *https;
  EnigmKeyDispatch *dispatch;
  const char *line;
  guint n;
} Fixture;

static void
start (Fixture *self)
{
  self->https = enigm_key_https_new ();
  self->dispatch = enigm_key_dispatch_new (self->key.store, self->key.binding, self->key.event,
                                           self->key.sensors, ENIGM_KEY_CARRIER (self->https));
  enigm_key_dispatch_start (self->dispatch);
}

static gboolean
is_dispatch_idle (gpointer user_data)
{
  return G_OBJECT (user_data)->ref_count == 1;
}

static void
stop (Fixture *self)
{
  enigm_key_dispatch_stop (self->dispatch);
  g_assert_true (enigm_world_await (is_dispatch_idle, self->dispatch));
  g_assert_finalize_object (g_steal_pointer (&self->dispatch));
  g_clear_object (&self->https);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  key_fixture_set_up (&self->key, NULL);
  self->platform = test_platform_new (&self->key);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->dispatch != NULL)
    stop (self);
  g_clear_pointer (&self->platform, test_platform_free);
  key_fixture_tear_down (&self->key, NULL);
}

static gboolean
has_line (gpointer user_data)
{
  Fixture *self = user_data;

  return key_fixture_has_line (&self->key, self->line);
}

static void
await_line (Fixture *self, const char *line)
{
  self->line = line;
  if (!enigm_world_await (has_line, self))
    g_error ("“%s” was not said", line);
}

static gboolean
has_requests (gpointer user_data)
{
  Fixture *self = user_data;

  return self->platform->requests->len >= self->n;
}

static EnigmKeyRequest *
await_request (Fixture *self, guint i)
{
  self->n = i + 1;
  g_assert_true (enigm_world_await (has_requests, self));

  return test_platform_get_request (self->platform, i);
}

static gboolean
was_heard (gpointer user_data)
{
  Fixture *self = user_data;
  EnigmKeyMemory *memory = key_fixture_get_memory (&self->key);

  return memory->current != NULL && memory->current->heard >= self->n;
}

/* A binding that begins its life: handed in, proved, trusted, with nobody's help. */
static void
test_pending (Fixture *self, gconstpointer data)
{
  test_platform_bind (self->platform, ENIGM_REPORTED_PENDING);
  enigm_key_sensors_set_battery (self->key.sensors, 42);
  /* Refused, without a word that counts: nothing is lost. */
  self->platform->unknown = 1;
  start (self);
  await_line (self, "state trusted");
  g_assert_cmpint (self->platform->n_attestations, ==, 2);
  g_assert_cmpint (await_request (self, 0)->kind, ==, ENIGM_KEY_REQUEST_PROOF);
  g_assert_cmpint (await_request (self, 0)->battery, ==, 42);
  g_assert_cmpint (key_fixture_get_memory (&self->key)->current->reached, ==, ENIGM_REACHED_OWN);
}

static void
test_pending_gone (Fixture *self, gconstpointer data)
{
  test_platform_bind (self->platform, ENIGM_REPORTED_PENDING);
  self->platform->receipts_gone = TRUE;
  start (self);
  await_line (self, "state none");
  g_assert_cmpint (self->platform->requests->len, ==, 0);
}

static void
test_alert (Fixture *self, gconstpointer data)
{
  EnigmKeyRequest alert, position;

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.events = 1;
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert accepted");
  g_assert_true (key_fixture_has_line (&self->key, "vibrate alert"));
  alert = *await_request (self, 0);
  g_assert_cmpint (alert.kind, ==, ENIGM_KEY_REQUEST_ALERT);
  g_assert_false (alert.has_position);

  /* Then where it is, as soon as that is known; then that it is over. */
  enigm_key_sensors_set_position (self->key.sensors, 1500000, -2250000, 12);
  position = *await_request (self, 1);
  g_assert_cmpint (position.kind, ==, ENIGM_KEY_REQUEST_POSITION);
  g_assert_cmpint (position.position.longitude, ==, -2250000);
  g_assert_cmpmem (position.event, ENIGM_ID_SIZE, alert.event, ENIGM_ID_SIZE);
  g_assert_cmpint (position.sequence, >, alert.sequence);
  enigm_key_event_end (self->key.event);
  await_line (self, "event alert ended");
  g_assert_cmpint (await_request (self, 2)->kind, ==, ENIGM_KEY_REQUEST_END);
  g_assert_cmpint (enigm_key_event_get_open (self->key.event), ==, 0);
}

/* Nothing silences it: neither refusals that prove nothing, nor a full flash. */
static void
test_stubborn (Fixture *self, gconstpointer data)
{
  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.events = 1;
  self->platform->unknown = 1;
  self->platform->wrong_mac = 1;
  key_fixture_fill_flash (&self->key);
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert accepted");
  g_assert_cmpint (self->platform->n_tcp, ==, 3);
  g_assert_cmpmem (test_platform_get_request (self->platform, 0)->event, ENIGM_ID_SIZE,
                   test_platform_get_request (self->platform, 1)->event, ENIGM_ID_SIZE);
  g_assert_cmpint (key_fixture_get_memory (&self->key)->current->state, ==, ENIGM_REPORTED_TRUSTED);
  key_fixture_empty_flash (&self->key);
}

static void
test_alert_abandons (Fixture *self, gconstpointer data)
{
  gint64 pressed;

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  /* A question hangs; the alert does not wait for its answer. */
  key_fixture_get_memory (&self->key)->current->reached = ENIGM_REACHED_NOT;
  self->platform->hang = TRUE;
  self->platform->answer.events = 1;
  start (self);
  while (self->platform->n_tcp == 0)
    g_main_context_iteration (NULL, TRUE);
  self->platform->hang = FALSE;
  pressed = g_get_monotonic_time ();
  enigm_key_event_raise (self->key.event, FALSE);
  g_assert_cmpint (await_request (self, 0)->kind, ==, ENIGM_KEY_REQUEST_ALERT);
  g_assert_cmpint (await_request (self, 0)->sequence, ==, 2);
  /* Long before the question would have been given up by itself. */
  g_assert_cmpint (g_get_monotonic_time () - pressed, <, 10 * G_USEC_PER_SEC);
  await_line (self, "event alert accepted");
}

/* The drill's own request hangs and is never answered: the alert goes out without it, and only then
 * is the drill tried again. */
static void
test_alert_abandons_drill (Fixture *self, gconstpointer data)
{
  gint64 pressed;

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->hang = TRUE;
  self->platform->answer.events = 1;
  start (self);
  enigm_key_event_raise (self->key.event, TRUE);
  while (self->platform->hung->len == 0)
    g_main_context_iteration (NULL, TRUE);
  self->platform->hang = FALSE;
  pressed = g_get_monotonic_time ();
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert accepted");
  /* Long before the drill's request would have been given up by itself. */
  g_assert_cmpint (g_get_monotonic_time () - pressed, <, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (self->platform->hung->len, ==, 1);
  g_assert_cmpint (await_request (self, 0)->kind, ==, ENIGM_KEY_REQUEST_ALERT);
  /* The drill had the number before. */
  g_assert_cmpint (await_request (self, 0)->sequence, ==, 2);
  g_assert_false (key_fixture_has_line (&self->key, "event drill accepted"));
}

/* Clock, number and epoch: signed again at once, and the alert is there after one more round. */
static void
test_signed_again (Fixture *self, gconstpointer data)
{
  EnigmKeyMemory *memory;

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  memory = key_fixture_get_memory (&self->key);
  self->platform->answer.events = 1;
  self->platform->answer.next_sequence = 500;
  self->platform->answer.time = 1790000000;
  memset (self->platform->answer.epoch, 'f', ENIGM_ID_SIZE);
  test_platform_say (self->platform, ENIGM_KEY_OUTCOME_STALE);
  test_platform_say (self->platform, ENIGM_KEY_OUTCOME_EPOCH);
  test_platform_say (self->platform, ENIGM_KEY_OUTCOME_SEQUENCE);
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert accepted");
  g_assert_cmpint (self->platform->requests->len, ==, 4);
  /* A stale signature is renewed over the very same body. */
  g_assert_true (
    g_bytes_equal (self->platform->bodies->pdata[0], self->platform->bodies->pdata[1]));
  g_assert_cmpint (await_request (self, 2)->sequence, ==, 500);
  g_assert_cmpint (await_request (self, 2)->epoch[0], ==, 'f');
  g_assert_cmpint (ABS (enigm_key_store_get_time (self->key.store) - 1790000000), <, 30);
  g_assert_cmpint (memory->current->sequence, ==, 500);
}

static void
test_replayed (Fixture *self, gconstpointer data)
{
  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.next_sequence = 77;
  self->platform->answer.events = 1;
  test_platform_say (self->platform, ENIGM_KEY_OUTCOME_REPLAYED);
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert accepted");
  g_assert_cmpint (await_request (self, 1)->sequence, ==, 77);
}

static guint
count_lines (Fixture *self, const char *line)
{
  guint n = 0;

  for (guint i = 0; i < self->key.lines->len; i++)
    n += g_str_equal (self->key.lines->pdata[i], line);
  return n;
}

static void
answer_with_old (Fixture *self, guint answer)
{
  g_array_append_val (self->platform->old_answers, answer);
}

/* Whoever sits in between keeps the platform's answers, each under its right MAC, and gives them
 * for another request: an alert of today is not accepted by yesterday's word, nor ended by it. */
static void
test_old_answers (Fixture *self, gconstpointer data)
{
  guint8 first[ENIGM_ID_SIZE], second[ENIGM_ID_SIZE];

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.events = 1;
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert accepted");
  memcpy (first, await_request (self, 0)->event, sizeof first);
  self->platform->answer.events = 0;
  enigm_key_event_end (self->key.event);
  await_line (self, "event alert ended");
  g_assert_cmpint (self->platform->answers->len, ==, 2);

  /* The next alert, answered twice with what was said to the first. */
  answer_with_old (self, 0);
  answer_with_old (self, 1);
  self->platform->answer.events = 1;
  enigm_key_event_raise (self->key.event, FALSE);
  memcpy (second, await_request (self, 2)->event, sizeof second);
  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);
  for (guint i = 3; i <= 4; i++)
    {
      g_assert_cmpint (await_request (self, i)->kind, ==, ENIGM_KEY_REQUEST_ALERT);
      g_assert_cmpmem (await_request (self, i)->event, ENIGM_ID_SIZE, second, sizeof second);
      g_assert_cmpuint (count_lines (self, "event alert accepted"), ==, 1);
      g_assert_cmpuint (count_lines (self, "event alert ended"), ==, 1);
    }

  /* Once it is accepted, an old word that nothing is open does not end it. */
  while (count_lines (self, "event alert accepted") < 2)
    g_main_context_iteration (NULL, TRUE);
  answer_with_old (self, 1);
  enigm_key_sensors_set_position (self->key.sensors, 1500000, -2250000, 12);
  for (guint i = 5; i <= 6; i++)
    {
      g_assert_cmpint (await_request (self, i)->kind, ==, ENIGM_KEY_REQUEST_POSITION);
      g_assert_cmpmem (await_request (self, i)->event, ENIGM_ID_SIZE, second, sizeof second);
    }
  g_assert_cmpuint (count_lines (self, "event alert ended"), ==, 1);
  g_assert_cmpuint (enigm_key_event_get_open (self->key.event), ==, 1);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.state = ENIGM_REPORTED_RESTRICTED;
  test_platform_say (self->platform, ENIGM_KEY_OUTCOME_FORBIDDEN);
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert refused");
  g_assert_true (key_fixture_has_line (&self->key, "vibrate refused"));
  g_assert_true (key_fixture_has_line (&self->key, "state restricted"));
  g_assert_cmpint (enigm_key_event_get_open (self->key.event), ==, 0);
}

static void
test_gone_keeps_owner (Fixture *self, gconstpointer data)
{
  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.state = ENIGM_REPORTED_NONE;
  test_platform_say (self->platform, ENIGM_KEY_OUTCOME_GONE);
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert refused");
  g_assert_null (key_fixture_get_memory (&self->key)->current);
  g_assert_true (key_fixture_get_memory (&self->key)->has_owner);
}

static void
test_released (Fixture *self, gconstpointer data)
{
  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.state = ENIGM_REPORTED_NONE;
  test_platform_say (self->platform, ENIGM_KEY_OUTCOME_RELEASED);
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert refused");
  g_assert_false (key_fixture_get_memory (&self->key)->has_owner);
}

/* Refused under the old credential: at once under the new one, the proof first, the same event. */
static void
test_two_credentials (Fixture *self, gconstpointer data)
{
  EnigmKeyMemory *memory = key_fixture_get_memory (&self->key);

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  test_platform_bind (self->platform, ENIGM_REPORTED_PENDING);
  memcpy (self->platform->gone_handle, memory->current->handle, ENIGM_ID_SIZE);
  self->platform->has_gone = TRUE;
  self->platform->answer.events = 1;
  memory->pending->registered = TRUE;
  enigm_key_event_raise (self->key.event, FALSE);
  start (self);
  await_line (self, "event alert accepted");
  g_assert_cmpint (await_request (self, 0)->kind, ==, ENIGM_KEY_REQUEST_ALERT);
  g_assert_cmpint (await_request (self, 1)->kind, ==, ENIGM_KEY_REQUEST_PROOF);
  g_assert_cmpint (await_request (self, 2)->kind, ==, ENIGM_KEY_REQUEST_ALERT);
  g_assert_cmpmem (await_request (self, 0)->event, ENIGM_ID_SIZE, await_request (self, 2)->event,
                   ENIGM_ID_SIZE);
}

static void
test_drill_then_alert (Fixture *self, gconstpointer data)
{
  guint8 drill[ENIGM_ID_SIZE];

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.events = 1;
  start (self);
  enigm_key_event_raise (self->key.event, TRUE);
  await_line (self, "event drill accepted");
  memcpy (drill, await_request (self, 0)->event, sizeof drill);
  enigm_key_event_raise (self->key.event, FALSE);
  await_line (self, "event alert accepted");
  g_assert_cmpint (await_request (self, 1)->kind, ==, ENIGM_KEY_REQUEST_ALERT);
  g_assert_cmpint (memcmp (drill, await_request (self, 1)->event, sizeof drill), !=, 0);
  await_line (self, "event drill ended");
  g_assert_cmpint (enigm_key_event_get_open (self->key.event), ==, 1);
}

static gboolean
is_accepted (gpointer user_data)
{
  Fixture *self = user_data;
  EnigmKeyHappening *happening = key_fixture_get_memory (&self->key)->happenings->pdata[0];

  return happening->accepted;
}

/* Ended elsewhere, pressed again: a new one, not the old one once more. While it is open, the same
 * again. */
static void
test_pressed_again (Fixture *self, gconstpointer data)
{
  const gboolean is_drill = GPOINTER_TO_INT (data);
  const char *name = is_drill ? "drill" : "alert";
  g_autofree char *accepted = g_strdup_printf ("event %s accepted", name);
  g_autofree char *ended = g_strdup_printf ("event %s ended", name);
  guint8 first[ENIGM_ID_SIZE];

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.events = 1;
  start (self);
  enigm_key_event_raise (self->key.event, is_drill);
  await_line (self, accepted);
  memcpy (first, await_request (self, 0)->event, sizeof first);
  enigm_key_event_raise (self->key.event, is_drill);
  g_assert_cmpmem (await_request (self, 1)->event, ENIGM_ID_SIZE, first, sizeof first);
  g_assert_true (enigm_world_await (is_accepted, self));
  self->platform->answer.events = 0;
  enigm_key_event_raise (self->key.event, is_drill);
  g_assert_cmpmem (await_request (self, 2)->event, ENIGM_ID_SIZE, first, sizeof first);
  g_assert_cmpint (memcmp (await_request (self, 3)->event, first, sizeof first), !=, 0);
  g_assert_cmpint (await_request (self, 3)->kind, ==,
                   is_drill ? ENIGM_KEY_REQUEST_DRILL : ENIGM_KEY_REQUEST_ALERT);
  await_line (self, ended);
}

/* The battery falls out after the press: the same event, once there is power. */
static void
test_power_lost (Fixture *self, gconstpointer data)
{
  guint8 event[ENIGM_ID_SIZE];
  guint64 number;

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->wrong_mac = 1;
  self->platform->answer.events = 1;
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  memcpy (event, await_request (self, 0)->event, sizeof event);
  number = await_request (self, 0)->sequence;
  stop (self);
  key_fixture_reopen (&self->key);
  start (self);
  await_line (self, "event alert accepted");
  g_assert_cmpmem (await_request (self, 1)->event, ENIGM_ID_SIZE, event, sizeof event);
  g_assert_cmpint (await_request (self, 1)->sequence, >=, number);
}

static void
test_pins (Fixture *self, gconstpointer data)
{
  EnigmKeyMemory *memory;

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  memory = key_fixture_get_memory (&self->key);
  memory->current->heard = 0;
  memory->current->pins[0][0] ^= 1;
  start (self);
  enigm_key_event_raise (self->key.event, FALSE);
  /* Another server's handshake fails: it reads no byte of a request. */
  while (key_fixture_get_memory (&self->key)->current->sequence < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (self->platform->n_tcp, ==, 0);

  /* The reserve pin is as good; and pins are renewed by an answer. */
  memcpy (memory->current->pins[1], self->platform->pin, 32);
  self->platform->answer.events = 1;
  enigm_key_dispatch_hurry (self->dispatch);
  await_line (self, "event alert accepted");
  g_assert_cmpmem (memory->current->pins[0], 32, self->platform->pin, 32);
}

static void
test_no_network (Fixture *self, gconstpointer data)
{
  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  self->platform->answer.events = 1;
  start (self);
  enigm_key_https_set_network (self->https, FALSE);
  enigm_key_event_raise (self->key.event, FALSE);
  while (key_fixture_get_memory (&self->key)->current->sequence == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (self->platform->n_tcp, ==, 0);
  enigm_key_https_set_network (self->https, TRUE);
  enigm_key_dispatch_hurry (self->dispatch);
  await_line (self, "event alert accepted");
}

/* Once a day, and no more. */
static void
test_daily (Fixture *self, gconstpointer data)
{
  EnigmKeyRecord *record;

  test_platform_bind (self->platform, ENIGM_REPORTED_TRUSTED);
  record = key_fixture_get_memory (&self->key)->current;
  record->heard -= 24 * 60 * 60 + 1;
  self->n = g_get_real_time () / G_USEC_PER_SEC - 10;
  start (self);
  g_assert_true (enigm_world_await (was_heard, self));
  g_assert_cmpint (self->platform->requests->len, ==, 1);
  g_assert_cmpint (await_request (self, 0)->kind, ==, ENIGM_KEY_REQUEST_STATE);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  /* A key warns of what cannot be stored, and works on. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);

#define ADD(name, function)                                                                        \
  g_test_add ("/key/dispatch/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("pending", test_pending);
  ADD ("pending-gone", test_pending_gone);
  ADD ("alert", test_alert);
  ADD ("stubborn", test_stubborn);
  ADD ("alert-abandons", test_alert_abandons);
  ADD ("alert-abandons-drill", test_alert_abandons_drill);
  ADD ("signed-again", test_signed_again);
  ADD ("replayed", test_replayed);
  ADD ("old-answers", test_old_answers);
  ADD ("refused", test_refused);
  ADD ("gone-keeps-owner", test_gone_keeps_owner);
  ADD ("released", test_released);
  ADD ("two-credentials", test_two_credentials);
  ADD ("drill-then-alert", test_drill_then_alert);
  ADD ("pressed-again", test_pressed_again);
  g_test_add ("/key/dispatch/drilled-again", Fixture, GINT_TO_POINTER (TRUE), set_up,
              test_pressed_again, tear_down);
  ADD ("power-lost", test_power_lost);
  ADD ("pins", test_pins);
  ADD ("no-network", test_no_network);
  ADD ("daily", test_daily);

  return g_test_run ();
}
