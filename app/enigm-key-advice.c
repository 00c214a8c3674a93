/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-key.h"

static const gchar *
describe_restricted (EnigmKey *self)
{
  const EnigmKeyReasons reasons = enigm_key_get_reasons (self);
  const gboolean suspended = (reasons & ENIGM_KEY_REASON_SUSPENDED) != 0;

  if (reasons & ENIGM_KEY_REASON_LOST)
    return suspended
             ? _ ("It is lost and suspended. If you find it, say so, and ask whoever runs the "
                  "platform. If you do not, revoke it, or pair another key in its place.")
             : _ ("If you find it, say so. If you do not, revoke it, or pair another key in its "
                  "place.");
  if (reasons & ENIGM_KEY_REASON_UNPROVED)
    return suspended
             ? _ ("The platform was restored from a copy, and this key is suspended. Confirm that "
                  "it is in your hands and ask whoever runs the platform, or revoke it.")
             : _ ("The platform was restored from a copy. Confirm that this key is in your hands, "
                  "or revoke it.");
  return _ ("Ask whoever runs the platform why it is suspended. Meanwhile, another key can protect "
            "you.");
}

gchar *
enigm_key_describe_remaining (EnigmKey *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY (self), NULL);

  if (enigm_key_get_waiting_to_revoke (self))
    return g_strdup (_ ("It is sent before anything else, as soon as the platform can be reached. "
                        "Keep this computer on, and connect it."));
  switch (enigm_key_get_state (self))
    {
    case ENIGM_KEY_STATE_RESTRICTED:
      return g_strdup (describe_restricted (self));
    case ENIGM_KEY_STATE_TRUSTED:
      if (enigm_key_get_proved_time (self) == 0)
        return g_strdup (
          _ ("The platform was restored from a copy, and this key has not been heard "
             "since. It proves itself once a day, or when you run a drill."));
      return NULL;
    case ENIGM_KEY_STATE_REVOKED:
    case ENIGM_KEY_STATE_REPLACED:
      if (enigm_key_get_released (self) == 0)
        return g_strdup (_ ("It still belongs to you. When you have it again, pair it anew, or "
                            "release it so that it wipes itself."));
      G_GNUC_FALLTHROUGH;
    case ENIGM_KEY_STATE_RETIRED:
      return g_strdup (_ ("It belongs to nobody. It wipes itself when it next reaches the platform "
                          "or is paired; until then, keep it safe."));
    case ENIGM_KEY_STATE_PENDING:
    case ENIGM_KEY_STATE_CANCELLED:
    case ENIGM_KEY_STATE_EXPIRED:
    default:
      return NULL;
    }
}
