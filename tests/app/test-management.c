/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Meeting a key again without its code: a real key, the practice radio, a real keyring. */
#include "enigm-management.h"

#include "await.h"
#include "enigm-error.h"
#include "enigm-text.h"
#include "party.h"

#define NOBODYS_BINDING "00112233445566778899aabbccddeeff"

static Party *party;

static EnigmKeySession *
meet (EnigmAccount *account, const char *binding, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_management_open_async (party->radio, enigm_account_get_keyring (account), binding,
                               cancellable, on_awaited, &result);
  await_result (&result);
  return enigm_management_open_finish (result, error);
}

/* Whose key it is shows in its first message. */
static void
assert_meets (EnigmAccount *account, const char *binding)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmKeySession) session = meet (account, binding, NULL, &error);
  g_autoptr (GAsyncResult) received = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (EnigmMessage) message = NULL;
  guint8 expected[ENIGM_ID_SIZE];

  g_assert_no_error (error);
  enigm_key_session_receive_async (session, 10, NULL, on_awaited, &received);
  await_result (&received);
  message = enigm_key_session_receive_finish (session, received, &error);
  g_assert_no_error (error);
  g_assert_cmpint (message->type, ==, ENIGM_MESSAGE_STATE);
  g_assert_cmpint (message->state, ==, ENIGM_REPORTED_TRUSTED);
  g_assert_true (message->has_binding);
  g_assert_true (enigm_hex_decode (binding, expected, sizeof expected));
  g_assert_cmpmem (message->binding, sizeof message->binding, expected, sizeof expected);
  enigm_key_session_close_async (session, on_awaited, &closed);
  await_result (&closed);
  enigm_key_session_close_finish (session, closed, &error);
  g_assert_no_error (error);
}

/* All of them, since with one off the app takes the next. */
static void
set_powered (gboolean powered)
{
  static const char *const adapters[] = { "/org/bluez/hci0", "/org/bluez/hci1" };
  g_autoptr (GDBusConnection) bus = enigm_world_connect (party->world, G_BUS_TYPE_SYSTEM);

  for (guint i = 0; i < G_N_ELEMENTS (adapters); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        bus, "org.bluez", adapters[i], "org.freedesktop.DBus.Properties", "Set",
        g_variant_new ("(ssv)", "org.bluez.Adapter1", "Powered", g_variant_new_boolean (powered)),
        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

      g_assert_no_error (error);
    }
}

typedef struct
{
  EnigmRadioState state;
} Expected;

static gboolean
is_in_state (gpointer user_data)
{
  return enigm_radio_get_state (party->radio) == ((Expected *) user_data)->state;
}

static void
await_state (EnigmRadioState state)
{
  Expected expected = { state };

  g_assert_true (enigm_world_await (is_in_state, &expected));
}

/* Twice with one holding of the button, since a person asks one thing and then another. */
static void
test_meet (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "meet");
  g_autoptr (PartyKey) key = party_key_new (party, "meet", NULL, NULL);
  g_autofree char *binding = party_key_pair (key, account);

  party_key_do (key, "hold", NULL);
  assert_meets (account, binding);
  g_assert_cmpuint (party_count_devices (party), ==, 0);
  assert_meets (account, binding);
  g_assert_cmpuint (party_count_devices (party), ==, 0);
}

static void
test_no_secret (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "no-secret");
  g_autoptr (GError) error = NULL;

  await_state (ENIGM_RADIO_READY);
  g_assert_null (meet (account, NOBODYS_BINDING, NULL, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_UNKNOWN);
  g_assert_nonnull (strstr (error->message, "setup code"));
}

/* Off from the start, and switched off while the key is looked for. */
static void
test_bluetooth_off (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "off");
  PartyKey *key = party_key_new (party, "off", NULL, NULL);
  g_autofree char *binding = party_key_pair (key, account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  /* Its window is still open, for which it would switch its adapter on again. */
  party_key_free (key);
  set_powered (FALSE);
  await_state (ENIGM_RADIO_OFF);
  g_assert_null (meet (account, binding, NULL, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_RADIO_OFF);
  g_clear_error (&error);

  set_powered (TRUE);
  await_state (ENIGM_RADIO_READY);
  enigm_management_open_async (party->radio, enigm_account_get_keyring (account), binding, NULL,
                               on_awaited, &result);
  await_state (ENIGM_RADIO_SCANNING);
  set_powered (FALSE);
  await_result (&result);
  g_assert_null (enigm_management_open_finish (result, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_RADIO_OFF);

  set_powered (TRUE);
  await_state (ENIGM_RADIO_READY);
}

static void
on_state_changed (GObject *radio, GParamSpec *pspec, gpointer user_data)
{
  if (enigm_radio_get_state (party->radio) == ENIGM_RADIO_SCANNING)
    g_cancellable_cancel (user_data);
}

static void
on_keys_changed (GListModel *keys, guint position, guint removed, guint added, gpointer user_data)
{
  if (added > 0)
    g_cancellable_cancel (user_data);
}

static gboolean
has_no_devices (gpointer user_data)
{
  return party_count_devices (party) == 0;
}

/* Before it looks, while it looks, and as it meets the key. */
static void
test_cancel (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "cancel");
  g_autoptr (PartyKey) key = party_key_new (party, "cancel", NULL, NULL);
  g_autofree char *binding = party_key_pair (key, account);

  for (guint moment = 0; moment < 3; moment++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GListModel *keys = enigm_radio_get_keys (party->radio);
      gulong state_id = 0, keys_id = 0;

      await_state (ENIGM_RADIO_READY);
      if (moment == 0)
        g_cancellable_cancel (cancellable);
      else if (moment == 1)
        state_id = g_signal_connect (party->radio, "notify::state", G_CALLBACK (on_state_changed),
                                     cancellable);
      else
        {
          party_key_do (key, "hold", NULL);
          keys_id = g_signal_connect_after (keys, "items-changed", G_CALLBACK (on_keys_changed),
                                            cancellable);
        }
      g_assert_null (meet (account, binding, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_signal_handler (&state_id, party->radio);
      g_clear_signal_handler (&keys_id, keys);
      /* It does not go on looking for nobody. */
      await_state (ENIGM_RADIO_READY);
    }
  g_assert_true (enigm_world_await (has_no_devices, NULL));
  assert_meets (account, binding);
}

/* Keys on the air do not say whose they are. */
static void
test_somebody_elses (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "mine");
  g_autoptr (EnigmAccount) stranger = party_sign_up (party, "theirs");
  g_autoptr (GVariant) adapter = party_do_to_radio (party, "AddAdapter", NULL);
  g_autoptr (PartyKey) key = party_key_new (party, "mine", NULL, NULL);
  g_autoptr (PartyKey) other = NULL;
  g_autofree char *binding = party_key_pair (key, account);
  g_autofree char *others = NULL;
  g_autoptr (EnigmNearbyKey) first = NULL;
  g_autoptr (EnigmNearbyKey) second = NULL;
  const char *name;

  g_variant_get (adapter, "(&s)", &name);
  other = party_key_new_on (party, "theirs", NULL, NULL, name);
  others = party_key_pair (other, stranger);
  party_key_do (other, "hold", NULL);
  first = party_key_find (other);
  party_key_do (key, "hold", NULL);
  second = party_key_find (key);
  g_assert_true (enigm_nearby_key_get_bound (first));
  g_assert_true (enigm_nearby_key_get_bound (second));
  assert_meets (account, binding);
  assert_meets (stranger, others);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/management/meet/no-secret", test_no_secret);
  g_test_add_func ("/app/management/meet/again", test_meet);
  g_test_add_func ("/app/management/stopped/bluetooth-off", test_bluetooth_off);
  g_test_add_func ("/app/management/stopped/cancel", test_cancel);
  g_test_add_func ("/app/management/meet/somebody-elses", test_somebody_elses);

  party = party_new ();
  code = g_test_run ();
  party_free (party);
  return code;
}
