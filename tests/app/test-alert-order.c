/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of the platform that overtake each other: what is shown never goes back. */
#include "enigm-account-private.h"

#define ID "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210"
#define FROM "0410-6105-0R3G-G28A-MDZB"

static JsonObject *
parse (const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  JsonObject *object = enigm_json_parse (bytes, &error);

  g_assert_no_error (error);
  return object;
}

/* An event as a contact sees it: active where @ended is 0, and then with a position of that time.
 */
static gchar *
event (const gchar *id, gint64 received, gint64 ended, gint64 position, gint64 seen)
{
  g_autofree gchar *end =
    ended != 0 ? g_strdup_printf ("{\"time\":%" G_GINT64_FORMAT ",\"by\":\"key\"}", ended)
               : g_strdup ("null");
  g_autofree gchar *where =
    position != 0 ? g_strdup_printf ("{\"latitude\":52.5,\"longitude\":13.25,\"accuracy\":12,"
                                     "\"time\":%" G_GINT64_FORMAT "}",
                                     position)
                  : g_strdup ("null");
  g_autofree gchar *saw =
    seen != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, seen) : g_strdup ("null");

  return g_strdup_printf (
    "{\"id\":\"%s\",\"kind\":\"alert\",\"role\":\"contact\",\"state\":\"%s\","
    "\"pressed\":%" G_GINT64_FORMAT ",\"received\":%" G_GINT64_FORMAT ",\"ended\":%s,"
    "\"position\":%s,\"delete_on\":1800000000,\"from\":\"" FROM "\","
    "\"stages\":{\"accepted\":1790000000,\"notified\":%s,\"seen\":%s}}",
    id, ended != 0 ? "ended" : "active", received, received, end, where, saw, saw);
}

typedef struct
{
  EnigmAccount *account;
  guint n_changed;
} Fixture;

static void
on_alert_changed (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  ((Fixture *) user_data)->n_changed++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmKeyring) keyring = enigm_keyring_new ();

  f->account = enigm_account_new ("/nonexistent", keyring);
  g_signal_connect (f->account, "alert-changed", G_CALLBACK (on_alert_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->account);
}

/* As the stream tells it, or the answer to a change. */
static void
tell (Fixture *f, gchar *text)
{
  g_autofree gchar *owned = text;
  g_autoptr (JsonObject) json = parse (owned);
  g_autoptr (GError) error = NULL;

  g_assert_true (enigm_account_merge_alert (f->account, json, &error));
  g_assert_no_error (error);
}

static gint64
ask (Fixture *f)
{
  return ++f->account->moment;
}

/* The answer to a list that was asked for at @asked, with one event in it or none. */
static void
answer (Fixture *f, gint64 asked, gchar *text)
{
  g_autofree gchar *owned = text;
  g_autofree gchar *list = g_strdup_printf ("{\"events\":[%s]}", owned != NULL ? owned : "");
  g_autoptr (JsonObject) json = parse (list);
  g_autoptr (GError) error = NULL;

  g_assert_true (enigm_account_merge_list_asked (f->account, f->account->alerts, &enigm_list_alerts,
                                                 json, asked, &error));
  g_assert_no_error (error);
}

static void
assert_kept_as (Fixture *f, const gchar *state)
{
  EnigmAlert *alert = enigm_account_find_alert (f->account, ID);

  g_assert_nonnull (alert);
  g_assert_cmpint (enigm_alert_get_state (alert), ==,
                   g_str_equal (state, "ended") ? ENIGM_ALERT_STATE_ENDED
                                                : ENIGM_ALERT_STATE_ACTIVE);
  /* What is kept for the next start is the same. */
  g_assert_cmpstr (json_object_get_string_member (enigm_account_get_item_json (alert), "state"), ==,
                   state);
}

/* The list is asked for, the alert ends, the stream says so, and then the list comes. */
static void
test_ended_stays_ended (Fixture *f, gconstpointer data)
{
  gint64 asked;

  tell (f, event (ID, 1790000000, 0, 1790000000, 0));
  asked = ask (f);
  tell (f, event (ID, 1790000000, 1790000060, 0, 0));
  assert_kept_as (f, "ended");
  answer (f, asked, event (ID, 1790000000, 0, 1790000000, 0));
  assert_kept_as (f, "ended");
  g_assert_false (enigm_alert_get_has_position (enigm_account_find_alert (f->account, ID)));
  /* The answer to "I have seen this", given before the end, as well. */
  tell (f, event (ID, 1790000000, 0, 1790000000, 1790000030));
  assert_kept_as (f, "ended");
  g_assert_cmpuint (f->n_changed, ==, 2);
}

/* The other way round nothing is in the way. */
static void
test_end_comes_with_the_list (Fixture *f, gconstpointer data)
{
  gint64 asked;

  tell (f, event (ID, 1790000000, 0, 1790000000, 0));
  asked = ask (f);
  answer (f, asked, event (ID, 1790000000, 1790000060, 0, 0));
  assert_kept_as (f, "ended");
  g_assert_cmpstr (enigm_alert_get_ended_by (enigm_account_find_alert (f->account, ID)), ==, "key");
}

/* An alert that came while the list was under way is not in it, and stays. */
static void
test_newer_than_the_list (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmAlert) first = NULL;
  gint64 asked;

  tell (f, event (OTHER, 1789999000, 0, 1789999000, 0));
  asked = ask (f);
  tell (f, event (ID, 1790000000, 0, 1790000000, 0));
  answer (f, asked, event (OTHER, 1789999000, 0, 1789999000, 0));
  assert_kept_as (f, "active");
  first = g_list_model_get_item (enigm_account_get_alerts (f->account), 0);
  g_assert_cmpstr (enigm_alert_get_id (first), ==, ID);
  g_assert_cmpuint (g_list_model_get_n_items (enigm_account_get_alerts (f->account)), ==, 2);
  /* A list that was asked for later knows better: it was deleted. */
  asked = ask (f);
  answer (f, asked, event (OTHER, 1789999000, 0, 1789999000, 0));
  g_assert_null (enigm_account_find_alert (f->account, ID));
}

static void
test_seen_stays_seen (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmAlertStage) stage = NULL;

  tell (f, event (ID, 1790000000, 0, 1790000000, 1790000030));
  answer (f, ask (f), event (ID, 1790000000, 0, 1790000000, 0));
  stage =
    g_list_model_get_item (enigm_alert_get_stages (enigm_account_find_alert (f->account, ID)), 0);
  g_assert_cmpint (enigm_alert_stage_get_seen (stage), ==, 1790000030);
}

static void
test_position_stays_new (Fixture *f, gconstpointer data)
{
  tell (f, event (ID, 1790000000, 0, 1790000040, 0));
  answer (f, ask (f), event (ID, 1790000000, 0, 1790000020, 0));
  g_assert_cmpint (enigm_alert_get_position_time (enigm_account_find_alert (f->account, ID)), ==,
                   1790000040);
}

/* Two that came within one second stand in the order in which they came. */
static void
test_same_second (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmAlert) first = NULL;

  tell (f, event (ID, 1790000000, 0, 1790000000, 0));
  tell (f, event (OTHER, 1790000000, 0, 1790000000, 0));
  first = g_list_model_get_item (enigm_account_get_alerts (f->account), 0);
  g_assert_cmpstr (enigm_alert_get_id (first), ==, OTHER);
}

/* The same again is no news, and what was shown is not due again. */
static void
test_told_twice (Fixture *f, gconstpointer data)
{
  EnigmAlert *alert;

  tell (f, event (ID, 1790000000, 0, 1790000000, 0));
  alert = enigm_account_find_alert (f->account, ID);
  g_assert_true (enigm_account_is_alert_due (f->account, alert));
  enigm_account_note_alert_shown (f->account, alert);
  g_assert_false (enigm_account_is_alert_due (f->account, alert));
  tell (f, event (ID, 1790000000, 0, 1790000000, 0));
  g_assert_cmpuint (f->n_changed, ==, 1);
  tell (f, event (ID, 1790000000, 0, 1790000010, 0));
  g_assert_cmpuint (f->n_changed, ==, 2);
  g_assert_false (enigm_account_is_alert_due (f->account, alert));
}

static void
on_order_told (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  g_string_append (user_data, g_str_equal (enigm_alert_get_id (alert), ID) ? "first" : "second");
}

/* What was kept and never shown, because the program ended, comes first at the next start. */
static void
test_kept_and_not_shown (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);

  tell (f, event (ID, 1790000000, 0, 1790000000, 0));
  tell (f, event (OTHER, 1790000001, 0, 1790000001, 0));
  g_signal_connect (f->account, "alert-changed", G_CALLBACK (on_order_told), order);
  enigm_account_signal_due (f->account);
  g_assert_cmpstr (order->str, ==, "firstsecond");
  enigm_account_note_alert_shown (f->account, enigm_account_find_alert (f->account, ID));
  g_string_truncate (order, 0);
  enigm_account_signal_due (f->account);
  g_assert_cmpstr (order->str, ==, "second");
}

/* What was deleted does not come back with what was said before. */
static void
test_deleted_stays_deleted (Fixture *f, gconstpointer data)
{
  tell (f, event (ID, 1790000000, 1790000060, 0, 0));
  /* As enigm_account_delete_alert_async() does once the platform has. */
  g_hash_table_add (f->account->deleted, g_strdup (ID));
  g_list_store_remove_all (f->account->alerts);
  answer (f, ask (f), event (ID, 1790000000, 1790000060, 0, 0));
  g_assert_null (enigm_account_find_alert (f->account, ID));
  tell (f, event (ID, 1790000000, 1790000060, 0, 0));
  g_assert_null (enigm_account_find_alert (f->account, ID));
}

/* One that was seen elsewhere, or has ended, needs no notification. */
static void
test_not_due (Fixture *f, gconstpointer data)
{
  tell (f, event (ID, 1790000000, 0, 1790000000, 1790000030));
  tell (f, event (OTHER, 1790000000, 1790000060, 0, 0));
  g_assert_false (
    enigm_account_is_alert_due (f->account, enigm_account_find_alert (f->account, ID)));
  g_assert_false (
    enigm_account_is_alert_due (f->account, enigm_account_find_alert (f->account, OTHER)));
}

/* From one second, doubling, to one minute; half of each is chance. */
static void
test_backoff (Fixture *f, gconstpointer data)
{
  static const guint most[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000 };

  for (guint i = 0; i < G_N_ELEMENTS (most); i++)
    {
      g_assert_cmpuint (enigm_account_stream_delay (i + 1, 0), ==, most[i] / 2);
      g_assert_cmpuint (enigm_account_stream_delay (i + 1, 0.5), ==, most[i] * 3 / 4);
      g_assert_cmpuint (enigm_account_stream_delay (i + 1, 1), ==, most[i]);
    }
  g_assert_cmpuint (enigm_account_stream_delay (0, 0), ==, 500);
  g_assert_cmpuint (enigm_account_stream_delay (G_MAXUINT, 1), ==, 60000);
}

#define add(name, func) g_test_add ("/alert-order/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("ended-stays-ended", test_ended_stays_ended);
  add ("end-comes-with-the-list", test_end_comes_with_the_list);
  add ("newer-than-the-list", test_newer_than_the_list);
  add ("seen-stays-seen", test_seen_stays_seen);
  add ("position-stays-new", test_position_stays_new);
  add ("same-second", test_same_second);
  add ("told-twice", test_told_twice);
  add ("kept-and-not-shown", test_kept_and_not_shown);
  add ("deleted-stays-deleted", test_deleted_stays_deleted);
  add ("not-due", test_not_due);
  add ("backoff", test_backoff);
  return g_test_run ();
}
