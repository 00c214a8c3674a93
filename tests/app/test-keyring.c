/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyring, against a real gnome-keyring-daemon: unlocked, locked, gone. */
#include <libsecret/secret.h>
#include <string.h>

#include "await.h"
#include "enigm-error.h"
#include "enigm-keyring.h"

#define PLACE "00112233445566778899aabbccddeeff"
#define OTHER_PLACE "ffeeddccbbaa99887766554433221100"
#define BINDING "0123456789abcdef0123456789abcdef"
#define OTHER_BINDING "fedcba9876543210fedcba9876543210"

static EnigmWorld *world;

static EnigmKeyring *
open_keyring (const gchar *place)
{
  EnigmKeyring *keyring = enigm_keyring_new ();

  enigm_keyring_set_place (keyring, place);
  enigm_keyring_set_scope (keyring, "https://keys.example.org", "ada");
  return keyring;
}

static gboolean
store (EnigmKeyring *keyring,
       EnigmKeyringKind kind,
       const gchar *binding,
       EnigmSecret *secret,
       GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_keyring_store_async (keyring, kind, binding, secret, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_keyring_store_finish (keyring, result, error);
}

static EnigmSecret *
look_up (EnigmKeyring *keyring, EnigmKeyringKind kind, const gchar *binding, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_keyring_lookup_async (keyring, kind, binding, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_keyring_lookup_finish (keyring, result, error);
}

static GStrv
list_bindings (EnigmKeyring *keyring, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_keyring_list_bindings_async (keyring, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_keyring_list_bindings_finish (keyring, result, error);
}

static gboolean
clear (EnigmKeyring *keyring, EnigmKeyringKind kind, const gchar *binding, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_keyring_clear_async (keyring, kind, binding, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_keyring_clear_finish (keyring, result, error);
}

static gboolean
clear_all (EnigmKeyring *keyring, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_keyring_clear_all_async (keyring, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_keyring_clear_all_finish (keyring, result, error);
}

static void
assert_kept (EnigmKeyring *keyring,
             EnigmKeyringKind kind,
             const gchar *binding,
             EnigmSecret *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmSecret) secret = look_up (keyring, kind, binding, &error);

  g_assert_no_error (error);
  if (expected == NULL)
    g_assert_null (secret);
  else
    {
      g_assert_nonnull (secret);
      g_assert_true (enigm_secret_equal (secret, expected));
    }
}

static void
test_unlocked (void)
{
  static const guint8 with_zeros[32] = { 0, 1, 0, 255 };
  g_autoptr (EnigmKeyring) keyring = open_keyring (PLACE);
  g_autoptr (EnigmKeyring) other = open_keyring (OTHER_PLACE);
  g_autoptr (EnigmSecret) first = enigm_secret_new_copy (with_zeros, sizeof with_zeros);
  g_autoptr (EnigmSecret) second = enigm_secret_new_random (ENIGM_KEYRING_MAX_SECRET, NULL);
  g_auto (GStrv) bindings = NULL;
  g_autoptr (GError) error = NULL;

  assert_kept (keyring, ENIGM_KEYRING_SESSION, NULL, NULL);
  g_assert_true (store (keyring, ENIGM_KEYRING_SESSION, NULL, first, &error));
  g_assert_no_error (error);
  assert_kept (keyring, ENIGM_KEYRING_SESSION, NULL, first);
  /* The same kind again is replaced, and no other data folder or kind sees it. */
  g_assert_true (store (keyring, ENIGM_KEYRING_SESSION, NULL, second, &error));
  assert_kept (keyring, ENIGM_KEYRING_SESSION, NULL, second);
  assert_kept (keyring, ENIGM_KEYRING_FILES, NULL, NULL);
  assert_kept (other, ENIGM_KEYRING_SESSION, NULL, NULL);

  g_assert_true (store (keyring, ENIGM_KEYRING_KEY, BINDING, first, &error));
  g_assert_true (store (keyring, ENIGM_KEYRING_KEY, OTHER_BINDING, second, &error));
  g_assert_true (store (other, ENIGM_KEYRING_KEY, OTHER_BINDING, first, &error));
  assert_kept (keyring, ENIGM_KEYRING_KEY, BINDING, first);
  assert_kept (keyring, ENIGM_KEYRING_KEY, OTHER_BINDING, second);
  bindings = list_bindings (keyring, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (bindings), ==, 2);
  g_assert_true (g_strv_contains ((const gchar *const *) bindings, BINDING));
  g_assert_true (g_strv_contains ((const gchar *const *) bindings, OTHER_BINDING));

  g_assert_true (clear (keyring, ENIGM_KEYRING_KEY, BINDING, &error));
  g_assert_true (clear (keyring, ENIGM_KEYRING_KEY, BINDING, &error));
  g_assert_no_error (error);
  assert_kept (keyring, ENIGM_KEYRING_KEY, BINDING, NULL);
  assert_kept (keyring, ENIGM_KEYRING_KEY, OTHER_BINDING, second);

  g_assert_true (clear_all (keyring, &error));
  assert_kept (keyring, ENIGM_KEYRING_SESSION, NULL, NULL);
  assert_kept (keyring, ENIGM_KEYRING_KEY, OTHER_BINDING, NULL);
  assert_kept (other, ENIGM_KEYRING_KEY, OTHER_BINDING, first);
  g_assert_true (clear_all (other, &error));
}

typedef enum
{
  LOOKUP,
  STORE,
  LIST,
  CLEAR,
  UNLOCK,
  N_CALLS,
} CallKind;

static void
begin (EnigmKeyring *keyring,
       CallKind kind,
       EnigmSecret *secret,
       GCancellable *cancellable,
       GAsyncResult **result)
{
  switch (kind)
    {
    case LOOKUP:
      enigm_keyring_lookup_async (keyring, ENIGM_KEYRING_FILES, NULL, cancellable, on_awaited,
                                  result);
      break;
    case STORE:
      enigm_keyring_store_async (keyring, ENIGM_KEYRING_FILES, NULL, secret, cancellable,
                                 on_awaited, result);
      break;
    case LIST:
      enigm_keyring_list_bindings_async (keyring, cancellable, on_awaited, result);
      break;
    case CLEAR:
      enigm_keyring_clear_async (keyring, ENIGM_KEYRING_FILES, NULL, cancellable, on_awaited,
                                 result);
      break;
    case UNLOCK:
      enigm_keyring_unlock_async (keyring, cancellable, on_awaited, result);
      break;
    case N_CALLS:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
finish (EnigmKeyring *keyring, CallKind kind, GAsyncResult *result, GError **error)
{
  g_autoptr (EnigmSecret) secret = NULL;
  g_auto (GStrv) bindings = NULL;

  switch (kind)
    {
    case LOOKUP:
      secret = enigm_keyring_lookup_finish (keyring, result, error);
      return secret != NULL;
    case STORE:
      return enigm_keyring_store_finish (keyring, result, error);
    case LIST:
      bindings = enigm_keyring_list_bindings_finish (keyring, result, error);
      return bindings != NULL;
    case CLEAR:
      return enigm_keyring_clear_finish (keyring, result, error);
    case UNLOCK:
      return enigm_keyring_unlock_finish (keyring, result, error);
    case N_CALLS:
    default:
      g_assert_not_reached ();
    }
}

/* One call, cancelled after so many turns of the main loop; whether it had ended before. */
static gboolean
cancel_after (EnigmKeyring *keyring, CallKind kind, EnigmSecret *secret, guint turns)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ended;

  begin (keyring, kind, secret, cancellable, &result);
  ended = await_turns (&result, turns);
  if (!ended)
    {
      /* Nothing is waited for: the next turn ends it. */
      g_cancellable_cancel (cancellable);
      while (result == NULL)
        g_assert_true (g_main_context_iteration (NULL, FALSE));
    }
  g_assert_true (finish (keyring, kind, result, &error) == ended);
  if (!ended)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  return ended;
}

/* A call ends with just that, at any turn of the main loop that it takes, whether the service was
 * known before or not. What it was asked for is done or is not, and the next call finds it so. */
static void
test_cancelled (void)
{
  g_autoptr (EnigmKeyring) keyring = open_keyring (PLACE);
  g_autoptr (EnigmSecret) first = enigm_secret_new_random (32, NULL);
  g_autoptr (EnigmSecret) second = enigm_secret_new_random (32, NULL);
  g_autoptr (GError) error = NULL;

  for (gboolean known = FALSE; known <= TRUE; known++)
    for (CallKind kind = 0; kind < N_CALLS; kind++)
      {
        guint turns = 0;
        gboolean ended = FALSE;

        for (; !ended; turns++)
          {
            g_autoptr (EnigmSecret) kept = NULL;

            g_assert_true (store (keyring, ENIGM_KEYRING_FILES, NULL, first, &error));
            g_assert_no_error (error);
            if (!known)
              secret_service_disconnect ();
            ended = cancel_after (keyring, kind, second, turns);
            kept = look_up (keyring, ENIGM_KEYRING_FILES, NULL, &error);
            g_assert_no_error (error);
            g_assert_true (kept != NULL || kind == CLEAR);
            g_assert_true (kept == NULL || enigm_secret_equal (kept, first) ||
                           (kind == STORE && enigm_secret_equal (kept, second)));
          }
        g_assert_cmpuint (turns, >, 3);
      }
  g_assert_true (clear_all (keyring, &error));
}

static void
assert_every_call_fails (gint code)
{
  g_autoptr (EnigmKeyring) keyring = open_keyring (PLACE);
  g_autoptr (EnigmSecret) secret = enigm_secret_new_random (32, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (look_up (keyring, ENIGM_KEYRING_FILES, NULL, &error));
  g_assert_error (error, ENIGM_ERROR, code);
  g_clear_error (&error);
  g_assert_false (store (keyring, ENIGM_KEYRING_FILES, NULL, secret, &error));
  g_assert_error (error, ENIGM_ERROR, code);
  g_clear_error (&error);
  g_assert_null (list_bindings (keyring, &error));
  g_assert_error (error, ENIGM_ERROR, code);
  g_clear_error (&error);
  g_assert_false (clear_all (keyring, &error));
  g_assert_error (error, ENIGM_ERROR, code);
}

/* A locked keyring is not an empty one, and one that is gone not a locked one. */
static void
test_locked_and_missing (void)
{
  g_autoptr (EnigmKeyring) keyring = open_keyring (PLACE);
  g_autoptr (EnigmSecret) secret = enigm_secret_new_random (32, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (store (keyring, ENIGM_KEYRING_FILES, NULL, secret, &error));
  g_assert_no_error (error);
  enigm_world_lock_keyring (world);
  assert_every_call_fails (ENIGM_ERROR_KEYRING_LOCKED);

  enigm_world_stop_keyring (world);
  assert_every_call_fails (ENIGM_ERROR_KEYRING_MISSING);

  enigm_world_start_keyring (world);
  assert_kept (keyring, ENIGM_KEYRING_FILES, NULL, secret);
  enigm_keyring_unlock_async (keyring, NULL, on_awaited, &result);
  await_result (&result);
  g_assert_true (enigm_keyring_unlock_finish (keyring, result, &error));
  g_assert_no_error (error);
  g_assert_true (clear_all (keyring, &error));
}

int
main (int argc, char **argv)
{
  GDBusConnection *bus;
  int status;

  g_test_init (&argc, &argv, NULL);
  world = enigm_world_new (ENIGM_WORLD_KEYRING);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_test_add_func ("/keyring/unlocked", test_unlocked);
  g_test_add_func ("/keyring/cancelled", test_cancelled);
  g_test_add_func ("/keyring/locked-and-missing", test_locked_and_missing);
  status = g_test_run ();
  secret_service_disconnect ();
  g_object_unref (bus);
  enigm_world_free (world);
  return status;
}
