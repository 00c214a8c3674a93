/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-hub.h"

/* Streams one computer may have; one more and its first one ends. */
#define MAX_LISTENERS 4
/* Whoever invites an ID must not notice, by how long the answer takes, that somebody with that ID
 * is listening: they are told when the answer is long gone. */
#define INVITATION_DELAY_MS 500

struct _EnigmListener
{
  guint8 account[ENIGM_ID_SIZE];
  guint8 computer[ENIGM_ID_SIZE];
  EnigmHubWake wake;
  gpointer user_data;
  gboolean due;
  gboolean due_later;
  gboolean ended;
};

struct _EnigmHub
{
  EnigmStore *store;
  GPtrArray *listeners;
  /* What the open transaction will bring about. */
  GPtrArray *posted;
  GPtrArray *posted_later;
  GPtrArray *closed;
  GSource *source;
  GSource *later;
};

static const gchar *const kinds[] = {
  [ENIGM_HUB_EVENT] = "event",       [ENIGM_HUB_KEYS] = "keys",
  [ENIGM_HUB_CONTACTS] = "contacts", [ENIGM_HUB_INVITATIONS] = "invitations",
  [ENIGM_HUB_SESSION] = "session",
};

static EnigmListener *
find_due (EnigmHub *self)
{
  for (guint i = 0; i < self->listeners->len; i++)
    {
      EnigmListener *listener = g_ptr_array_index (self->listeners, i);

      if (listener->due)
        return listener;
    }
  return NULL;
}

static gboolean
on_source_ready (gpointer user_data)
{
  EnigmHub *self = user_data;
  EnigmListener *listener;

  /* A listener may leave while it is told. */
  while ((listener = find_due (self)) != NULL)
    {
      listener->due = FALSE;
      listener->wake (listener->ended, listener->user_data);
    }
  g_clear_pointer (&self->source, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
wake_soon (EnigmHub *self)
{
  if (self->source != NULL || find_due (self) == NULL)
    return;
  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->source, on_source_ready, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static gboolean
on_later_come (gpointer user_data)
{
  EnigmHub *self = user_data;

  g_clear_pointer (&self->later, g_source_unref);
  for (guint i = 0; i < self->listeners->len; i++)
    {
      EnigmListener *listener = g_ptr_array_index (self->listeners, i);

      listener->due |= listener->due_later;
      listener->due_later = FALSE;
    }
  wake_soon (self);
  return G_SOURCE_REMOVE;
}

/* Whether or not there is anybody to wake: that would take another time, too. */
static void
wake_later (EnigmHub *self)
{
  if (self->later != NULL)
    return;
  self->later = g_timeout_source_new (INVITATION_DELAY_MS);
  g_source_set_callback (self->later, on_later_come, self, NULL);
  g_source_attach (self->later, g_main_context_get_thread_default ());
}

static gboolean
contains (GPtrArray *ids, const guint8 *id)
{
  for (guint i = 0; i < ids->len; i++)
    {
      if (memcmp (g_ptr_array_index (ids, i), id, ENIGM_ID_SIZE) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
on_store_finished (gboolean committed, gpointer user_data)
{
  EnigmHub *self = user_data;

  for (guint i = 0; committed && i < self->listeners->len; i++)
    {
      EnigmListener *listener = g_ptr_array_index (self->listeners, i);

      if (contains (self->posted, listener->account))
        listener->due = TRUE;
      if (contains (self->posted_later, listener->account))
        listener->due_later = TRUE;
      if (contains (self->closed, listener->computer))
        listener->due = listener->ended = TRUE;
    }
  if (committed && self->posted_later->len > 0)
    wake_later (self);
  g_ptr_array_set_size (self->posted, 0);
  g_ptr_array_set_size (self->posted_later, 0);
  g_ptr_array_set_size (self->closed, 0);
  wake_soon (self);
}

/**
 * enigm_hub_new:
 * @store: the database; it must outlive the hub
 *
 * Returns: (transfer full): a hub without listeners
 */
EnigmHub *
enigm_hub_new (EnigmStore *store)
{
  EnigmHub *self = g_new0 (EnigmHub, 1);

  self->store = store;
  self->listeners = g_ptr_array_new_with_free_func (g_free);
  self->posted = g_ptr_array_new_with_free_func (g_free);
  self->posted_later = g_ptr_array_new_with_free_func (g_free);
  self->closed = g_ptr_array_new_with_free_func (g_free);
  enigm_store_add_finished (store, on_store_finished, self);
  return self;
}

/**
 * enigm_hub_free:
 * @self: (transfer full): a hub whose store has no transaction and will have none
 */
void
enigm_hub_free (EnigmHub *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->later != NULL)
    g_source_destroy (self->later);
  g_clear_pointer (&self->later, g_source_unref);
  g_ptr_array_unref (self->listeners);
  g_ptr_array_unref (self->posted);
  g_ptr_array_unref (self->posted_later);
  g_ptr_array_unref (self->closed);
  g_free (self);
}

/**
 * enigm_hub_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): its name in the stream
 */
const gchar *
enigm_hub_kind_to_string (EnigmHubKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kinds), "session");
  return kinds[kind];
}

/**
 * enigm_hub_post:
 * @self: a hub
 * @account: (array fixed-size=16): ID of the account whose apps are told
 * @kind: what it is about
 * @event_id: (nullable) (array fixed-size=16): the event, for %ENIGM_HUB_EVENT; %NULL where it is
 *   deleted, and even its ID is not kept
 * @error: why it could not be kept
 *
 * Adds an item to an account's stream, in the open transaction of the store. Listeners are told
 * after the commit, of an invitation half a second later, and never if there is none.
 *
 * Returns: whether it is kept
 */
gboolean
enigm_hub_post (EnigmHub *self,
                const guint8 account[ENIGM_ID_SIZE],
                EnigmHubKind kind,
                const guint8 *event_id,
                GError **error)
{
  GPtrArray *posted;

  g_return_val_if_fail (self != NULL && enigm_store_in_transaction (self->store), FALSE);

  if (!enigm_store_run (
        self->store, error,
        "INSERT INTO stream_items (account, kind, event, time) VALUES (?1, ?2, ?3, unixepoch ())",
        "ksk", account, enigm_hub_kind_to_string (kind), event_id))
    return FALSE;
  posted = kind == ENIGM_HUB_INVITATIONS ? self->posted_later : self->posted;
  if (!contains (posted, account))
    g_ptr_array_add (posted, g_memdup2 (account, ENIGM_ID_SIZE));
  return TRUE;
}

/**
 * enigm_hub_close_computer:
 * @self: a hub
 * @computer: (array fixed-size=16): ID of a computer that the open transaction closes
 *
 * Ends the streams of that computer after the commit.
 */
void
enigm_hub_close_computer (EnigmHub *self, const guint8 computer[ENIGM_ID_SIZE])
{
  g_return_if_fail (self != NULL && enigm_store_in_transaction (self->store));
  g_ptr_array_add (self->closed, g_memdup2 (computer, ENIGM_ID_SIZE));
}

/**
 * enigm_hub_listen:
 * @self: a hub
 * @account: (array fixed-size=16): ID of an account
 * @computer: (array fixed-size=16): ID of the computer that listens
 * @wake: called when there may be news
 * @user_data: passed to it
 *
 * Returns: (transfer none): the listener, until enigm_hub_leave()
 */
EnigmListener *
enigm_hub_listen (EnigmHub *self,
                  const guint8 account[ENIGM_ID_SIZE],
                  const guint8 computer[ENIGM_ID_SIZE],
                  EnigmHubWake wake,
                  gpointer user_data)
{
  EnigmListener *listener = g_new0 (EnigmListener, 1);
  EnigmListener *first = NULL;
  guint open = 0;

  for (guint i = 0; i < self->listeners->len; i++)
    {
      EnigmListener *other = g_ptr_array_index (self->listeners, i);

      if (other->ended || memcmp (other->computer, computer, ENIGM_ID_SIZE) != 0)
        continue;
      first = first != NULL ? first : other;
      open++;
    }
  if (open >= MAX_LISTENERS)
    {
      first->due = first->ended = TRUE;
      wake_soon (self);
    }

  memcpy (listener->account, account, ENIGM_ID_SIZE);
  memcpy (listener->computer, computer, ENIGM_ID_SIZE);
  listener->wake = wake;
  listener->user_data = user_data;
  g_ptr_array_add (self->listeners, listener);
  return listener;
}

/**
 * enigm_hub_leave:
 * @self: a hub
 * @listener: (transfer full): a listener of it
 */
void
enigm_hub_leave (EnigmHub *self, EnigmListener *listener)
{
  g_return_if_fail (g_ptr_array_remove (self->listeners, listener));
}

/**
 * enigm_hub_end_all:
 * @self: a hub
 *
 * Tells all listeners at once that nothing more will come: the server stops.
 */
void
enigm_hub_end_all (EnigmHub *self)
{
  for (guint i = 0; i < self->listeners->len; i++)
    {
      EnigmListener *listener = g_ptr_array_index (self->listeners, i);

      listener->due = listener->ended = TRUE;
    }
  wake_soon (self);
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      on_source_ready (self);
    }
}
