/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-body.h"

#include <json-glib/json-glib.h>

#include "enigm-hello.h"
#include "key-advertiser.h"
#include "key-dispatch.h"
#include "key-gatt.h"
#include "key-session.h"

#define WINDOW_S 120

/* The app hands a new attestation in; the key does it itself only where that takes long. */
#define APP_FIRST_S 5

/**
 * EnigmKeyBody:
 *
 * A whole key: what its button does, and how its parts hang together. An alert comes first
 * everywhere.
 */
struct _EnigmKeyBody
{
  GObject parent_instance;

  EnigmKeyStore *store;
  EnigmKeyButtons *buttons;
  EnigmKeySignals *signals;
  EnigmKeySensors *sensors;
  EnigmKeyTries *tries;
  EnigmKeyBinding *binding;
  EnigmKeyEvent *event;
  EnigmKeyHttps *https;
  EnigmKeyDispatch *dispatch;
  EnigmKeyRadio *radio;
  EnigmKeyAdvertiser *advertiser;
  EnigmKeyGatt *gatt;

  guint window_id;
  gboolean radio_ready;
  gboolean has_vibrated; /* for a press, in this window */
  GBytes *information;
  EnigmKeySession *session;
};

G_DEFINE_FINAL_TYPE (EnigmKeyBody, enigm_key_body, G_TYPE_OBJECT)

static void
enigm_key_body_dispose (GObject *object)
{
  EnigmKeyBody *self = ENIGM_KEY_BODY (object);

  if (self->dispatch != NULL)
    enigm_key_body_stop (self);
  g_clear_object (&self->gatt);
  g_clear_object (&self->advertiser);
  g_clear_object (&self->radio);
  g_clear_object (&self->dispatch);
  g_clear_object (&self->https);
  g_clear_object (&self->event);
  g_clear_object (&self->binding);
  g_clear_object (&self->tries);
  g_clear_object (&self->sensors);
  g_clear_object (&self->signals);
  g_clear_object (&self->buttons);
  g_clear_object (&self->store);
  g_clear_pointer (&self->information, g_bytes_unref);

  G_OBJECT_CLASS (enigm_key_body_parent_class)->dispose (object);
}

static void
enigm_key_body_class_init (EnigmKeyBodyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_body_dispose;
}

static void
enigm_key_body_init (EnigmKeyBody *self)
{
}

static gboolean
is_bound (EnigmKeyBody *self)
{
  return enigm_key_store_get_memory (self->store)->has_owner;
}

/* Nobody is to come before there is something to be found. */
static void
advertise (EnigmKeyBody *self)
{
  EnigmKeyFactory *factory = enigm_key_store_get_factory (self->store);
  EnigmKeyHello hello = { factory->discriminator, is_bound (self) };

  g_clear_pointer (&self->information, g_bytes_unref);
  self->information = enigm_key_hello_encode (&hello);
  enigm_key_gatt_set_information (self->gatt, self->information);
  enigm_key_gatt_serve (self->gatt);
  if (enigm_key_gatt_is_served (self->gatt))
    enigm_key_advertiser_start (self->advertiser, hello.discriminator, hello.bound);
}

/* The one function that turns state into what is on the air and in the light. */
static void
update_air (EnigmKeyBody *self)
{
  gboolean window = self->window_id != 0;

  enigm_key_signals_set_light (self->signals, window);
  if (window && self->radio_ready && self->session == NULL)
    advertise (self);
  else
    enigm_key_advertiser_stop (self->advertiser);
  /* Whoever has shown a secret may finish after the window. */
  if (!self->radio_ready || (!window && self->session == NULL))
    enigm_key_gatt_withdraw (self->gatt);
}

static gboolean
is_radio_needed (EnigmKeyBody *self)
{
  return self->window_id != 0 || self->session != NULL;
}

static gboolean
on_window_elapsed (gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  self->window_id = 0;
  if (self->session != NULL && !enigm_key_session_is_open (self->session))
    enigm_key_session_end (self->session);
  update_air (self);
  if (!is_radio_needed (self))
    enigm_key_radio_close_window (self->radio);

  return G_SOURCE_REMOVE;
}

static void
open_window (EnigmKeyBody *self)
{
  if (self->window_id == 0)
    self->has_vibrated = FALSE;
  g_clear_handle_id (&self->window_id, g_source_remove);
  self->window_id = g_timeout_add_seconds (WINDOW_S, on_window_elapsed, self);
  enigm_key_radio_open_window (self->radio);
  update_air (self);
}

/* A binding has just been attested to the app: it hands that in, and carries the proof where the
 * key has no connection of its own. */
static void
lean_on_app (EnigmKeyBody *self)
{
  EnigmKeyRelay *relay = self->session != NULL ? enigm_key_session_get_relay (self->session) : NULL;

  if (relay == NULL)
    return;
  enigm_key_dispatch_set_relay (self->dispatch, ENIGM_KEY_CARRIER (relay));
  enigm_key_dispatch_hold (self->dispatch, APP_FIRST_S);
}

static void
on_pattern (EnigmKeyButtons *buttons, EnigmKeyPattern pattern, gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  switch (pattern)
    {
    case ENIGM_KEY_PATTERN_ALERT:
      enigm_key_event_raise (self->event, FALSE);
      break;
    case ENIGM_KEY_PATTERN_DRILL:
      enigm_key_event_raise (self->event, TRUE);
      break;
    case ENIGM_KEY_PATTERN_LONG:
      enigm_key_event_end (self->event);
      break;
    case ENIGM_KEY_PATTERN_HOLD:
      open_window (self);
      break;
    case ENIGM_KEY_PATTERN_PRESS:
      if (self->session != NULL && enigm_key_session_press (self->session))
        lean_on_app (self);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
on_alert_raised (EnigmKeyEvent *event, gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  if (self->session != NULL)
    enigm_key_session_interrupt (self->session);
}

static void
on_something_changed (GObject *source, gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  if (self->session != NULL)
    enigm_key_session_report (self->session);
}

static void
end_session (EnigmKeyBody *self)
{
  g_autoptr (EnigmKeySession) session = g_steal_pointer (&self->session);

  if (session == NULL)
    return;
  g_signal_handlers_disconnect_by_data (session, self);
  self->has_vibrated = self->has_vibrated || enigm_key_session_has_vibrated (session);
  enigm_key_dispatch_set_relay (self->dispatch, NULL);
  enigm_key_dispatch_hold (self->dispatch, 0);
  enigm_key_session_end (session);
  update_air (self);
  if (!is_radio_needed (self))
    enigm_key_radio_close_window (self->radio);
}

static void
on_session_send (EnigmKeySession *session, GBytes *message, gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  enigm_key_gatt_send (self->gatt, message);
}

static void
on_session_over (EnigmKeySession *session, gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  enigm_key_gatt_drop (self->gatt);
  end_session (self);
}

/* From its connection on a central keeps the others out, so its time runs from there: one that says
 * nothing, or never finishes its first message, must not keep the owner waiting for longer than a
 * wrong code does. */
static void
on_gatt_arrived (EnigmKeyGatt *gatt, gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  end_session (self);
  if (self->window_id == 0)
    {
      enigm_key_gatt_drop (gatt);
      return;
    }
  self->session = enigm_key_session_new (self->store, self->tries, self->binding, self->event,
                                         self->signals, self->information, !self->has_vibrated);
  g_signal_connect (self->session, "send", G_CALLBACK (on_session_send), self);
  g_signal_connect (self->session, "over", G_CALLBACK (on_session_over), self);
  update_air (self);
}

static void
on_gatt_served (EnigmKeyGatt *gatt, gpointer user_data)
{
  update_air (user_data);
}

static void
on_gatt_message (EnigmKeyGatt *gatt, GBytes *message, gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  if (self->session != NULL)
    enigm_key_session_receive (self->session, message);
}

static void
on_gatt_left (EnigmKeyGatt *gatt, gpointer user_data)
{
  end_session (user_data);
}

static void
on_radio_ready (EnigmKeyRadio *radio, gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  self->radio_ready = TRUE;
  update_air (self);
}

static void
on_radio_lost (EnigmKeyRadio *radio, gpointer user_data)
{
  EnigmKeyBody *self = user_data;

  self->radio_ready = FALSE;
  update_air (self);
}

/**
 * enigm_key_body_new:
 * @store: the key's flash
 * @radio: its adapter
 *
 * Returns: (transfer full): a key that works
 */
EnigmKeyBody *
enigm_key_body_new (EnigmKeyStore *store, EnigmKeyRadio *radio)
{
  EnigmKeyBody *self;

  g_return_val_if_fail (ENIGM_IS_KEY_STORE (store), NULL);
  g_return_val_if_fail (ENIGM_IS_KEY_RADIO (radio), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_BODY, NULL);
  self->store = g_object_ref (store);
  self->radio = g_object_ref (radio);
  self->buttons = enigm_key_buttons_new ();
  self->signals = enigm_key_signals_new ();
  self->sensors = enigm_key_sensors_new ();
  self->tries = enigm_key_tries_new (store);
  self->binding = enigm_key_binding_new (store, self->signals, self->sensors);
  self->event = enigm_key_event_new (store, self->signals, self->sensors);
  self->https = enigm_key_https_new ();
  self->dispatch = enigm_key_dispatch_new (store, self->binding, self->event, self->sensors,
                                           ENIGM_KEY_CARRIER (self->https));
  self->advertiser = enigm_key_advertiser_new (radio);
  self->gatt = enigm_key_gatt_new (radio);

  g_signal_connect (self->buttons, "pattern", G_CALLBACK (on_pattern), self);
  g_signal_connect (self->binding, "changed", G_CALLBACK (on_something_changed), self);
  g_signal_connect (self->event, "changed", G_CALLBACK (on_something_changed), self);
  g_signal_connect (self->event, "raised", G_CALLBACK (on_alert_raised), self);
  g_signal_connect (self->gatt, "served", G_CALLBACK (on_gatt_served), self);
  g_signal_connect (self->gatt, "arrived", G_CALLBACK (on_gatt_arrived), self);
  g_signal_connect (self->gatt, "message", G_CALLBACK (on_gatt_message), self);
  g_signal_connect (self->gatt, "left", G_CALLBACK (on_gatt_left), self);
  g_signal_connect (radio, "ready", G_CALLBACK (on_radio_ready), self);
  g_signal_connect (radio, "lost", G_CALLBACK (on_radio_lost), self);
  enigm_key_dispatch_start (self->dispatch);

  return self;
}

/**
 * enigm_key_body_stop:
 * @self: the key
 *
 * Leaves the air, abandons what is being said, and stands still.
 */
void
enigm_key_body_stop (EnigmKeyBody *self)
{
  g_return_if_fail (ENIGM_IS_KEY_BODY (self));

  g_clear_handle_id (&self->window_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->radio, self);
  g_signal_handlers_disconnect_by_data (self->buttons, self);
  enigm_key_dispatch_stop (self->dispatch);
  if (self->session != NULL)
    enigm_key_session_end (self->session);
  self->radio_ready = FALSE;
  update_air (self);
}

/**
 * enigm_key_body_get_buttons:
 * @self: the key
 *
 * Returns: (transfer none): its button
 */
EnigmKeyButtons *
enigm_key_body_get_buttons (EnigmKeyBody *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_BODY (self), NULL);

  return self->buttons;
}

/**
 * enigm_key_body_get_sensors:
 * @self: the key
 *
 * Returns: (transfer none): battery and position
 */
EnigmKeySensors *
enigm_key_body_get_sensors (EnigmKeyBody *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_BODY (self), NULL);

  return self->sensors;
}

/**
 * enigm_key_body_get_signals:
 * @self: the key
 *
 * Returns: (transfer none): light and motor
 */
EnigmKeySignals *
enigm_key_body_get_signals (EnigmKeyBody *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_BODY (self), NULL);

  return self->signals;
}

/**
 * enigm_key_body_set_network:
 * @self: the key
 * @on: whether there is mobile data
 */
void
enigm_key_body_set_network (EnigmKeyBody *self, gboolean on)
{
  g_return_if_fail (ENIGM_IS_KEY_BODY (self));

  enigm_key_https_set_network (self->https, on);
  if (on)
    enigm_key_dispatch_hurry (self->dispatch);
}

/**
 * enigm_key_body_reset:
 * @self: the key
 * @error: return location for an error
 *
 * Clears tries and management secrets, nothing else.
 *
 * Returns: whether it is stored
 */
gboolean
enigm_key_body_reset (EnigmKeyBody *self, GError **error)
{
  g_return_val_if_fail (ENIGM_IS_KEY_BODY (self), FALSE);

  return enigm_key_tries_reset (self->tries, error);
}

/**
 * enigm_key_body_describe:
 * @self: the key
 *
 * Returns: (transfer full): what can be seen of the key, a JSON object on one line; no secrets
 */
char *
enigm_key_body_describe (EnigmKeyBody *self)
{
  static const char *const states[] = { "none", "pending", "trusted", "restricted" };
  static const char *const events[] = { "none", "alert", "drill" };
  static const char *const reached[] = { "not", "own", "relayed" };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (EnigmMessage) report = enigm_message_new (ENIGM_MESSAGE_STATE);
  EnigmKeyMemory *memory;
  guint n_active = 0;

  g_return_val_if_fail (ENIGM_IS_KEY_BODY (self), NULL);

  memory = enigm_key_store_get_memory (self->store);
  enigm_key_binding_report (self->binding, TRUE, report);
  for (guint i = 0; i < memory->computers->len; i++)
    n_active += ((EnigmKeyComputer *) memory->computers->pdata[i])->active;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "binding");
  json_builder_add_string_value (builder, states[report->state]);
  json_builder_set_member_name (builder, "binding_id");
  if (report->has_binding)
    {
      g_autofree char *hex = enigm_hex_encode (report->binding, sizeof report->binding);

      json_builder_add_string_value (builder, hex);
    }
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "owned");
  json_builder_add_boolean_value (builder, memory->has_owner);
  json_builder_set_member_name (builder, "reached");
  json_builder_add_string_value (builder, reached[report->reached]);
  json_builder_set_member_name (builder, "event");
  json_builder_add_string_value (builder, events[enigm_key_event_get_open (self->event)]);
  json_builder_set_member_name (builder, "vibrating");
  if (enigm_key_signals_get_vibrating (self->signals) != NULL)
    json_builder_add_string_value (builder, enigm_key_signals_get_vibrating (self->signals));
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "light");
  json_builder_add_boolean_value (builder, enigm_key_signals_get_light (self->signals));
  json_builder_set_member_name (builder, "battery");
  if (report->battery == ENIGM_BATTERY_UNKNOWN)
    json_builder_add_null_value (builder);
  else
    json_builder_add_int_value (builder, report->battery);
  json_builder_set_member_name (builder, "network");
  json_builder_add_boolean_value (builder, enigm_key_https_get_network (self->https));
  json_builder_set_member_name (builder, "computers");
  json_builder_add_int_value (builder, n_active);
  json_builder_set_member_name (builder, "failures");
  json_builder_add_int_value (builder, memory->failures);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}
