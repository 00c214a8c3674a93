/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-pairing-steps.h"

#include <glib/gi18n-lib.h>

/**
 * EnigmPairingSteps:
 *
 * The six steps of a pairing as a person follows them: what each is called, how it stands, and the
 * sentence that says what happens, became true or went wrong.
 */
struct _EnigmPairingSteps
{
  GObject parent_instance;

  EnigmPairingStepState states[ENIGM_PAIRING_N_STEPS];
  char *sentences[ENIGM_PAIRING_N_STEPS];
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmPairingSteps, enigm_pairing_steps, G_TYPE_OBJECT)

static void
enigm_pairing_steps_finalize (GObject *object)
{
  EnigmPairingSteps *self = ENIGM_PAIRING_STEPS (object);

  for (guint i = 0; i < ENIGM_PAIRING_N_STEPS; i++)
    g_free (self->sentences[i]);
  G_OBJECT_CLASS (enigm_pairing_steps_parent_class)->finalize (object);
}

static void
enigm_pairing_steps_class_init (EnigmPairingStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = enigm_pairing_steps_finalize;

  /**
   * EnigmPairingSteps::changed:
   * @step: an #EnigmPairingStep
   *
   * The state or the sentence of a step is another one now.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", ENIGM_TYPE_PAIRING_STEPS, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
enigm_pairing_steps_init (EnigmPairingSteps *self)
{
}

/**
 * enigm_pairing_steps_new:
 *
 * Returns: (transfer full): six steps that wait
 */
EnigmPairingSteps *
enigm_pairing_steps_new (void)
{
  return g_object_new (ENIGM_TYPE_PAIRING_STEPS, NULL);
}

/**
 * enigm_pairing_steps_set:
 * @sentence: (nullable): for a person, translated
 */
void
enigm_pairing_steps_set (EnigmPairingSteps *self,
                         EnigmPairingStep step,
                         EnigmPairingStepState state,
                         const char *sentence)
{
  g_return_if_fail (ENIGM_IS_PAIRING_STEPS (self) && step < ENIGM_PAIRING_N_STEPS);

  if (self->states[step] == state && g_strcmp0 (self->sentences[step], sentence) == 0)
    return;
  self->states[step] = state;
  g_free (self->sentences[step]);
  self->sentences[step] = g_strdup (sentence);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, step);
}

/**
 * enigm_pairing_steps_reset:
 *
 * Back to six steps that wait, for another try.
 */
void
enigm_pairing_steps_reset (EnigmPairingSteps *self)
{
  g_return_if_fail (ENIGM_IS_PAIRING_STEPS (self));

  for (guint i = 0; i < ENIGM_PAIRING_N_STEPS; i++)
    enigm_pairing_steps_set (self, i, ENIGM_PAIRING_WAITING, NULL);
}

/**
 * enigm_pairing_steps_get_current:
 *
 * Returns: the step that is under way or failed, else the last that is done, else the first
 */
EnigmPairingStep
enigm_pairing_steps_get_current (EnigmPairingSteps *self)
{
  g_return_val_if_fail (ENIGM_IS_PAIRING_STEPS (self), ENIGM_PAIRING_FIND);

  for (guint i = ENIGM_PAIRING_N_STEPS; i > 0; i--)
    if (self->states[i - 1] == ENIGM_PAIRING_UNDER_WAY ||
        self->states[i - 1] == ENIGM_PAIRING_FAILED)
      return i - 1;
  for (guint i = ENIGM_PAIRING_N_STEPS; i > 0; i--)
    if (self->states[i - 1] == ENIGM_PAIRING_DONE)
      return i - 1;
  return ENIGM_PAIRING_FIND;
}

/**
 * enigm_pairing_steps_get_state:
 *
 * Returns: how @step stands
 */
EnigmPairingStepState
enigm_pairing_steps_get_state (EnigmPairingSteps *self, EnigmPairingStep step)
{
  g_return_val_if_fail (ENIGM_IS_PAIRING_STEPS (self) && step < ENIGM_PAIRING_N_STEPS,
                        ENIGM_PAIRING_WAITING);
  return self->states[step];
}

/**
 * enigm_pairing_steps_get_sentence:
 *
 * Returns: (transfer none): the step's sentence; "" while it waits
 */
const char *
enigm_pairing_steps_get_sentence (EnigmPairingSteps *self, EnigmPairingStep step)
{
  g_return_val_if_fail (ENIGM_IS_PAIRING_STEPS (self) && step < ENIGM_PAIRING_N_STEPS, "");
  return self->sentences[step] != NULL ? self->sentences[step] : "";
}

/**
 * enigm_pairing_step_get_title:
 *
 * Returns: (transfer none): what a person reads
 */
const char *
enigm_pairing_step_get_title (EnigmPairingStep step)
{
  static const char *const titles[ENIGM_PAIRING_N_STEPS] = {
    N_ ("Find"),     N_ ("Check the Code"), N_ ("Confirm on the Key"),
    N_ ("Register"), N_ ("Keep"),           N_ ("Ready"),
  };

  g_return_val_if_fail (step < ENIGM_PAIRING_N_STEPS, "");
  return _ (titles[step]);
}

/**
 * enigm_pairing_step_get_name:
 *
 * Returns: (transfer none): what a script reads
 */
const char *
enigm_pairing_step_get_name (EnigmPairingStep step)
{
  static const char *const names[ENIGM_PAIRING_N_STEPS] = { "find",     "code", "confirm",
                                                            "register", "keep", "ready" };

  g_return_val_if_fail (step < ENIGM_PAIRING_N_STEPS, "");
  return names[step];
}
