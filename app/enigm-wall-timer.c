/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-wall-timer.h"

#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct _EnigmWallTimer
{
  EnigmWallTimerFunc func;
  gpointer user_data;
  int fd;
  GSource *source;
};

static gboolean
on_fd_ready (gint fd, GIOCondition condition, gpointer user_data)
{
  EnigmWallTimer *self = user_data;
  guint64 times;
  gssize size = read (self->fd, &times, sizeof times);

  /* A failed read with ECANCELED: the clock was set. Both are to be looked at. */
  (void) size;
  self->func (self->user_data);
  return G_SOURCE_CONTINUE;
}

EnigmWallTimer *
enigm_wall_timer_new (EnigmWallTimerFunc func, gpointer user_data)
{
  EnigmWallTimer *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (EnigmWallTimer, 1);
  self->func = func;
  self->user_data = user_data;
  self->fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (self->fd < 0)
    {
      g_warning ("No timer can be had, and ages on the screen stand still");
      return self;
    }
  self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_fd_ready), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

void
enigm_wall_timer_free (EnigmWallTimer *self)
{
  g_return_if_fail (self != NULL);

  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

void
enigm_wall_timer_set (EnigmWallTimer *self, gint64 when)
{
  struct itimerspec spec = { 0 };

  g_return_if_fail (self != NULL);

  if (self->fd < 0)
    return;
  spec.it_value.tv_sec = (time_t) MAX (when, 0);
  timerfd_settime (self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL);
}
