/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-scan.h"

#include "enigm-nearby-key.h"
#include "protocol/enigm-attributes.h"

/* An adapter that has just been plugged in refuses at first. */
#define RETRY_SECONDS 2

typedef enum
{
  SCAN_IDLE,
  SCAN_FILTERING,
  SCAN_STARTING,
  SCAN_ON,
  SCAN_STOPPING,
} ScanPhase;

/**
 * EnigmScan:
 *
 * Discovery of keys on one adapter, BlueZ's `SetDiscoveryFilter`, `StartDiscovery` and
 * `StopDiscovery`: one call at a time, and whoever finishes looks again at what is wanted by then.
 */
struct _EnigmScan
{
  GObject parent_instance;

  EnigmBluezAdapter1 *wanted;
  ScanPhase phase;
  /* The adapter that the phase is about: another may be wanted while a call is under way. */
  EnigmBluezAdapter1 *adapter;
  guint retry_id;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmScan, enigm_scan, G_TYPE_OBJECT)

static void advance (EnigmScan *self);

static gboolean
on_retry_elapsed (gpointer user_data)
{
  EnigmScan *self = user_data;

  self->retry_id = 0;
  advance (self);
  return G_SOURCE_REMOVE;
}

static void
on_call_finished (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmScan) self = user_data;
  EnigmBluezAdapter1 *adapter = ENIGM_BLUEZ_ADAPTER1 (object);
  g_autoptr (GError) error = NULL;

  switch (self->phase)
    {
    case SCAN_FILTERING:
      enigm_bluez_adapter1_call_set_discovery_filter_finish (adapter, result, &error);
      self->phase = error == NULL ? SCAN_STARTING : SCAN_IDLE;
      if (error == NULL)
        enigm_bluez_adapter1_call_start_discovery (adapter, NULL, on_call_finished,
                                                   g_object_ref (self));
      break;
    case SCAN_STARTING:
      enigm_bluez_adapter1_call_start_discovery_finish (adapter, result, &error);
      self->phase = error == NULL ? SCAN_ON : SCAN_IDLE;
      break;
    case SCAN_STOPPING:
      enigm_bluez_adapter1_call_stop_discovery_finish (adapter, result, &error);
      self->phase = SCAN_IDLE;
      break;
    case SCAN_IDLE:
    case SCAN_ON:
    default:
      g_assert_not_reached ();
    }
  if (error != NULL)
    g_debug ("Looking for keys: %s", error->message);
  if (error != NULL && self->wanted != NULL)
    {
      if (self->retry_id == 0)
        self->retry_id = g_timeout_add_seconds (RETRY_SECONDS, on_retry_elapsed, self);
    }
  else
    advance (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
advance (EnigmScan *self)
{
  if (self->phase == SCAN_ON && !enigm_bluez_adapter1_get_powered (self->adapter))
    self->phase = SCAN_IDLE; /* BlueZ ends discovery with the adapter's power. */

  if (self->phase == SCAN_ON && self->wanted != self->adapter)
    {
      /* Without a cancellable, so that it always stops. */
      self->phase = SCAN_STOPPING;
      enigm_bluez_adapter1_call_stop_discovery (self->adapter, NULL, on_call_finished,
                                                g_object_ref (self));
    }
  else if (self->phase == SCAN_IDLE && self->wanted != NULL && self->retry_id == 0 &&
           enigm_bluez_adapter1_get_powered (self->wanted))
    {
      const char *const uuids[] = { ENIGM_KEY_SERVICE_UUID, NULL };
      GVariantBuilder filter;

      g_variant_builder_init (&filter, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&filter, "{sv}", "UUIDs", g_variant_new_strv (uuids, -1));
      g_variant_builder_add (&filter, "{sv}", "Transport", g_variant_new_string ("le"));
      /* So that the bars follow the key while it is carried about. */
      g_variant_builder_add (&filter, "{sv}", "DuplicateData", g_variant_new_boolean (TRUE));
      self->phase = SCAN_FILTERING;
      g_set_object (&self->adapter, self->wanted);
      enigm_bluez_adapter1_call_set_discovery_filter (self->adapter,
                                                      g_variant_builder_end (&filter), NULL,
                                                      on_call_finished, g_object_ref (self));
    }
}

static void
enigm_scan_finalize (GObject *object)
{
  EnigmScan *self = ENIGM_SCAN (object);

  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_clear_object (&self->wanted);
  g_clear_object (&self->adapter);
  G_OBJECT_CLASS (enigm_scan_parent_class)->finalize (object);
}

static void
enigm_scan_class_init (EnigmScanClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = enigm_scan_finalize;

  /**
   * EnigmScan::changed:
   *
   * Discovery began or ended.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", ENIGM_TYPE_SCAN, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
enigm_scan_init (EnigmScan *self)
{
}

/**
 * enigm_scan_new:
 *
 * Returns: (transfer full): a scan that does nothing yet
 */
EnigmScan *
enigm_scan_new (void)
{
  return g_object_new (ENIGM_TYPE_SCAN, NULL);
}

/**
 * enigm_scan_set_adapter:
 * @adapter: (nullable): where keys are looked for from now on; nowhere if %NULL
 *
 * To be called again when the adapter's power changes.
 */
void
enigm_scan_set_adapter (EnigmScan *self, EnigmBluezAdapter1 *adapter)
{
  g_return_if_fail (ENIGM_IS_SCAN (self));

  g_set_object (&self->wanted, adapter);
  if (adapter == NULL)
    g_clear_handle_id (&self->retry_id, g_source_remove);
  advance (self);
}

/**
 * enigm_scan_is_active:
 *
 * Returns: whether bluetoothd is looking
 */
gboolean
enigm_scan_is_active (EnigmScan *self)
{
  g_return_val_if_fail (ENIGM_IS_SCAN (self), FALSE);
  return self->phase == SCAN_ON;
}
