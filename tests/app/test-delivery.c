/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing lost, nothing doubled, order kept: real keys, a real platform and real apps, with a
 * network between them that fails at random. Each run's faults follow from its seed, which is
 * printed; `--from N --runs 1` is that run again.
 *
 * Many worlds run side by side, each with a platform, an owner with ten keys, and a contact: what
 * takes time in a run is waiting for the next try. */
#include <signal.h>
#include <string.h>

#include "await.h"
#include "delivery-key.h"
#include "delivery-proxy.h"
#include "enigm-account.h"
#include "enigm-error.h"

#define KEYS 10
/* Seconds after which what has to come counts as lost. Tries are a minute apart at most. */
#define DEADLINE 120

typedef enum
{
  FAULTS,   /* presses, and whatever goes wrong */
  SETTLING, /* everything works again: what has to arrive arrives */
  ENDING,   /* every event is ended, and that arrives */
  DELETING, /* the owner deletes them, and that arrives */
  OVER,
} Phase;

typedef struct
{
  char *id;
  gboolean is_drill;
} Raised;

typedef struct
{
  EnigmWorld *world;
  guint number;
  char *folder;
  char *origin;
  guint16 port;
  DeliveryProxy *proxy;
  GSubprocess *platform;
  gboolean platform_up;
  EnigmTrust *trust;
  EnigmAccount *owner;
  EnigmAccount *contact;
  gboolean contact_wanted;
  gboolean contact_loading;
  EnigmAccount *leaving; /* weak: the app that is being closed */
  DeliveryKey *keys[KEYS];

  guint32 seed;
  GRand *rand;   /* what is done */
  GRand *chance; /* what happens on the way */
  Phase phase;
  guint actions_left;
  guint timer;
  gboolean due;
  gboolean deleting;
  gint64 since;
  GPtrArray *raised;  /* Raised */
  GPtrArray *notices; /* IDs, in the order in which they were shown */
} Lane;

static guint32 next_seed;
static guint runs_left;
static guint n_raised;
static guint n_shown;
static guint n_kills;
static guint n_cuts;

static void
raised_free (gpointer data)
{
  Raised *raised = data;

  g_free (raised->id);
  g_free (raised);
}

/* The platform */

static void
on_platform_spoke (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autofree char *line =
    g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line == NULL || !g_str_has_prefix (line, "listening on "))
    g_error ("seed %u: the platform does not start again", lane->seed);
  lane->platform_up = TRUE;
}

static void
start_platform (Lane *lane)
{
  g_autofree char *program = enigm_world_find_program ("peers/platform/enigm-platform");
  g_autofree char *config = g_build_filename (lane->folder, "platform", "platform.conf", NULL);
  g_autofree char *port = g_strdup_printf ("%u", lane->port);
  const char *argv[] = { program, "serve", "--config", config, "--port", port, NULL };
  g_autoptr (GDataInputStream) lines = NULL;

  g_set_object (&lane->platform, NULL);
  lane->platform = enigm_world_spawn (lane->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (lane->platform));
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_platform_spoke, lane);
}

static void
on_platform_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  start_platform (user_data);
}

/* In the middle of whatever it does, half of the time. */
static void
restart_platform (Lane *lane)
{
  if (!lane->platform_up)
    return;
  lane->platform_up = FALSE;
  n_kills++;
  g_subprocess_send_signal (lane->platform, g_rand_boolean (lane->rand) ? SIGKILL : SIGTERM);
  g_subprocess_wait_async (lane->platform, NULL, on_platform_ended, lane);
}

static gboolean
is_platform_up (gpointer user_data)
{
  return ((Lane *) user_data)->platform_up;
}

static void
make_platform (Lane *lane)
{
  g_autofree char *program = enigm_world_find_program ("peers/platform/enigm-platform");
  g_autofree char *maker = g_build_filename (lane->folder, "maker", NULL);
  g_autofree char *maker_ca = g_build_filename (maker, "maker-ca.pem", NULL);
  g_autofree char *dir = g_build_filename (lane->folder, "platform", NULL);
  g_autofree char *ca = g_build_filename (dir, "ca.pem", NULL);
  const char *argv[] = { program,      "init",       "--dir",  dir, "--origin",
                         lane->origin, "--maker-ca", maker_ca, NULL };
  g_autoptr (GSubprocess) init = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  char *pem = NULL;
  gsize len;

  delivery_key_make_maker (maker);
  init = enigm_world_spawn (lane->world, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, argv);
  g_subprocess_wait_check_async (init, NULL, on_awaited, &result);
  await_result (&result);
  g_subprocess_wait_check_finish (init, result, &error);
  g_assert_no_error (error);
  g_file_get_contents (ca, &pem, &len, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new_take (pem, len);
  lane->trust = enigm_trust_new_ca (bytes, &error);
  g_assert_no_error (error);
  start_platform (lane);
  g_assert_true (enigm_world_await (is_platform_up, lane));
}

/* The apps */

/* What the app does: it shows what is due, and notes that it did. Some people answer at once. */
static void
on_alert_changed (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  Lane *lane = user_data;

  if (!enigm_account_is_alert_due (account, alert))
    return;
  n_shown++;
  g_ptr_array_add (lane->notices, g_strdup (enigm_alert_get_id (alert)));
  enigm_account_note_alert_shown (account, alert);
  if (g_rand_int_range (lane->chance, 0, 4) == 0)
    enigm_account_stage_alert_async (account, alert, "seen", NULL, NULL, NULL);
}

static EnigmAccount *
new_account (Lane *lane, const char *name)
{
  g_autofree char *data_dir = g_build_filename (lane->folder, name, NULL);
  g_autoptr (EnigmKeyring) keyring = enigm_keyring_new ();

  return enigm_account_new (data_dir, keyring);
}

static void
on_contact_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GError) error = NULL;

  lane->contact_loading = FALSE;
  if (!enigm_account_load_finish (lane->contact, result, &error))
    {
      /* A keyring that has too much to do; the person tries again. */
      if (!g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_KEYRING_MISSING))
        g_error ("seed %u: the app does not open: %s", lane->seed, error->message);
      g_test_message ("seed %u: %s", lane->seed, error->message);
      g_clear_object (&lane->contact);
      return;
    }
  enigm_account_listen (lane->contact, TRUE);
}

/* Opens or closes the app, as it is wanted, when it can be: one at a time owns the state. */
static void
attend_to_contact (Lane *lane)
{
  if (lane->leaving != NULL && lane->leaving == lane->contact &&
      !enigm_account_is_saving (lane->contact))
    g_clear_object (&lane->contact);
  if (lane->contact_wanted && lane->contact == NULL && lane->leaving == NULL)
    {
      lane->contact = new_account (lane, "contact");
      lane->contact_loading = TRUE;
      g_signal_connect (lane->contact, "alert-changed", G_CALLBACK (on_alert_changed), lane);
      enigm_account_load_async (lane->contact, NULL, on_contact_loaded, lane);
    }
  else if (!lane->contact_wanted && lane->contact != NULL && lane->leaving == NULL &&
           !lane->contact_loading)
    {
      g_signal_handlers_disconnect_by_data (lane->contact, lane);
      enigm_account_listen (lane->contact, FALSE);
      g_set_weak_pointer (&lane->leaving, lane->contact);
    }
}

static EnigmAccount *
sign_up (Lane *lane, const char *name)
{
  EnigmAccount *account = new_account (lane, name);
  g_autoptr (EnigmSecret) password =
    enigm_secret_new_copy ((const guint8 *) "practice password", 17);
  g_autoptr (EnigmSecret) pin = enigm_secret_new_copy ((const guint8 *) "135790", 6);
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) signed_up = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_load_async (account, NULL, on_awaited, &loaded);
  await_result (&loaded);
  enigm_account_load_finish (account, loaded, &error);
  g_assert_no_error (error);
  enigm_account_sign_up_async (account, lane->origin, lane->trust, name, password, pin, NULL, NULL,
                               on_awaited, &signed_up);
  await_result (&signed_up);
  enigm_account_sign_up_finish (account, signed_up, &error);
  g_assert_no_error (error);
  return account;
}

static void
refresh (EnigmAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_refresh_async (account, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_refresh_finish (account, result, &error);
  g_assert_no_error (error);
}

static void
make_contact (Lane *lane)
{
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) accepted = NULL;
  g_autoptr (EnigmInvitation) invitation = NULL;
  g_autoptr (GError) error = NULL;

  refresh (lane->owner);
  enigm_account_add_contact_async (lane->owner, enigm_account_get_contact_id (lane->contact), NULL,
                                   NULL, on_awaited, &added);
  await_result (&added);
  enigm_account_add_contact_finish (lane->owner, added, &error);
  g_assert_no_error (error);
  refresh (lane->contact);
  invitation = g_list_model_get_item (enigm_account_get_invitations (lane->contact), 0);
  enigm_account_answer_invitation_async (lane->contact, invitation, "accept", NULL, on_awaited,
                                         &accepted);
  await_result (&accepted);
  enigm_account_answer_invitation_finish (lane->contact, accepted, &error);
  g_assert_no_error (error);
}

static Lane *
lane_new (EnigmWorld *world, guint number)
{
  Lane *lane = g_new0 (Lane, 1);
  g_autofree char *name = g_strdup_printf ("lane-%u", number);
  g_autofree char *maker = NULL;
  EnigmPlatform *platform;

  lane->world = world;
  lane->number = number;
  lane->folder = g_build_filename (enigm_world_get_folder (world), name, NULL);
  g_assert_cmpint (g_mkdir_with_parents (lane->folder, 0700), ==, 0);
  maker = g_build_filename (lane->folder, "maker", NULL);
  lane->proxy = delivery_proxy_new ();
  lane->port = enigm_world_find_port ();
  delivery_proxy_set_target (lane->proxy, lane->port);
  lane->origin = g_strdup_printf ("https://localhost:%u", delivery_proxy_get_port (lane->proxy));
  lane->rand = g_rand_new_with_seed (0);
  lane->chance = g_rand_new_with_seed (0);
  lane->raised = g_ptr_array_new_with_free_func (raised_free);
  lane->notices = g_ptr_array_new_with_free_func (g_free);
  make_platform (lane);
  lane->owner = sign_up (lane, "owner");
  lane->contact = sign_up (lane, "contact");
  make_contact (lane);
  platform = enigm_account_get_platform (lane->owner);
  for (guint i = 0; i < KEYS; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s/key-%u", lane->folder, i);

      lane->keys[i] = delivery_key_new (key, maker, enigm_platform_get_identity (platform));
      delivery_key_bind (lane->keys[i], platform);
    }
  for (guint i = 0; i < KEYS; i++)
    g_assert_true (enigm_world_await (delivery_key_is_trusted, lane->keys[i]));
  enigm_account_listen (lane->owner, TRUE);
  g_signal_connect (lane->contact, "alert-changed", G_CALLBACK (on_alert_changed), lane);
  enigm_account_listen (lane->contact, TRUE);
  lane->contact_wanted = TRUE;
  lane->phase = OVER;
  return lane;
}

static gboolean
is_gone (gpointer user_data)
{
  return *(gpointer *) user_data == NULL;
}

static gboolean
is_settled (gpointer account)
{
  return !enigm_account_is_saving (account);
}

static void
close_account (EnigmAccount **account)
{
  gpointer weak = *account;

  enigm_account_listen (*account, FALSE);
  g_assert_true (enigm_world_await (is_settled, *account));
  g_object_add_weak_pointer (weak, &weak);
  g_clear_object (account);
  g_assert_true (enigm_world_await (is_gone, &weak));
}

static void
lane_free (Lane *lane)
{
  for (guint i = 0; i < KEYS; i++)
    delivery_key_free (lane->keys[i]);
  g_signal_handlers_disconnect_by_data (lane->contact, lane);
  close_account (&lane->contact);
  close_account (&lane->owner);
  enigm_world_stop (lane->world, lane->platform);
  g_object_unref (lane->platform);
  delivery_proxy_free (lane->proxy);
  g_object_unref (lane->trust);
  g_rand_free (lane->rand);
  g_rand_free (lane->chance);
  g_ptr_array_unref (lane->raised);
  g_ptr_array_unref (lane->notices);
  g_free (lane->folder);
  g_free (lane->origin);
  g_free (lane);
}

/* What is done, and what goes wrong */

static void
press (Lane *lane, guint key, gboolean is_drill)
{
  Raised *raised;
  char *id;

  if (!delivery_key_raise (lane->keys[key], is_drill, &id))
    return;
  n_raised++;
  raised = g_new (Raised, 1);
  raised->id = id;
  raised->is_drill = is_drill;
  g_ptr_array_add (lane->raised, raised);
}

static void
act (Lane *lane)
{
  const guint key = (guint) g_rand_int_range (lane->rand, 0, KEYS);

  switch (g_rand_int_range (lane->rand, 0, 24))
    {
    case 0:
      restart_platform (lane);
      break;
    case 1:
    case 2:
      n_cuts += delivery_proxy_cut (lane->proxy, g_rand_boolean (lane->rand), 1);
      break;
    case 3:
      n_cuts += delivery_proxy_cut (lane->proxy, g_rand_boolean (lane->rand), 0.5);
      break;
    case 4:
      delivery_proxy_set_refusing (lane->proxy, TRUE);
      break;
    case 5:
      delivery_proxy_set_refusing (lane->proxy, FALSE);
      break;
    case 6:
    case 7:
      lane->contact_wanted = !lane->contact_wanted;
      break;
    case 8:
    case 9:
      delivery_key_set_network (lane->keys[key], FALSE);
      break;
    case 10:
      delivery_key_set_network (lane->keys[key], TRUE);
      break;
    case 11:
    case 12:
      delivery_key_set_clock (lane->keys[key], g_rand_boolean (lane->rand) ? 3600 : -3600);
      break;
    case 13:
      delivery_key_lose_power (lane->keys[key]);
      break;
    case 14:
      for (guint i = 0; i < KEYS; i++)
        press (lane, i, FALSE);
      break;
    case 15:
    case 16:
      delivery_key_end (lane->keys[key]);
      break;
    case 17:
      press (lane, key, TRUE);
      break;
    case 18:
      delivery_key_set_position (lane->keys[key], g_rand_int_range (lane->rand, -90, 90) * 1000000,
                                 g_rand_int_range (lane->rand, -180, 180) * 1000000);
      break;
    default:
      press (lane, key, FALSE);
      break;
    }
}

static void
heal (Lane *lane)
{
  delivery_proxy_set_refusing (lane->proxy, FALSE);
  delivery_proxy_set_chance (lane->proxy, NULL);
  lane->contact_wanted = TRUE;
  for (guint i = 0; i < KEYS; i++)
    delivery_key_set_network (lane->keys[i], TRUE);
}

/* What has to be true then */

static int
find_notice (Lane *lane, const char *id)
{
  for (guint i = 0; i < lane->notices->len; i++)
    if (g_str_equal (lane->notices->pdata[i], id))
      return (int) i;
  return -1;
}

static char *
describe_list (EnigmAccount *account)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0;
       account != NULL && i < g_list_model_get_n_items (enigm_account_get_alerts (account)); i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (enigm_account_get_alerts (account), i);
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (enigm_alert_get_stages (alert), 0);

      g_string_append_printf (text, " %.6s/%s/%s%s", enigm_alert_get_id (alert),
                              enigm_alert_get_state (alert) == ENIGM_ALERT_STATE_ACTIVE ? "active"
                                                                                        : "ended",
                              enigm_alert_stage_get_notified (stage) != 0 ? "n" : "-",
                              enigm_alert_stage_get_seen (stage) != 0 ? "s" : "-");
    }
  return g_string_free (text, FALSE);
}

G_NORETURN static void
give_up (Lane *lane, const char *what)
{
  g_autofree char *owner = describe_list (lane->owner);
  g_autofree char *contact = describe_list (lane->contact);
  GString *raised = g_string_new (NULL);
  GString *notices = g_string_new (NULL);

  for (guint i = 0; i < lane->raised->len; i++)
    g_string_append_printf (raised, " %.6s", ((Raised *) lane->raised->pdata[i])->id);
  for (guint i = 0; i < lane->notices->len; i++)
    g_string_append_printf (notices, " %.6s", (const char *) lane->notices->pdata[i]);
  for (guint i = 0; i < KEYS; i++)
    if (!delivery_key_has_said_all (lane->keys[i]))
      g_string_append_printf (notices, "\nkey %u has more to say", i);
  g_error ("seed %u, phase %d: %s\nraised: %s\nowner:  %s\ncontact:%s\nshown:  %s", lane->seed,
           lane->phase, what, raised->str, owner, contact, notices->str);
}

/* Nothing doubled, order kept: at no time. */
static void
check_notices (Lane *lane)
{
  GListModel *alerts = enigm_account_get_alerts (lane->owner);
  int last = -1;

  for (guint i = 0; i < lane->notices->len; i++)
    if (find_notice (lane, lane->notices->pdata[i]) != (int) i)
      give_up (lane, "an event was shown twice");
  for (guint i = g_list_model_get_n_items (alerts); i-- > 0;)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (alerts, i);
      int place = find_notice (lane, enigm_alert_get_id (alert));

      if (place >= 0 && place < last)
        give_up (lane, "events were shown in another order than they were raised in");
      last = MAX (last, place);
    }
}

static gboolean
knows_alike (Lane *lane, EnigmAlert *own, EnigmAlert *theirs)
{
  g_autoptr (EnigmAlertStage) told = g_list_model_get_item (enigm_alert_get_stages (own), 0);
  g_autoptr (EnigmAlertStage) said = g_list_model_get_item (enigm_alert_get_stages (theirs), 0);
  gboolean shown = find_notice (lane, enigm_alert_get_id (own)) >= 0;

  return g_str_equal (enigm_alert_get_id (own), enigm_alert_get_id (theirs)) &&
         enigm_alert_get_kind (own) == enigm_alert_get_kind (theirs) &&
         enigm_alert_get_state (own) == enigm_alert_get_state (theirs) &&
         g_str_equal (enigm_alert_get_ended_by (own), enigm_alert_get_ended_by (theirs)) &&
         (shown || enigm_alert_get_state (own) == ENIGM_ALERT_STATE_ENDED) &&
         (enigm_alert_stage_get_notified (told) != 0) == shown &&
         enigm_alert_stage_get_notified (told) == enigm_alert_stage_get_notified (said) &&
         enigm_alert_stage_get_seen (told) == enigm_alert_stage_get_seen (said) &&
         !enigm_alert_get_waiting (theirs);
}

/* Nothing lost: once everything works again, the owner has each event that was raised, once, and
 * the contact has the same, in the same order. */
static gboolean
has_arrived (Lane *lane)
{
  GListModel *own = enigm_account_get_alerts (lane->owner);
  GListModel *theirs;
  guint n = g_list_model_get_n_items (own);

  if (lane->contact == NULL || lane->contact_loading || !lane->platform_up)
    return FALSE;
  for (guint i = 0; i < KEYS; i++)
    if (!delivery_key_has_said_all (lane->keys[i]))
      return FALSE;
  theirs = enigm_account_get_alerts (lane->contact);
  if (n != lane->raised->len || g_list_model_get_n_items (theirs) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      Raised *raised = lane->raised->pdata[i];
      EnigmAlert *alert = enigm_account_find_alert (lane->owner, raised->id);

      if (alert == NULL ||
          (enigm_alert_get_kind (alert) == ENIGM_ALERT_KIND_DRILL) != raised->is_drill)
        return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EnigmAlert) mine = g_list_model_get_item (own, i);
      g_autoptr (EnigmAlert) other = g_list_model_get_item (theirs, i);

      if (!knows_alike (lane, mine, other))
        return FALSE;
    }
  return TRUE;
}

/* The run */

static gboolean
on_timer (gpointer user_data)
{
  Lane *lane = user_data;

  lane->timer = 0;
  lane->due = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_a_little (Lane *lane)
{
  lane->due = FALSE;
  lane->timer = g_timeout_add ((guint) g_rand_int_range (lane->rand, 0, 60), on_timer, lane);
}

static void
enter (Lane *lane, Phase phase)
{
  lane->phase = phase;
  lane->since = g_get_monotonic_time ();
}

static void
begin_run (Lane *lane)
{
  if (runs_left == 0)
    {
      lane->phase = OVER;
      return;
    }
  if (--runs_left % 100 == 0)
    g_test_message ("%u runs to begin", runs_left);
  lane->seed = next_seed++;
  g_rand_set_seed (lane->rand, lane->seed);
  g_rand_set_seed (lane->chance, lane->seed);
  g_ptr_array_set_size (lane->raised, 0);
  g_ptr_array_set_size (lane->notices, 0);
  delivery_proxy_set_chance (lane->proxy, lane->chance);
  lane->actions_left = (guint) g_rand_int_range (lane->rand, 4, 14);
  enter (lane, FAULTS);
  wait_a_little (lane);
}

static gboolean
end_all (Lane *lane)
{
  gboolean any = FALSE;

  for (guint i = 0; i < KEYS; i++)
    while (delivery_key_has_open (lane->keys[i]))
      {
        any = TRUE;
        delivery_key_end (lane->keys[i]);
      }
  return any;
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GError) error = NULL;

  lane->deleting = FALSE;
  /* Where the answer was lost it is asked again, and then it may be gone already. */
  if (!enigm_account_delete_alert_finish (lane->owner, result, &error) &&
      !g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY) &&
      !g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED))
    give_up (lane, error->message);
}

static void
delete_next (Lane *lane)
{
  g_autoptr (EnigmAlert) alert = g_list_model_get_item (enigm_account_get_alerts (lane->owner), 0);

  if (lane->deleting || alert == NULL)
    return;
  lane->deleting = TRUE;
  enigm_account_delete_alert_async (lane->owner, alert, NULL, on_deleted, lane);
}

static void
advance (Lane *lane)
{
  attend_to_contact (lane);
  check_notices (lane);
  switch (lane->phase)
    {
    case FAULTS:
      if (!lane->due)
        return;
      if (lane->actions_left-- > 0)
        {
          act (lane);
          wait_a_little (lane);
          return;
        }
      heal (lane);
      enter (lane, SETTLING);
      break;
    case SETTLING:
      if (!has_arrived (lane))
        break;
      end_all (lane);
      enter (lane, ENDING);
      break;
    case ENDING:
      if (!has_arrived (lane))
        break;
      for (guint i = 0; i < lane->raised->len; i++)
        if (enigm_alert_get_state (enigm_account_find_alert (
              lane->owner, ((Raised *) lane->raised->pdata[i])->id)) != ENIGM_ALERT_STATE_ENDED)
          return;
      enter (lane, DELETING);
      break;
    case DELETING:
      delete_next (lane);
      if (lane->deleting || g_list_model_get_n_items (enigm_account_get_alerts (lane->contact)) > 0)
        break;
      begin_run (lane);
      return;
    case OVER:
    default:
      return;
    }
  if (g_get_monotonic_time () - lane->since > DEADLINE * G_USEC_PER_SEC)
    give_up (lane, "something was lost");
}

static int lanes_wanted = 12;
static int runs_wanted = 1000;
static gint64 seed_wanted = -1;

static gboolean
on_heartbeat (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
test_faults (void)
{
  g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_KEYRING);
  g_autoptr (GPtrArray) lanes = g_ptr_array_new ();
  guint n_running;
  guint heartbeat;
  guint32 first;

  next_seed = first = seed_wanted >= 0 ? (guint32) seed_wanted : g_random_int () & 0x3fffffff;
  runs_left = (guint) runs_wanted;
  g_test_message ("%d runs, seeds from %u", runs_wanted, first);
  for (int i = 0; i < MIN (lanes_wanted, runs_wanted); i++)
    g_ptr_array_add (lanes, lane_new (world, (guint) i));
  for (guint i = 0; i < lanes->len; i++)
    begin_run (lanes->pdata[i]);
  /* So that a deadline is looked at also where nothing happens any more. */
  heartbeat = g_timeout_add_seconds (1, on_heartbeat, NULL);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      n_running = 0;
      for (guint i = 0; i < lanes->len; i++)
        {
          Lane *lane = lanes->pdata[i];

          advance (lane);
          n_running += lane->phase != OVER;
        }
    }
  while (n_running > 0);
  g_source_remove (heartbeat);
  g_test_message ("%u events raised, %u shown, %u connections cut, %u restarts of a platform",
                  n_raised, n_shown, n_cuts, n_kills);
  for (guint i = 0; i < lanes->len; i++)
    lane_free (lanes->pdata[i]);
}

/* What goes wrong on purpose is not worth a line each. */
static void
on_logged (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  if ((level & G_LOG_LEVEL_MASK) < G_LOG_LEVEL_MESSAGE)
    g_log_default_handler (domain, level, message, user_data);
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_INT64, &seed_wanted, "The first run's seed", "N" },
    { "runs", 0, 0, G_OPTION_ARG_INT, &runs_wanted, "How many runs", "N" },
    { "lanes", 0, 0, G_OPTION_ARG_INT, &lanes_wanted, "How many at a time", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  g_log_set_default_handler (on_logged, NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  g_test_add_func ("/delivery/faults", test_faults);
  return g_test_run ();
}
