/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-key.h"

static const struct
{
  const gchar *to;
  EnigmKeyAction action;
} wishes[] = {
  { "found", ENIGM_KEY_ACTION_FOUND },      { "lost", ENIGM_KEY_ACTION_LOST },
  { "cancelled", ENIGM_KEY_ACTION_CANCEL }, { "replaced", ENIGM_KEY_ACTION_REPLACE },
  { "revoked", ENIGM_KEY_ACTION_REVOKE },   { "retired", ENIGM_KEY_ACTION_RETIRE },
  { "released", ENIGM_KEY_ACTION_RELEASE },
};

static gboolean
is_allowed (EnigmKey *self, const gchar *to)
{
  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    if (g_str_equal (wishes[i].to, to))
      return enigm_key_allows (self, wishes[i].action);
  return FALSE;
}

static const gchar *
describe_in_force (EnigmKey *self, const gchar *to)
{
  const EnigmKeyReasons reasons = enigm_key_get_reasons (self);

  if (g_str_equal (to, "released"))
    return _ (
      "This key is in force, and not released. Nothing changed. Revoke or retire it first.");
  if (g_str_equal (to, "cancelled"))
    return _ ("This key is paired already. Nothing changed. To take its power away, revoke it.");
  if (g_str_equal (to, "lost"))
    return _ ("This key is already marked as lost. Nothing changed. If you find it, say so.");
  if (reasons == ENIGM_KEY_REASON_NONE)
    return _ ("This key is trusted already. Nothing changed. Run a drill to prove it.");
  if (reasons & ENIGM_KEY_REASON_LOST)
    return _ ("This key is marked as lost. Nothing changed. Say first that you found it, or revoke "
              "it.");
  if (reasons & ENIGM_KEY_REASON_UNPROVED)
    return _ ("The platform was restored from a copy, and does not know what became of this key. "
              "Nothing changed. Confirm first that you have it, or revoke it.");
  return _ ("This key is suspended. Nothing changed. Ask whoever runs the platform, or revoke it.");
}

gchar *
enigm_key_describe_refusal (EnigmKey *self, const gchar *to)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self) && to != NULL, NULL);

  if (is_allowed (self, to))
    return NULL;
  if (enigm_key_get_waiting_to_revoke (self))
    return g_strdup (_ ("This key is about to be revoked. Nothing else changed. It is sent as soon "
                        "as the platform can be reached."));
  switch (enigm_key_get_state (self))
    {
    case ENIGM_KEY_STATE_PENDING:
      return g_strdup (_ ("The pairing of this key is not finished. Nothing changed. Finish it, or "
                          "cancel it."));
    case ENIGM_KEY_STATE_TRUSTED:
    case ENIGM_KEY_STATE_RESTRICTED:
      return g_strdup (describe_in_force (self, to));
    case ENIGM_KEY_STATE_REVOKED:
      return g_strdup (_ ("This key is already revoked. Nothing changed. It cannot raise an alert; "
                          "when you have it, pair it anew."));
    case ENIGM_KEY_STATE_REPLACED:
      return g_strdup (
        _ ("A newer pairing already took this one’s place. Nothing changed. This one "
           "cannot raise an alert."));
    case ENIGM_KEY_STATE_RETIRED:
      return g_strdup (_ ("This key is already retired, and belongs to nobody. Nothing changed. To "
                          "use it again, pair it anew."));
    case ENIGM_KEY_STATE_CANCELLED:
    case ENIGM_KEY_STATE_EXPIRED:
      return g_strdup (_ ("This pairing has already ended. Nothing changed. Pair the key anew."));
    default:
      g_assert_not_reached ();
    }
}
