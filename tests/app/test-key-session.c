/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions with a real key, over the practice radio. */
#include "await.h"
#include "enigm-error.h"
#include "enigm-key-session.h"
#include "party.h"

/* What counts as prompt on a slow machine; far from the ten seconds of a time limit. */
#define PROMPT_SECONDS 5
/* Ten failures make a key slow; a few of the tries come too soon to be counted. */
#define TRIES_AT_MOST 100

static Party *party;

static EnigmSetupCode *
new_wrong_code (PartyKey *key)
{
  for (;;)
    {
      g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_random (NULL);

      if (enigm_setup_code_get_discriminator (code) ==
          enigm_setup_code_get_discriminator (key->code))
        return g_steal_pointer (&code);
    }
}

static EnigmKeySession *
try_code (PartyKey *key, EnigmSetupCode *code, GError **error)
{
  g_autoptr (EnigmNearbyKey) nearby = party_key_find (key);
  g_autoptr (GVariant) reset = party_do_to_radio (party, "ResetStatistics", NULL);
  g_autoptr (GAsyncResult) result = NULL;

  enigm_key_session_open_with_code_async (party->radio, nearby, code, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_key_session_open_finish (result, error);
}

/* One try a second is what a key allows: what comes too soon is tried again, as a person does. */
static EnigmKeySession *
try_until_heard (PartyKey *key, EnigmSetupCode *code, GError **error)
{
  for (guint i = 0; i < TRIES_AT_MOST; i++)
    {
      g_autoptr (GError) problem = NULL;
      EnigmKeySession *session = try_code (key, code, &problem);

      if (!g_error_matches (problem, ENIGM_ERROR, ENIGM_ERROR_KEY_BUSY))
        {
          if (problem != NULL)
            g_propagate_error (error, g_steal_pointer (&problem));
          return session;
        }
    }
  g_assert_not_reached ();
}

static EnigmKeySession *
open_session (PartyKey *key)
{
  g_autoptr (GError) error = NULL;
  EnigmKeySession *session = try_until_heard (key, key->code, &error);

  g_assert_no_error (error);
  g_assert_true (ENIGM_IS_KEY_SESSION (session));
  return session;
}

static EnigmMessage *
receive (EnigmKeySession *session, guint seconds, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_key_session_receive_async (session, seconds, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_key_session_receive_finish (session, result, error);
}

static void
receive_certificate (EnigmKeySession *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmMessage) message = receive (session, 10, &error);

  g_assert_no_error (error);
  g_assert_cmpint (message->type, ==, ENIGM_MESSAGE_CERTIFICATE);
  g_assert_cmpuint (message->chain->len, >, 0);
  g_assert_nonnull (enigm_key_session_get_value (session));
}

static gboolean
has_no_devices (gpointer user_data)
{
  return party_count_devices (party) == 0;
}

static gboolean
is_null (gpointer user_data)
{
  return *(gpointer *) user_data == NULL;
}

/* Closed, it is gone: here and in the computer's Bluetooth list. */
static void
close_session (EnigmKeySession *session)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  enigm_key_session_close_async (session, on_awaited, &result);
  await_result (&result);
  enigm_key_session_close_finish (session, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  g_object_unref (session);
  g_assert_true (enigm_world_await (is_null, &session));
}

static void
close_and_look (EnigmKeySession *session)
{
  close_session (session);
  g_assert_cmpuint (party_count_devices (party), ==, 0);
}

static void
assert_gone (EnigmKeySession *session, gint64 since)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmMessage) message = receive (session, 20, &error);

  g_assert_null (message);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE);
  g_assert_cmpint (g_get_monotonic_time () - since, <, PROMPT_SECONDS * G_USEC_PER_SEC);
}

static guint64
count (const char *what)
{
  g_autoptr (GVariant) answer = party_do_to_radio (party, "Statistics", NULL);
  g_autoptr (GVariant) counters = g_variant_get_child_value (answer, 0);
  guint64 n = 0;

  g_assert_true (g_variant_lookup (counters, what, "t", &n));
  return n;
}

static void
test_mtu (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "mtu", NULL, NULL);
  static const guint16 mtus[] = { 517, 23 };
  guint64 n[G_N_ELEMENTS (mtus)];

  party_key_do (key, "hold", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (mtus); i++)
    {
      g_autoptr (GVariant) set =
        party_do_to_radio (party, "SetMtu", g_variant_new ("(q)", mtus[i]));
      EnigmKeySession *session;

      session = open_session (key);
      receive_certificate (session);
      n[i] = count ("Notifications");
      close_and_look (session);
    }
  g_assert_cmpuint (n[0], >, 0);
  g_assert_cmpuint (n[1], >, 5 * n[0]);
  g_variant_unref (party_do_to_radio (party, "SetMtu", g_variant_new ("(q)", 517)));
}

/* A link that ends as it begins is begun anew, twice. */
static void
test_link_ends (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "link-ends", NULL, NULL);
  g_autoptr (GError) error = NULL;
  EnigmKeySession *session;

  party_key_do (key, "hold", NULL);
  g_variant_unref (party_do_to_radio (party, "EndLinks", g_variant_new ("(u)", 2)));
  session = try_code (key, key->code, &error);
  g_assert_no_error (error);
  receive_certificate (session);
  g_assert_cmpuint (count ("Connections"), ==, 3);
  close_and_look (session);

  g_variant_unref (party_do_to_radio (party, "EndLinks", g_variant_new ("(u)", 3)));
  g_assert_null (try_code (key, key->code, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE);
  g_assert_cmpuint (count ("Connections"), ==, 3);
  g_assert_true (enigm_world_await (has_no_devices, NULL));
}

/* bluetoothd may say that all is found before it says what; what never comes is no key's. */
static void
test_found_late (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "found-late", NULL, NULL);
  g_autoptr (GError) error = NULL;
  EnigmKeySession *session;

  party_key_do (key, "hold", NULL);
  g_variant_unref (party_do_to_radio (party, "HastenResolved", g_variant_new ("(u)", 1)));
  session = try_code (key, key->code, &error);
  g_assert_no_error (error);
  receive_certificate (session);
  g_assert_cmpuint (count ("Connections"), ==, 1);
  close_and_look (session);

  g_variant_unref (party_do_to_radio (party, "HideServices", g_variant_new ("(u)", 1)));
  g_assert_null (try_code (key, key->code, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_true (enigm_world_await (has_no_devices, NULL));
}

/* The link may also end on the last steps, when it is as good as open. */
static void
test_lost_while_opening (void)
{
  for (guint packet = 1; packet <= 2; packet++)
    {
      g_autofree char *name = g_strdup_printf ("opening-%u", packet);
      g_autoptr (PartyKey) key = party_key_new (party, name, NULL, NULL);
      g_autoptr (GError) error = NULL;
      EnigmKeySession *session;

      party_key_do (key, "hold", NULL);
      g_variant_unref (party_do_to_radio (party, "CutAt", g_variant_new ("(u)", packet)));
      session = try_code (key, key->code, &error);
      g_assert_no_error (error);
      receive_certificate (session);
      g_assert_cmpuint (count ("Connections"), ==, 2);
      close_and_look (session);
    }
}

/* A wrong code is told apart from all else, leaves nothing behind, and the right one still opens.
 */
static void
test_wrong_code (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "wrong", NULL, NULL);
  g_autoptr (EnigmSetupCode) wrong = new_wrong_code (key);
  g_autoptr (GError) error = NULL;
  EnigmKeySession *session;

  party_key_do (key, "hold", NULL);
  session = try_code (key, wrong, &error);
  g_assert_null (session);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CODE_WRONG);
  g_assert_cmpuint (party_count_devices (party), ==, 0);
  session = open_session (key);
  receive_certificate (session);
  close_and_look (session);
}

static void
test_receive_times_out (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "silent", NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmMessage) message = NULL;
  EnigmKeySession *session;
  gint64 since;

  party_key_do (key, "hold", NULL);
  session = open_session (key);
  receive_certificate (session);
  since = g_get_monotonic_time ();
  message = receive (session, 1, &error);
  g_assert_null (message);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE);
  g_assert_cmpint (g_get_monotonic_time () - since, >=, G_USEC_PER_SEC / 2);
  close_and_look (session);
}

static void
test_cancel_waiting (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "cancel-waiting", NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  EnigmKeySession *session;

  party_key_do (key, "hold", NULL);
  session = open_session (key);
  receive_certificate (session);
  enigm_key_session_receive_async (session, 20, cancellable, on_awaited, &result);
  g_cancellable_cancel (cancellable);
  await_result (&result);
  g_assert_null (enigm_key_session_receive_finish (session, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  close_and_look (session);
}

static void
call_device (GDBusConnection *bus, const char *path, const char *method)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_sync (bus, "org.bluez", path, "org.bluez.Device1", method, NULL, NULL,
                                 G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

static gboolean
is_scanning (gpointer user_data)
{
  return enigm_radio_get_state (user_data) == ENIGM_RADIO_SCANNING;
}

/* An app that was killed leaves the key it was connected to in bluetoothd. The next one takes it
 * out, though not from under somebody who is connected. */
static void
test_left_behind (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "left-behind", NULL, NULL);
  g_autoptr (GDBusConnection) bus = enigm_world_connect (party->world, G_BUS_TYPE_SYSTEM);
  g_autoptr (EnigmNearbyKey) nearby = NULL;
  g_autoptr (EnigmRadio) during = enigm_radio_new (NULL);
  g_autoptr (EnigmRadio) after = enigm_radio_new (NULL);
  const char *path;

  party_key_do (key, "hold", NULL);
  nearby = party_key_find (key);
  enigm_radio_stop_scan (party->radio);
  path = g_dbus_object_get_object_path (enigm_nearby_key_get_object (nearby));
  call_device (bus, path, "Connect");
  enigm_radio_start_scan (during);
  g_assert_true (enigm_world_await (is_scanning, during));
  g_assert_cmpuint (party_count_devices (party), ==, 1);
  enigm_radio_stop_scan (during);

  call_device (bus, path, "Disconnect");
  party_key_stop (key);
  g_assert_cmpuint (party_count_devices (party), ==, 1);
  enigm_radio_start_scan (after);
  g_assert_true (enigm_world_await (has_no_devices, NULL));
  party_key_start (key);
}

static void
on_device_changed (GObject *device, GParamSpec *pspec, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* Stopped at once, as the connection stands, and once the services are known. */
static void
test_cancel_linking (void)
{
  static const char *const moments[] = { NULL, "notify::connected", "notify::services-resolved" };
  g_autoptr (PartyKey) key = party_key_new (party, "cancel-linking", NULL, NULL);
  EnigmKeySession *session;

  party_key_do (key, "hold", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autoptr (EnigmNearbyKey) nearby = party_key_find (key);
      g_autoptr (GDBusInterface) device =
        g_dbus_object_get_interface (enigm_nearby_key_get_object (nearby), "org.bluez.Device1");
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      gulong id = 0;

      if (moments[i] != NULL)
        id = g_signal_connect (device, moments[i], G_CALLBACK (on_device_changed), cancellable);
      enigm_key_session_open_with_code_async (party->radio, nearby, key->code, cancellable,
                                              on_awaited, &result);
      if (moments[i] == NULL)
        g_cancellable_cancel (cancellable);
      await_result (&result);
      g_assert_null (enigm_key_session_open_finish (result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_signal_handler (&id, device);
      g_assert_true (enigm_world_await (has_no_devices, NULL));
    }
  session = open_session (key);
  receive_certificate (session);
  close_and_look (session);
}

static void
on_link_ended (GObject *device, GParamSpec *pspec, gpointer user_data)
{
  gboolean connected;

  g_object_get (device, "connected", &connected, NULL);
  if (!connected)
    g_cancellable_cancel (user_data);
}

/* Stopped after a link that ended as it began, it is not begun anew. */
static void
test_cancel_between_tries (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "cancel-between", NULL, NULL);
  g_autoptr (EnigmNearbyKey) nearby = NULL;
  g_autoptr (GDBusInterface) device = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gulong id;

  party_key_do (key, "hold", NULL);
  nearby = party_key_find (key);
  device = g_dbus_object_get_interface (enigm_nearby_key_get_object (nearby), "org.bluez.Device1");
  g_variant_unref (party_do_to_radio (party, "ResetStatistics", NULL));
  g_variant_unref (party_do_to_radio (party, "EndLinks", g_variant_new ("(u)", 3)));
  id = g_signal_connect (device, "notify::connected", G_CALLBACK (on_link_ended), cancellable);
  enigm_key_session_open_with_code_async (party->radio, nearby, key->code, cancellable, on_awaited,
                                          &result);
  await_result (&result);
  g_assert_null (enigm_key_session_open_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_signal_handler (&id, device);
  g_assert_cmpuint (count ("Connections"), ==, 1);
  g_assert_true (enigm_world_await (has_no_devices, NULL));
  g_variant_unref (party_do_to_radio (party, "EndLinks", g_variant_new ("(u)", 0)));
}

static void
on_moment (GObject *device, GParamSpec *pspec, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_true (gpointer user_data)
{
  return *(gboolean *) user_data;
}

/* The whole of Bluetooth goes while a link is opened, as the connection stands and once the
 * services are known: said at once, and the next one opens. */
static void
test_radio_ends_while_opening (void)
{
  static const char *const moments[] = { "notify::connected", "notify::services-resolved" };
  g_autoptr (PartyKey) key = party_key_new (party, "ends-opening", NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autoptr (EnigmNearbyKey) nearby = NULL;
      g_autoptr (GDBusInterface) device = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      EnigmKeySession *session;
      gboolean reached = FALSE;
      gint64 since;
      gulong id;

      party_key_do (key, "hold", NULL);
      nearby = party_key_find (key);
      device =
        g_dbus_object_get_interface (enigm_nearby_key_get_object (nearby), "org.bluez.Device1");
      id = g_signal_connect (device, moments[i], G_CALLBACK (on_moment), &reached);
      enigm_key_session_open_with_code_async (party->radio, nearby, key->code, NULL, on_awaited,
                                              &result);
      g_assert_true (enigm_world_await (is_true, &reached));
      since = g_get_monotonic_time ();
      enigm_world_stop_radio (party->world);
      await_result (&result);
      g_assert_null (enigm_key_session_open_finish (result, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE);
      g_assert_cmpint (g_get_monotonic_time () - since, <, PROMPT_SECONDS * G_USEC_PER_SEC);
      g_clear_signal_handler (&id, device);

      enigm_world_start_radio (party->world, 2);
      party_key_do (key, "hold", NULL);
      session = open_session (key);
      receive_certificate (session);
      close_and_look (session);
    }
}

static void
test_out_of_range (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "range", NULL, NULL);
  g_autoptr (EnigmNearbyKey) nearby = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  EnigmKeySession *session;

  party_key_do (key, "hold", NULL);
  session = open_session (key);
  receive_certificate (session);
  party_set_range (party, FALSE);
  assert_gone (session, g_get_monotonic_time ());
  close_session (session);
  g_assert_true (enigm_world_await (has_no_devices, NULL));

  /* And while it is only being connected to. */
  party_set_range (party, TRUE);
  nearby = party_key_find (key);
  enigm_key_session_open_with_code_async (party->radio, nearby, key->code, NULL, on_awaited,
                                          &result);
  party_set_range (party, FALSE);
  await_result (&result);
  g_assert_null (enigm_key_session_open_finish (result, &error));
  /* Whether it was connected by then is a matter of moments. */
  g_assert_true (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE) ||
                 g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_KEY_BUSY));
  party_set_range (party, TRUE);
  session = open_session (key);
  receive_certificate (session);
  close_and_look (session);
}

static void
test_radio_ends (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "radio-ends", NULL, NULL);
  EnigmKeySession *session;
  gint64 since;

  party_key_do (key, "hold", NULL);
  session = open_session (key);
  receive_certificate (session);
  since = g_get_monotonic_time ();
  enigm_world_stop_radio (party->world);
  assert_gone (session, since);
  close_session (session);

  enigm_world_start_radio (party->world, 2);
  party_key_do (key, "hold", NULL);
  session = open_session (key);
  receive_certificate (session);
  close_and_look (session);
}

static void
test_key_ends (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "key-ends", NULL, NULL);
  EnigmKeySession *session;
  gint64 since;

  party_key_do (key, "hold", NULL);
  session = open_session (key);
  receive_certificate (session);
  since = g_get_monotonic_time ();
  g_subprocess_force_exit (key->process);
  assert_gone (session, since);
  close_session (session);
  g_assert_true (enigm_world_await (has_no_devices, NULL));
}

typedef struct
{
  PartyKey *key;
  const char *prefix;
  EnigmNearbyKey *nearby;
} Ear;

static gboolean
is_heard_elsewhere (gpointer user_data)
{
  Ear *ear = user_data;
  g_autolist (GDBusObject) objects =
    g_dbus_object_manager_get_objects (enigm_radio_get_manager (party->radio));

  for (GList *l = objects; l != NULL && ear->nearby == NULL; l = l->next)
    if (g_str_has_prefix (g_dbus_object_get_object_path (l->data), ear->prefix))
      ear->nearby = enigm_nearby_key_new (l->data);
  return ear->nearby != NULL;
}

/* A key talks to one computer at a time and is off the air meanwhile: another one does not get
 * through to it, and does not disturb. */
static void
test_second_computer (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "second", NULL, NULL);
  g_autoptr (GDBusConnection) bus = enigm_world_connect (party->world, G_BUS_TYPE_SYSTEM);
  g_autoptr (GVariant) adapter = party_do_to_radio (party, "AddAdapter", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *prefix = NULL;
  g_autoptr (EnigmNearbyKey) nearby = NULL;
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (EnigmMessage) ask = enigm_message_new (ENIGM_MESSAGE_ASK);
  EnigmKeySession *session;
  Ear ear = { .key = key };
  const char *name;

  g_variant_get (adapter, "(&s)", &name);
  path = g_strconcat ("/org/bluez/", name, NULL);
  prefix = g_strconcat (path, "/", NULL);
  ear.prefix = prefix;
  answer = g_dbus_connection_call_sync (
    bus, "org.bluez", path, "org.freedesktop.DBus.Properties", "Set",
    g_variant_new ("(ssv)", "org.bluez.Adapter1", "Powered", g_variant_new_boolean (TRUE)), NULL,
    G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_clear_pointer (&answer, g_variant_unref);
  answer =
    g_dbus_connection_call_sync (bus, "org.bluez", path, "org.bluez.Adapter1", "StartDiscovery",
                                 NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);

  party_key_do (key, "hold", NULL);
  g_assert_true (enigm_world_await (is_heard_elsewhere, &ear));
  nearby = ear.nearby;
  session = open_session (key);
  receive_certificate (session);
  enigm_key_session_open_with_code_async (party->radio, nearby, key->code, NULL, on_awaited,
                                          &result);
  await_result (&result);
  g_assert_null (enigm_key_session_open_finish (result, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_BUSY);
  g_clear_error (&error);

  /* The first conversation goes on. */
  enigm_key_session_send (session, ask);
  message = receive (session, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpint (message->type, ==, ENIGM_MESSAGE_STATE);
  close_session (session);
  g_variant_unref (party_do_to_radio (party, "RemoveAdapter", g_variant_new ("(s)", name)));
}

/* After ten failures a key takes its time, whatever the next code is. */
static void
test_many_tries (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "tries", NULL, NULL);
  g_autoptr (EnigmSetupCode) wrong = new_wrong_code (key);
  guint n_wrong = 0;

  party_key_do (key, "hold", NULL);
  for (;;)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (try_until_heard (key, wrong, &error));
      g_assert_cmpuint (party_count_devices (party), ==, 0);
      if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_KEY_WAIT))
        {
          const char *seconds = strpbrk (error->message, "0123456789");
          guint64 n;

          g_assert_nonnull (seconds);
          n = g_ascii_strtoull (seconds, NULL, 10);
          g_assert_cmpuint (n, >, 1);
          g_assert_cmpuint (n, <=, 10);
          break;
        }
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CODE_WRONG);
      n_wrong++;
    }
  g_assert_cmpuint (n_wrong, ==, 10);
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (try_code (key, key->code, &error));
    g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_WAIT);
  }
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/key-session/open/mtu", test_mtu);
  g_test_add_func ("/app/key-session/open/link-ends", test_link_ends);
  g_test_add_func ("/app/key-session/open/found-late", test_found_late);
  g_test_add_func ("/app/key-session/open/lost-while-opening", test_lost_while_opening);
  g_test_add_func ("/app/key-session/open/wrong-code", test_wrong_code);
  g_test_add_func ("/app/key-session/busy/second-computer", test_second_computer);
  g_test_add_func ("/app/key-session/end/receive-times-out", test_receive_times_out);
  g_test_add_func ("/app/key-session/end/cancel-waiting", test_cancel_waiting);
  g_test_add_func ("/app/key-session/end/cancel-linking", test_cancel_linking);
  g_test_add_func ("/app/key-session/end/cancel-between-tries", test_cancel_between_tries);
  g_test_add_func ("/app/key-session/end/left-behind", test_left_behind);
  g_test_add_func ("/app/key-session/lost/out-of-range", test_out_of_range);
  g_test_add_func ("/app/key-session/lost/radio-ends", test_radio_ends);
  g_test_add_func ("/app/key-session/lost/radio-ends-while-opening", test_radio_ends_while_opening);
  g_test_add_func ("/app/key-session/lost/key-ends", test_key_ends);
  g_test_add_func ("/app/key-session/tries/many", test_many_tries);

  party = party_new ();
  code = g_test_run ();
  party_free (party);
  return code;
}
