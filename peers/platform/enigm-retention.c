/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-retention.h"

#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "enigm-events.h"
#include "enigm-key-attempts.h"

/* It looks at least as often as this, in seconds. Nothing is kept for less than a day, so that what
 * is new needs no look of its own. */
#define LONGEST_WAIT (60 * 60)
/* Where something could not be deleted, it is tried again after so many seconds. */
#define RETRY_SECONDS 60

struct _EnigmRetention
{
  EnigmPlatformState *state;
  int fd;
  guint source;
};

/* What is over the soonest. */
#define SELECT_NEXT                                                                                \
  "SELECT min (due) FROM (SELECT min (delete_on) AS due FROM events "                              \
  "UNION ALL SELECT min (time) + ?1 FROM key_attempts "                                            \
  "UNION ALL SELECT min (time) + ?2 FROM audit WHERE security = 1 AND record IS NOT NULL)"

static gboolean
find_next (EnigmRetention *self, gint64 *next, GError **error)
{
  g_autoptr (EnigmStatement) row =
    enigm_store_select (self->state->store, error, SELECT_NEXT, "ii",
                        (gint64) ENIGM_KEY_ATTEMPTS_SECONDS, (gint64) ENIGM_AUDIT_SECURITY_SECONDS);

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  if (!enigm_statement_is_null (row, 0))
    *next = MIN (*next, enigm_statement_get_int64 (row, 0));
  return TRUE;
}

static gboolean
delete_over (EnigmRetention *self)
{
  EnigmPlatformState *state = self->state;
  g_autoptr (GError) events = NULL;
  g_autoptr (GError) attempts = NULL;
  g_autoptr (GError) audit = NULL;
  g_autoptr (GError) settled = NULL;

  if (!enigm_events_delete_over (state, &events))
    g_warning ("events were not deleted: %s", events->message);
  if (!enigm_key_attempts_delete_over (state, &attempts))
    g_warning ("attempts of keys were not deleted: %s", attempts->message);
  if (!enigm_audit_prune (state->audit, enigm_platform_state_now (state), &audit))
    g_warning ("the audit was not pruned: %s", audit->message);
  /* Also what was deleted before, while somebody was reading. */
  if (!enigm_store_settle (state->store, &settled))
    g_warning ("what was deleted is in the database's log still: %s", settled->message);
  return events == NULL && attempts == NULL && audit == NULL && settled == NULL;
}

/* The platform's clock says how long; the timer goes by the system's, which it may not be. */
static void
set_timer (EnigmRetention *self, gint64 seconds)
{
  struct itimerspec spec = { 0 };

  spec.it_value.tv_sec = (time_t) (g_get_real_time () / G_USEC_PER_SEC + seconds);
  timerfd_settime (self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL);
}

static void
look (EnigmRetention *self)
{
  gboolean done = delete_over (self);
  gint64 now = enigm_platform_state_now (self->state);
  gint64 next = now + LONGEST_WAIT;
  g_autoptr (GError) error = NULL;

  if (!find_next (self, &next, &error))
    {
      g_warning ("it is not known when events are over: %s", error->message);
      done = FALSE;
    }
  set_timer (self, done ? MAX (next - now, 1) : RETRY_SECONDS);
}

static gboolean
on_fd_ready (gint fd, GIOCondition condition, gpointer user_data)
{
  EnigmRetention *self = user_data;
  guint64 times;
  gssize size = read (self->fd, &times, sizeof times);

  /* A failed read with ECANCELED: the clock was set. Both are to be looked at. */
  (void) size;
  look (self);
  return G_SOURCE_CONTINUE;
}

/**
 * enigm_retention_new:
 * @state: the platform; it must outlive this
 *
 * Deletes what is over by now, and from then on whatever is over.
 *
 * Returns: (transfer full): free it to stop
 */
EnigmRetention *
enigm_retention_new (EnigmPlatformState *state)
{
  EnigmRetention *self;

  g_return_val_if_fail (state != NULL, NULL);

  self = g_new0 (EnigmRetention, 1);
  self->state = state;
  self->fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (self->fd < 0)
    g_error ("no timer can be had, and nothing would ever be deleted");
  self->source = g_unix_fd_add (self->fd, G_IO_IN, on_fd_ready, self);
  look (self);
  return self;
}

/**
 * enigm_retention_free:
 * @self: (transfer full): what enigm_retention_new() gave
 */
void
enigm_retention_free (EnigmRetention *self)
{
  g_return_if_fail (self != NULL);

  g_source_remove (self->source);
  close (self->fd);
  g_free (self);
}
