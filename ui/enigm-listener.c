/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-listener.h"

#include <glib/gi18n.h>

#include "enigm-background.h"
#include "protocol/enigm-error.h"

#define WHEN_CLOSED "listen-when-closed"
#define AUTOSTART "start-at-sign-in"
/* Seconds after which it is said that the desktop has not answered. It may still. */
#define LATE_SECONDS 10

typedef enum
{
  STATE_SETTLED,
  STATE_ASKED,
  STATE_LATE,
  STATE_FAILED,
} State;

struct _EnigmListener
{
  GObject parent_instance;

  GSettings *settings;
  State state;
  gboolean when_closed;
  gboolean autostart;
  gboolean not_started;
  char *trouble;
  GCancellable *cancellable;
  guint late;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmListener, enigm_listener, G_TYPE_OBJECT)

static gboolean
is_asking (EnigmListener *self)
{
  return self->state == STATE_ASKED || self->state == STATE_LATE;
}

gboolean
enigm_listener_get_available (EnigmListener *self)
{
  return self->settings != NULL;
}

gboolean
enigm_listener_get_when_closed (EnigmListener *self)
{
  return self->settings != NULL && g_settings_get_boolean (self->settings, WHEN_CLOSED);
}

gboolean
enigm_listener_get_autostart (EnigmListener *self)
{
  return self->settings != NULL && g_settings_get_boolean (self->settings, AUTOSTART);
}

gboolean
enigm_listener_get_wanted (EnigmListener *self)
{
  return is_asking (self) ? self->when_closed : enigm_listener_get_when_closed (self);
}

const char *
enigm_listener_get_words (EnigmListener *self, gboolean *is_trouble)
{
  if (is_trouble != NULL)
    *is_trouble = self->state == STATE_FAILED || self->state == STATE_LATE || self->not_started;
  switch (self->state)
    {
    case STATE_ASKED:
      return _ ("Your desktop is asked to allow it.");
    case STATE_LATE:
      return _ ("Your desktop has not answered yet. Until it allows it, Enigm App listens only "
                "while its window is open.");
    case STATE_FAILED:
      return self->trouble;
    case STATE_SETTLED:
    default:
      break;
    }
  if (!enigm_listener_get_when_closed (self))
    return NULL;
  if (self->not_started)
    return _ ("Enigm App goes on listening when its window is closed. Your desktop does not start "
              "it when you sign in; open it yourself.");
  return enigm_listener_get_autostart (self)
           ? _ ("Enigm App starts when you sign in to this computer, and listens without a window.")
           : _ ("Enigm App goes on listening when its window is closed.");
}

static void
settle (EnigmListener *self, gboolean when_closed, gboolean autostart)
{
  g_settings_set_boolean (self->settings, WHEN_CLOSED, when_closed);
  g_settings_set_boolean (self->settings, AUTOSTART, autostart);
}

static void
stop_asking (EnigmListener *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->late, g_source_remove);
}

static void
on_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmListener) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean autostart;
  const gboolean allowed = enigm_background_ask_finish (result, &autostart, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->late, g_source_remove);
  self->state = STATE_SETTLED;
  self->not_started = self->when_closed && self->autostart && allowed && !autostart;
  if (allowed)
    settle (self, self->when_closed, self->when_closed && autostart);
  else if (self->when_closed)
    {
      self->state = STATE_FAILED;
      self->trouble = g_strdup (error->message);
      if (!g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE))
        settle (self, FALSE, FALSE);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
on_late (gpointer user_data)
{
  EnigmListener *self = user_data;

  self->late = 0;
  self->state = STATE_LATE;
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

void
enigm_listener_set (EnigmListener *self,
                    gboolean when_closed,
                    gboolean autostart,
                    const char *parent)
{
  const gboolean had_autostart = enigm_listener_get_autostart (self) || is_asking (self);

  g_return_if_fail (ENIGM_IS_LISTENER (self) && parent != NULL);

  if (self->settings == NULL)
    return;
  stop_asking (self);
  g_clear_pointer (&self->trouble, g_free);
  self->not_started = FALSE;
  self->when_closed = when_closed;
  self->autostart = when_closed && autostart;
  self->state = STATE_SETTLED;
  /* To stop, nobody is asked; what would start the app is taken away. */
  if (!when_closed)
    settle (self, FALSE, FALSE);
  if (when_closed || had_autostart)
    {
      self->cancellable = g_cancellable_new ();
      if (when_closed)
        {
          self->state = STATE_ASKED;
          self->late = g_timeout_add_seconds (LATE_SECONDS, on_late, self);
        }
      enigm_background_ask_async (parent, self->autostart, self->cancellable, on_answered,
                                  g_object_ref (self));
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
enigm_listener_dispose (GObject *object)
{
  EnigmListener *self = ENIGM_LISTENER (object);

  stop_asking (self);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->trouble, g_free);
  G_OBJECT_CLASS (enigm_listener_parent_class)->dispose (object);
}

static void
enigm_listener_class_init (EnigmListenerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_listener_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
enigm_listener_init (EnigmListener *self)
{
}

EnigmListener *
enigm_listener_new (GSettings *settings)
{
  EnigmListener *self = g_object_new (ENIGM_TYPE_LISTENER, NULL);

  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  return self;
}
