/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two computers want one key at once: one has it, the other is told why, and goes on by itself. */
#include "enigm-error.h"
#include "enigm-pairing.h"

#include "await.h"
#include "party.h"

static Party *party;

/* One computer's pairing, and the hand that presses when it is asked to: at once, or only when the
 * other one has been told why it has to wait. */
typedef struct _Side Side;
struct _Side
{
  EnigmPairing *pairing;
  PartyKey *key;
  Side *waited_for;
  Side *waits_for_us;
  gboolean asked;
  gboolean told;
  gboolean over;
  gboolean paired;
  GError *error;
};

static void
press_if_asked (Side *side)
{
  if (!side->asked || (side->waited_for != NULL && !side->waited_for->told))
    return;
  side->asked = FALSE;
  party_key_do (side->key, "press", NULL);
}

static void
on_step_changed (EnigmPairingSteps *steps, guint step, gpointer user_data)
{
  Side *side = user_data;

  if (strstr (enigm_pairing_steps_get_sentence (steps, step), "perhaps with another computer"))
    {
      side->told = TRUE;
      if (side->waits_for_us != NULL)
        press_if_asked (side->waits_for_us);
    }
  if (step == ENIGM_PAIRING_CONFIRM && enigm_pairing_get_seconds_left (side->pairing) > 0)
    {
      side->asked = TRUE;
      press_if_asked (side);
    }
}

static void
on_paired (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Side *side = user_data;

  side->paired = enigm_pairing_run_finish (ENIGM_PAIRING (object), result, &side->error);
  side->over = TRUE;
}

static void
side_begin (Side *side, EnigmAccount *account, PartyKey *key, EnigmNearbyKey *nearby)
{
  side->key = key;
  side->pairing = enigm_pairing_new (party->radio, enigm_account_get_platform (account),
                                     enigm_account_get_keyring (account),
                                     enigm_account_get_computer_id (account));
  g_signal_connect (enigm_pairing_get_steps (side->pairing), "changed",
                    G_CALLBACK (on_step_changed), side);
  enigm_pairing_run_async (side->pairing, key->code, nearby, NULL, on_paired, side);
}

static void
side_end (Side *side)
{
  g_signal_handlers_disconnect_by_data (enigm_pairing_get_steps (side->pairing), side);
  g_clear_object (&side->pairing);
  g_clear_error (&side->error);
}

static gboolean
are_over (gpointer user_data)
{
  Side *sides = user_data;

  return sides[0].over && sides[1].over;
}

typedef struct
{
  char *prefix;
  PartyKey *key;
  EnigmNearbyKey *nearby;
} Ear;

static gboolean
is_heard (gpointer user_data)
{
  Ear *ear = user_data;
  g_autolist (GDBusObject) objects =
    g_dbus_object_manager_get_objects (enigm_radio_get_manager (party->radio));

  for (GList *l = objects; l != NULL && ear->nearby == NULL; l = l->next)
    if (g_str_has_prefix (g_dbus_object_get_object_path (l->data), ear->prefix))
      ear->nearby = enigm_nearby_key_new (l->data);
  return ear->nearby != NULL;
}

static void
call_adapter (GDBusConnection *bus,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_sync (bus, "org.bluez", path, interface, method, parameters, NULL,
                                 G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

/* The key as another adapter hears it, that of the second computer. */
static EnigmNearbyKey *
hear_elsewhere (PartyKey *key, GDBusConnection *bus, char **adapter)
{
  g_autoptr (GVariant) added = party_do_to_radio (party, "AddAdapter", NULL);
  g_autofree char *path = NULL;
  Ear ear = { .key = key };

  g_variant_get (added, "(s)", adapter);
  path = g_strconcat ("/org/bluez/", *adapter, NULL);
  ear.prefix = g_strconcat (path, "/", NULL);
  call_adapter (
    bus, path, "org.freedesktop.DBus.Properties", "Set",
    g_variant_new ("(ssv)", "org.bluez.Adapter1", "Powered", g_variant_new_boolean (TRUE)));
  call_adapter (bus, path, "org.bluez.Adapter1", "StartDiscovery", NULL);
  g_assert_true (enigm_world_await (is_heard, &ear));
  g_free (ear.prefix);
  return ear.nearby;
}

static gboolean
has_key (gpointer user_data)
{
  Side *side = user_data;

  return side->over || enigm_pairing_steps_get_state (enigm_pairing_get_steps (side->pairing),
                                                      ENIGM_PAIRING_CODE) == ENIGM_PAIRING_DONE;
}

/* The first begins first, and has the key. */
static void
contend (EnigmAccount *one, EnigmAccount *other, PartyKey *key, Side sides[2])
{
  g_autoptr (GDBusConnection) bus = enigm_world_connect (party->world, G_BUS_TYPE_SYSTEM);
  g_autoptr (EnigmNearbyKey) here = NULL;
  g_autoptr (EnigmNearbyKey) there = NULL;
  g_autofree char *adapter = NULL;

  party_key_do (key, "hold", NULL);
  here = party_key_find (key);
  there = hear_elsewhere (key, bus, &adapter);
  side_begin (&sides[0], one, key, here);
  g_assert_true (enigm_world_await (has_key, &sides[0]));
  side_begin (&sides[1], other, key, there);
  g_assert_true (enigm_world_await (are_over, sides));
  g_variant_unref (party_do_to_radio (party, "RemoveAdapter", g_variant_new ("(s)", adapter)));
}

static guint
count_trusted (EnigmAccount *account)
{
  GListModel *keys = enigm_account_get_keys (account);
  guint n = 0;

  party_refresh (account);
  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      n += enigm_key_get_state (key) == ENIGM_KEY_STATE_TRUSTED;
    }
  return n;
}

static void
test_accounts (void)
{
  g_autoptr (EnigmAccount) one = party_sign_up (party, "one");
  g_autoptr (EnigmAccount) other = party_sign_up (party, "other");
  g_autoptr (PartyKey) key = party_key_new (party, "wanted-by-two", NULL, NULL);
  Side sides[2] = { 0 };
  guint loser;

  contend (one, other, key, sides);
  g_assert_true (sides[0].paired != sides[1].paired);
  loser = sides[0].paired ? 1 : 0;
  g_assert_error (sides[loser].error, ENIGM_ERROR, ENIGM_ERROR_KEY_OWNED);
  g_assert_nonnull (strstr (sides[loser].error->message, "belongs to another account"));
  g_assert_cmpuint (count_trusted (one) + count_trusted (other), ==, 1);
  side_end (&sides[0]);
  side_end (&sides[1]);
}

static void
test_computers (void)
{
  g_autoptr (EnigmAccount) one = party_sign_up (party, "twice");
  g_autoptr (EnigmAccount) other = party_sign_in (party, "twice", "twice-second");
  g_autoptr (PartyKey) key = party_key_new (party, "wanted-twice", NULL, NULL);
  Side sides[2] = { { .waited_for = &sides[1] }, { .waits_for_us = &sides[0] } };

  contend (one, other, key, sides);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_no_error (sides[i].error);
      g_assert_true (sides[i].paired);
    }
  g_assert_true (sides[1].told);
  g_assert_cmpstr (enigm_pairing_get_binding (sides[0].pairing), ==,
                   enigm_pairing_get_binding (sides[1].pairing));
  g_assert_cmpuint (count_trusted (one), ==, 1);
  side_end (&sides[0]);
  side_end (&sides[1]);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/faults/contention/two-accounts", test_accounts);
  g_test_add_func ("/faults/contention/two-computers", test_computers);
  party = party_new ();
  code = g_test_run ();
  party_free (party);
  return code;
}
