/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-finder.h"

#include <glib/gi18n-lib.h>

/* One search for one key, from the beginning of the scan to its end. */
typedef struct
{
  EnigmRadio *radio;
  EnigmFinderPatience patience;
  EnigmFinderMatch match;
  gpointer match_data;
  gulong keys_id;
  gulong state_id;
  gulong cancelled_id;
} Search;

static void
search_free (Search *self)
{
  g_clear_object (&self->radio);
  g_free (self);
}

static void
finish (GTask *task, EnigmNearbyKey *key, GError *error)
{
  Search *self = g_task_get_task_data (task);

  g_clear_signal_handler (&self->keys_id, enigm_radio_get_keys (self->radio));
  g_clear_signal_handler (&self->state_id, self->radio);
  if (self->cancelled_id != 0)
    g_clear_signal_handler (&self->cancelled_id, g_task_get_cancellable (task));
  enigm_radio_stop_scan (self->radio);
  if (key != NULL)
    g_task_return_pointer (task, key, g_object_unref);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static EnigmNearbyKey *
choose_key (Search *self)
{
  GListModel *keys = enigm_radio_get_keys (self->radio);

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmNearbyKey) key = g_list_model_get_item (keys, i);

      if (self->match (key, self->match_data))
        return g_steal_pointer (&key);
    }
  return NULL;
}

static void
look (GTask *task)
{
  Search *self = g_task_get_task_data (task);
  g_autoptr (GError) obstacle = enigm_radio_dup_error (self->radio);
  EnigmNearbyKey *key;

  if (obstacle != NULL && self->patience == ENIGM_FINDER_GIVES_UP)
    {
      finish (task, NULL, g_steal_pointer (&obstacle));
      return;
    }
  key = choose_key (self);
  if (key != NULL)
    finish (task, key, NULL);
}

static void
on_keys_changed (GListModel *keys, guint position, guint removed, guint added, gpointer user_data)
{
  look (user_data);
}

static void
on_radio_state_changed (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  look (user_data);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  finish (
    user_data, NULL,
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Looking for the key was stopped.")));
}

/**
 * enigm_finder_find_async:
 * @radio: where keys are heard
 * @patience: what to do where none can be heard
 * @match: (scope async): whether a key is the one that is looked for
 * @match_data: for @match, valid until @callback is called
 *
 * Looks for keys on the air until there is one that fits, or it is cancelled. Whoever wants to tell
 * the person what stands in the way meanwhile listens to #EnigmRadio:state.
 */
void
enigm_finder_find_async (EnigmRadio *radio,
                         EnigmFinderPatience patience,
                         EnigmFinderMatch match,
                         gpointer match_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;
  Search *self;

  g_return_if_fail (ENIGM_IS_RADIO (radio));
  g_return_if_fail (match != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_finder_find_async);
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  self = g_new0 (Search, 1);
  self->radio = g_object_ref (radio);
  self->patience = patience;
  self->match = match;
  self->match_data = match_data;
  g_task_set_task_data (task, self, (GDestroyNotify) search_free);

  self->keys_id = g_signal_connect (enigm_radio_get_keys (radio), "items-changed",
                                    G_CALLBACK (on_keys_changed), task);
  self->state_id =
    g_signal_connect (radio, "notify::state", G_CALLBACK (on_radio_state_changed), task);
  if (cancellable != NULL)
    self->cancelled_id =
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
  /* Looking may end it, so that it is begun first; what begins may end it, too. */
  g_object_ref (task);
  enigm_radio_start_scan (radio);
  if (self->keys_id != 0)
    look (task);
  g_object_unref (task);
}

/**
 * enigm_finder_find_finish:
 *
 * Returns: (transfer full) (nullable): the key, or %NULL with @error set (the radio's errors,
 *   %G_IO_ERROR_CANCELLED)
 */
EnigmNearbyKey *
enigm_finder_find_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
