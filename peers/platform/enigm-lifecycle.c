/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-lifecycle.h"

#include "app/protocol/enigm-error.h"

#define APP (1u << ENIGM_BINDING_BY_APP)
#define COMMAND (1u << ENIGM_BINDING_BY_COMMAND)
#define KEY (1u << ENIGM_BINDING_BY_KEY)
#define PLATFORM (1u << ENIGM_BINDING_BY_PLATFORM)

#define LOST ENIGM_RESTRICTION_LOST
#define SUSPENDED ENIGM_RESTRICTION_SUSPENDED
#define UNPROVED ENIGM_RESTRICTION_UNPROVED

typedef struct
{
  EnigmBindingState from;
  EnigmBindingState to;
  guint by;
  EnigmBindingReason reason;
  guint adds;
  guint takes;
} Rule;

/* The whole lifecycle. What no line allows is refused. */
static const Rule rules[] = {
  { ENIGM_BINDING_NONE, ENIGM_BINDING_PENDING, KEY, ENIGM_REASON_ATTESTED, 0, 0 },

  { ENIGM_BINDING_PENDING, ENIGM_BINDING_TRUSTED, KEY, ENIGM_REASON_PROVED, 0, 0 },
  { ENIGM_BINDING_PENDING, ENIGM_BINDING_EXPIRED, PLATFORM, ENIGM_REASON_EXPIRED, 0, 0 },
  { ENIGM_BINDING_PENDING, ENIGM_BINDING_CANCELLED, APP, ENIGM_REASON_CANCELLED, 0, 0 },
  { ENIGM_BINDING_PENDING, ENIGM_BINDING_CANCELLED, KEY, ENIGM_REASON_NEWER, 0, 0 },
  { ENIGM_BINDING_PENDING, ENIGM_BINDING_CANCELLED, APP | COMMAND, ENIGM_REASON_LOST, 0, 0 },
  { ENIGM_BINDING_PENDING, ENIGM_BINDING_CANCELLED, APP, ENIGM_REASON_RETIRED, 0, 0 },
  { ENIGM_BINDING_PENDING, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_LOST, 0, 0 },
  { ENIGM_BINDING_PENDING, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_STOLEN, 0, 0 },
  { ENIGM_BINDING_PENDING, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_RETIRED, 0, 0 },
  { ENIGM_BINDING_PENDING, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_REPLACED, 0, 0 },

  { ENIGM_BINDING_TRUSTED, ENIGM_BINDING_RESTRICTED, APP | COMMAND, ENIGM_REASON_LOST, LOST, 0 },
  { ENIGM_BINDING_TRUSTED, ENIGM_BINDING_RESTRICTED, COMMAND, ENIGM_REASON_SUSPENDED, SUSPENDED,
    0 },
  { ENIGM_BINDING_TRUSTED, ENIGM_BINDING_RESTRICTED, PLATFORM, ENIGM_REASON_UNPROVED, UNPROVED, 0 },
  { ENIGM_BINDING_TRUSTED, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_LOST, 0, 0 },
  { ENIGM_BINDING_TRUSTED, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_STOLEN, 0, 0 },
  { ENIGM_BINDING_TRUSTED, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_RETIRED, 0, 0 },
  { ENIGM_BINDING_TRUSTED, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_REPLACED, 0, 0 },
  { ENIGM_BINDING_TRUSTED, ENIGM_BINDING_REPLACED, PLATFORM, ENIGM_REASON_REPLACED, 0, 0 },
  { ENIGM_BINDING_TRUSTED, ENIGM_BINDING_RETIRED, APP, ENIGM_REASON_RETIRED, 0, 0 },

  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_RESTRICTED, APP | COMMAND, ENIGM_REASON_LOST, LOST, 0 },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_RESTRICTED, COMMAND, ENIGM_REASON_SUSPENDED, SUSPENDED,
    0 },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_RESTRICTED, PLATFORM, ENIGM_REASON_UNPROVED, UNPROVED,
    0 },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_TRUSTED, APP, ENIGM_REASON_FOUND, 0, LOST | UNPROVED },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_TRUSTED, COMMAND, ENIGM_REASON_FOUND, 0, LOST },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_TRUSTED, COMMAND, ENIGM_REASON_RESUMED, 0, SUSPENDED },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_LOST, 0, 0 },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_STOLEN, 0, 0 },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_RETIRED, 0, 0 },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_REVOKED, APP | COMMAND, ENIGM_REASON_REPLACED, 0, 0 },
  { ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_REPLACED, PLATFORM, ENIGM_REASON_REPLACED, 0, 0 },
};

static const char *const state_names[ENIGM_BINDING_N_STATES] = {
  "none",     "pending", "trusted",   "restricted", "revoked",
  "replaced", "retired", "cancelled", "expired",
};

static const char *const by_names[ENIGM_BINDING_N_BY] = { "app", "command", "key", "platform" };

static const char *const reason_names[ENIGM_BINDING_N_REASONS] = {
  "attested",  "proved",  "expired",  "cancelled", "newer",   "lost",     "found",
  "suspended", "resumed", "unproved", "stolen",    "retired", "replaced", "released",
};

/**
 * enigm_lifecycle_decide:
 * @from: where the binding stands
 * @restrictions: a set of #EnigmRestriction; empty unless @from is restricted
 * @to: where it is to go; trusted, to take a restriction back
 * @by: who asks
 * @reason: why
 * @after: (out): where it stands then: @to, except that it stays restricted while one restriction
 *   is left
 * @restrictions_after: (out): the restrictions then
 * @error: says what is refused and why
 *
 * The one place that knows which change of a binding is allowed. It changes nothing itself.
 *
 * Returns: %TRUE if the change is allowed; %FALSE with %ENIGM_ERROR_PLATFORM_REFUSED otherwise
 */
gboolean
enigm_lifecycle_decide (EnigmBindingState from,
                        guint restrictions,
                        EnigmBindingState to,
                        EnigmBindingBy by,
                        EnigmBindingReason reason,
                        EnigmBindingState *after,
                        guint *restrictions_after,
                        GError **error)
{
  g_return_val_if_fail ((guint) from < ENIGM_BINDING_N_STATES, FALSE);
  g_return_val_if_fail ((guint) to < ENIGM_BINDING_N_STATES, FALSE);
  g_return_val_if_fail ((guint) by < ENIGM_BINDING_N_BY, FALSE);
  g_return_val_if_fail ((guint) reason < ENIGM_BINDING_N_REASONS, FALSE);
  g_return_val_if_fail ((restrictions != 0) == (from == ENIGM_BINDING_RESTRICTED), FALSE);
  g_return_val_if_fail (after != NULL && restrictions_after != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      const Rule *rule = &rules[i];

      if (rule->from != from || rule->to != to || rule->reason != reason ||
          (rule->by & (1u << by)) == 0)
        continue;

      if (rule->takes != 0 && (restrictions & rule->takes) == 0)
        break;

      /* A restriction that stands already, or one left over, keeps the binding where it is. */
      *restrictions_after = 0;
      *after = to;
      if (rule->adds != 0)
        *restrictions_after = restrictions | rule->adds;
      else if (rule->takes != 0)
        {
          *restrictions_after = restrictions & ~rule->takes;
          if (*restrictions_after != 0)
            *after = ENIGM_BINDING_RESTRICTED;
        }
      return TRUE;
    }

  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED,
               "a %s binding does not become %s by %s because of “%s”", state_names[from],
               state_names[to], by_names[by], reason_names[reason]);
  return FALSE;
}

/**
 * enigm_binding_state_in_force:
 * @state: a state
 *
 * Returns: %TRUE for trusted and restricted, of which a certificate has one at most
 */
gboolean
enigm_binding_state_in_force (EnigmBindingState state)
{
  return state == ENIGM_BINDING_TRUSTED || state == ENIGM_BINDING_RESTRICTED;
}

/**
 * enigm_binding_state_has_ended:
 * @state: a state
 *
 * Returns: %TRUE for the final states, which nothing leaves
 */
gboolean
enigm_binding_state_has_ended (EnigmBindingState state)
{
  return state >= ENIGM_BINDING_REVOKED;
}

/**
 * enigm_binding_state_name:
 * @state: a state
 *
 * Returns: its name in PROTOCOL.md, section 8
 */
const char *
enigm_binding_state_name (EnigmBindingState state)
{
  g_return_val_if_fail ((guint) state < ENIGM_BINDING_N_STATES, NULL);
  return state_names[state];
}

/**
 * enigm_binding_by_name:
 * @by: who
 *
 * Returns: the name in PROTOCOL.md, section 8
 */
const char *
enigm_binding_by_name (EnigmBindingBy by)
{
  g_return_val_if_fail ((guint) by < ENIGM_BINDING_N_BY, NULL);
  return by_names[by];
}

/**
 * enigm_binding_reason_name:
 * @reason: why
 *
 * Returns: the name in answers and records
 */
const char *
enigm_binding_reason_name (EnigmBindingReason reason)
{
  g_return_val_if_fail ((guint) reason < ENIGM_BINDING_N_REASONS, NULL);
  return reason_names[reason];
}
