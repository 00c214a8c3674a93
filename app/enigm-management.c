/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-management.h"

#include <glib/gi18n-lib.h>

#include "enigm-error.h"
#include "enigm-finder.h"
#include "protocol/enigm-text.h"

/* Meeting a key again without its code, PROTOCOL.md section 7. Keys on the air do not say whose
 * they are, so each bound one is tried until one knows this computer's secret. */

typedef enum
{
  MANAGEMENT_LOOKING_UP,
  MANAGEMENT_FINDING,
  MANAGEMENT_MEETING,
} ManagementState;

typedef struct
{
  ManagementState state;
  EnigmRadio *radio;
  EnigmKeyring *keyring;
  char *binding;
  EnigmSecret *secret;
  GPtrArray *tried;
  EnigmNearbyKey *key;
} Management;

static void advance (GTask *task);

static void
management_free (Management *self)
{
  g_clear_object (&self->radio);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->secret, enigm_secret_unref);
  g_clear_pointer (&self->tried, g_ptr_array_unref);
  g_clear_object (&self->key);
  g_free (self->binding);
  g_free (self);
}

static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_secret_looked_up (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Management *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->secret = enigm_keyring_lookup_finish (self->keyring, result, &error);
  if (self->secret == NULL && error == NULL)
    error =
      g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_KEY_UNKNOWN,
                           _ ("This computer has not met this key. Pair it here with its setup "
                              "code; your contacts and alerts stay as they are."));
  if (self->secret == NULL)
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  self->state = MANAGEMENT_FINDING;
  advance (task);
}

static void
on_session_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Management *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  EnigmKeySession *session = enigm_key_session_open_finish (result, &error);

  if (session != NULL)
    {
      g_task_return_pointer (task, session, g_object_unref);
      g_object_unref (task);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  /* Another key, or one that went away: there may be more. */
  g_debug ("Meeting a key: %s", error->message);
  self->state = MANAGEMENT_FINDING;
  advance (task);
}

static gboolean
is_untried (EnigmNearbyKey *key, gpointer user_data)
{
  Management *self = user_data;

  return enigm_nearby_key_get_bound (key) && !g_ptr_array_find (self->tried, key, NULL);
}

static void
on_key_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Management *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->key);
  self->key = enigm_finder_find_finish (result, &error);
  if (self->key == NULL)
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  g_ptr_array_add (self->tried, g_object_ref (self->key));
  self->state = MANAGEMENT_MEETING;
  advance (task);
}

static void
advance (GTask *task)
{
  Management *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  guint8 binding[ENIGM_ID_SIZE];

  switch (self->state)
    {
    case MANAGEMENT_LOOKING_UP:
      enigm_keyring_lookup_async (self->keyring, ENIGM_KEYRING_KEY, self->binding, cancellable,
                                  on_secret_looked_up, task);
      break;
    case MANAGEMENT_FINDING:
      enigm_finder_find_async (self->radio, ENIGM_FINDER_GIVES_UP, is_untried, self, cancellable,
                               on_key_found, task);
      break;
    case MANAGEMENT_MEETING:
      enigm_hex_decode (self->binding, binding, sizeof binding);
      enigm_key_session_open_with_secret_async (self->radio, self->key, binding, self->secret,
                                                cancellable, on_session_opened, task);
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * enigm_management_open_async:
 * @radio: where keys are heard
 * @keyring: where this computer keeps its management secrets
 * @binding: a binding ID, 32 hex characters
 *
 * Waits until the key of @binding is on the air, its button held, and opens a session with it. Runs
 * until it is found, an obstacle such as Bluetooth being off is met, or it is cancelled.
 */
void
enigm_management_open_async (EnigmRadio *radio,
                             EnigmKeyring *keyring,
                             const char *binding,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task;
  Management *self;

  g_return_if_fail (ENIGM_IS_RADIO (radio));
  g_return_if_fail (ENIGM_IS_KEYRING (keyring));
  g_return_if_fail (binding != NULL && strlen (binding) == 2 * ENIGM_ID_SIZE);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_management_open_async);
  /* A session that is open has to reach somebody who closes it. */
  g_task_set_check_cancellable (task, FALSE);
  self = g_new0 (Management, 1);
  self->radio = g_object_ref (radio);
  self->keyring = g_object_ref (keyring);
  self->binding = g_strdup (binding);
  self->tried = g_ptr_array_new_with_free_func (g_object_unref);
  g_task_set_task_data (task, self, (GDestroyNotify) management_free);
  advance (task);
}

/**
 * enigm_management_open_finish:
 *
 * Returns: (transfer full) (nullable): a session whose first message is the key's state, or %NULL
 * with
 *   @error set (%ENIGM_ERROR_KEY_UNKNOWN, the radio's and the keyring's errors,
 * %G_IO_ERROR_CANCELLED)
 */
EnigmKeySession *
enigm_management_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
