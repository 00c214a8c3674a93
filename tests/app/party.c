/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "party.h"

#include "enigm-pairing.h"

#define PASSWORD PARTY_PASSWORD
#define PIN PARTY_PIN

static char *
run (Party *self, const char *const *argv)
{
  g_autoptr (GSubprocess) process =
    enigm_world_spawn (self->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  g_autoptr (GError) error = NULL;
  char *line = enigm_world_await_line (process);

  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
  return line;
}

/* A maker of keys: its CA. Returns its folder. */
char *
party_make_maker (Party *self, const char *name)
{
  g_autofree char *program = enigm_world_find_program ("peers/key/enigm-key");
  char *folder = g_build_filename (enigm_world_get_folder (self->world), name, NULL);
  const char *argv[] = { program, "make-ca", "--dir", folder, NULL };

  g_free (run (self, argv));
  return folder;
}

static void
start_platform (Party *self)
{
  g_autofree char *program = enigm_world_find_program ("peers/platform/enigm-platform");
  g_autofree char *maker_ca = g_build_filename (self->maker, "maker-ca.pem", NULL);
  g_autofree char *config = g_build_filename (self->platform_dir, "platform.conf", NULL);
  const char *init[] = { program,      "init",   "--dir",    self->platform_dir,
                         "--maker-ca", maker_ca, "--origin", "https://localhost",
                         NULL };
  g_autofree char *port = g_strdup_printf ("%u", enigm_world_find_port ());
  const char *serve[] = { program, "serve", "--config", config, "--port", port, NULL };
  g_autofree char *line = NULL;

  g_free (run (self, init));
  self->platform = enigm_world_spawn (self->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, serve);
  line = enigm_world_await_line (self->platform);
  g_assert_true (g_str_has_prefix (line, "listening on "));
  self->origin = g_strdup (line + strlen ("listening on "));
}

Party *
party_new (void)
{
  Party *self = g_new0 (Party, 1);

  self->world = enigm_world_new (ENIGM_WORLD_RADIO | ENIGM_WORLD_KEYRING);
  self->maker = party_make_maker (self, "maker");
  self->platform_dir = g_build_filename (enigm_world_get_folder (self->world), "platform", NULL);
  start_platform (self);
  self->radio = enigm_radio_new (NULL);
  return self;
}

void
party_free (Party *self)
{
  g_clear_object (&self->radio);
  enigm_world_stop (self->world, self->platform);
  g_object_unref (self->platform);
  enigm_world_free (self->world);
  g_free (self->maker);
  g_free (self->platform_dir);
  g_free (self->origin);
  g_free (self);
}

/* Accounts */

static gboolean
is_set (gpointer user_data)
{
  return *(gpointer *) user_data != NULL;
}

static void
on_finished (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static EnigmSecret *
new_secret (const char *text)
{
  return enigm_secret_new_copy ((const guint8 *) text, strlen (text));
}

static EnigmAccount *
sign (Party *self, const char *user, const char *data_dir_name, gboolean up)
{
  g_autofree char *data_dir =
    g_build_filename (enigm_world_get_folder (self->world), data_dir_name, NULL);
  g_autofree char *ca_path = g_build_filename (self->platform_dir, "ca.pem", NULL);
  g_autofree char *pem = NULL;
  gsize pem_size;
  g_autoptr (GBytes) ca = NULL;
  g_autoptr (EnigmTrust) trust = NULL;
  g_autoptr (EnigmKeyring) keyring = enigm_keyring_new ();
  g_autoptr (EnigmSecret) password = new_secret (PASSWORD);
  g_autoptr (EnigmSecret) pin = new_secret (PIN);
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) signed_in = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAccount *account = enigm_account_new (data_dir, keyring);

  g_assert_true (g_file_get_contents (ca_path, &pem, &pem_size, NULL));
  ca = g_bytes_new (pem, pem_size);
  trust = enigm_trust_new_ca (ca, &error);
  g_assert_no_error (error);
  enigm_account_load_async (account, NULL, on_finished, &loaded);
  g_assert_true (enigm_world_await (is_set, &loaded));
  enigm_account_load_finish (account, loaded, &error);
  g_assert_no_error (error);
  if (up)
    enigm_account_sign_up_async (account, self->origin, trust, user, password, pin, NULL, NULL,
                                 on_finished, &signed_in);
  else
    enigm_account_sign_in_async (account, self->origin, trust, user, password, NULL, NULL,
                                 on_finished, &signed_in);
  g_assert_true (enigm_world_await (is_set, &signed_in));
  if (up)
    enigm_account_sign_up_finish (account, signed_in, &error);
  else
    enigm_account_sign_in_finish (account, signed_in, &error);
  g_assert_no_error (error);
  return account;
}

EnigmAccount *
party_sign_up (Party *self, const char *user)
{
  return sign (self, user, user, TRUE);
}

/* Another computer of the same account: another folder of data. */
EnigmAccount *
party_sign_in (Party *self, const char *user, const char *data_dir_name)
{
  return sign (self, user, data_dir_name, FALSE);
}

void
party_refresh (EnigmAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_refresh_async (account, NULL, on_finished, &result);
  g_assert_true (enigm_world_await (is_set, &result));
  enigm_account_refresh_finish (account, result, &error);
  g_assert_no_error (error);
}

/* Keys */

PartyKey *
party_key_new (Party *self, const char *name, const char *maker, const char *identity)
{
  return party_key_new_on (self, name, maker, identity, "hci1");
}

/* A key on the adapter of that name, for a second one in reach. */
PartyKey *
party_key_new_on (Party *self,
                  const char *name,
                  const char *maker,
                  const char *identity,
                  const char *adapter)
{
  PartyKey *key = g_new0 (PartyKey, 1);
  g_autofree char *program = enigm_world_find_program ("peers/key/enigm-key");
  g_autofree char *folder = g_strconcat ("key-", name, NULL);
  g_autofree char *state = g_build_filename (enigm_world_get_folder (self->world), folder, NULL);
  g_autofree char *public_key = identity != NULL
                                  ? g_strdup (identity)
                                  : g_build_filename (self->platform_dir, "identity.pub", NULL);
  const char *factory[] = {
    program,          "factory",  "--state", state, "--ca-dir", maker != NULL ? maker : self->maker,
    "--platform-key", public_key, NULL
  };
  g_autofree char *code = run (self, factory);
  g_autoptr (GError) error = NULL;

  key->party = self;
  key->code = enigm_setup_code_new_parse (code, &error);
  g_assert_no_error (error);
  key->state = g_strdup (state);
  key->adapter = g_strdup (adapter);
  key->control = g_strconcat (state, ".control", NULL);
  party_key_start (key);
  return key;
}

void
party_key_start (PartyKey *self)
{
  g_autofree char *program = enigm_world_find_program (
    self->party->key_program != NULL ? self->party->key_program : "peers/key/enigm-key");
  g_autofree char *ctl = enigm_world_find_program ("peers/key/enigm-keyctl");
  g_autofree char *ready = NULL;
  const char *run[] = { program,       "run",       "--state",     self->state, "--adapter",
                        self->adapter, "--control", self->control, NULL };
  const char *watch[] = { ctl, "--control", self->control, "watch", NULL };

  self->process = enigm_world_spawn (self->party->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, run);
  ready = enigm_world_await_line (self->process);
  g_assert_cmpstr (ready, ==, "ready");
  self->watch = enigm_world_spawn (self->party->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, watch);
}

void
party_key_stop (PartyKey *self)
{
  enigm_world_stop (self->party->world, self->watch);
  enigm_world_stop (self->party->world, self->process);
  g_clear_object (&self->watch);
  g_clear_object (&self->process);
}

void
party_key_free (PartyKey *self)
{
  party_key_stop (self);
  enigm_setup_code_unref (self->code);
  g_free (self->state);
  g_free (self->adapter);
  g_free (self->control);
  g_free (self);
}

/* What a hand does to the key. */
void
party_key_do (PartyKey *self, const char *command, const char *argument)
{
  g_autofree char *program = enigm_world_find_program ("peers/key/enigm-keyctl");
  const char *argv[] = { program, "--control", self->control, command, argument, NULL };

  g_free (run (self->party, argv));
}

/* What can be seen of the key, a JSON object. */
char *
party_key_ask_state (PartyKey *self)
{
  g_autofree char *program = enigm_world_find_program ("peers/key/enigm-keyctl");
  const char *argv[] = { program, "--control", self->control, "state", NULL };

  return run (self->party, argv);
}

/* Waits until the key shows or feels like @line. */
void
party_key_await (PartyKey *self, const char *line)
{
  for (;;)
    {
      g_autofree char *felt = enigm_world_await_line (self->watch);

      g_assert_nonnull (felt);
      if (g_str_equal (felt, line))
        return;
    }
}

typedef struct
{
  EnigmPairing *pairing;
  PartyKey *key;
  gboolean pressed;
} Hand;

static void
on_pairing_changed (EnigmPairingSteps *steps, guint step, gpointer user_data)
{
  Hand *hand = user_data;

  if (step != ENIGM_PAIRING_CONFIRM || hand->pressed ||
      enigm_pairing_get_seconds_left (hand->pairing) == 0)
    return;
  hand->pressed = TRUE;
  party_key_do (hand->key, "press", NULL);
}

/* Pairs @self with @account, button and all. Returns the binding ID. */
char *
party_key_pair (PartyKey *self, EnigmAccount *account)
{
  g_autoptr (EnigmPairing) pairing = enigm_pairing_new (
    self->party->radio, enigm_account_get_platform (account), enigm_account_get_keyring (account),
    enigm_account_get_computer_id (account));
  Hand hand = { pairing, self, FALSE };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (enigm_pairing_get_steps (pairing), "changed", G_CALLBACK (on_pairing_changed),
                    &hand);
  party_key_do (self, "hold", NULL);
  enigm_pairing_run_async (pairing, self->code, NULL, NULL, on_finished, &result);
  g_assert_true (enigm_world_await (is_set, &result));
  enigm_pairing_run_finish (pairing, result, &error);
  g_assert_no_error (error);
  g_signal_handlers_disconnect_by_data (enigm_pairing_get_steps (pairing), &hand);
  party_refresh (account);
  return g_strdup (enigm_pairing_get_binding (pairing));
}

/* The radio */

static gboolean
is_heard (gpointer user_data)
{
  PartyKey *self = user_data;
  g_autoptr (EnigmNearbyKey) key = party_key_dup_nearby (self);

  return key != NULL;
}

/* What the computer hears of @self, or NULL. */
EnigmNearbyKey *
party_key_dup_nearby (PartyKey *self)
{
  GListModel *keys = enigm_radio_get_keys (self->party->radio);

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmNearbyKey) key = g_list_model_get_item (keys, i);

      if (enigm_nearby_key_get_discriminator (key) ==
          enigm_setup_code_get_discriminator (self->code))
        return g_steal_pointer (&key);
    }
  return NULL;
}

/* Looks for @self, whose window is open, until it is heard. */
EnigmNearbyKey *
party_key_find (PartyKey *self)
{
  EnigmNearbyKey *key;

  enigm_radio_start_scan (self->party->radio);
  g_assert_true (enigm_world_await (is_heard, self));
  key = party_key_dup_nearby (self);
  enigm_radio_stop_scan (self->party->radio);
  return key;
}

/* What a hand does to a real radio; returns what its method answers. */
GVariant *
party_do_to_radio (Party *self, const char *method, GVariant *parameters)
{
  g_autoptr (GDBusConnection) bus = enigm_world_connect (self->world, G_BUS_TYPE_SYSTEM);
  g_autoptr (GError) error = NULL;
  GVariant *answer = g_dbus_connection_call_sync (bus, "org.bluez", "/io/enigm/PracticeRadio",
                                                  "io.enigm.PracticeRadio1", method, parameters,
                                                  NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  return answer;
}

void
party_set_range (Party *self, gboolean in_range)
{
  g_autoptr (GVariant) answer =
    party_do_to_radio (self, "SetRange", g_variant_new ("(ssb)", "hci0", "hci1", in_range));
}

/* How many connected or remembered keys the computer's Bluetooth list holds. */
guint
party_count_devices (Party *self)
{
  g_autoptr (GDBusConnection) bus = enigm_world_connect (self->world, G_BUS_TYPE_SYSTEM);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
    bus, "org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, NULL,
    G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_autoptr (GVariantIter) objects = NULL;
  const char *path;
  GVariant *interfaces;
  guint n = 0;

  g_assert_no_error (error);
  g_variant_get (answer, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_loop (objects, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) device = NULL;

      if (g_str_has_prefix (path, "/org/bluez/hci0/"))
        device = g_variant_lookup_value (interfaces, "org.bluez.Device1", NULL);
      n += device != NULL;
    }
  return n;
}
