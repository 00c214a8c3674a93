/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-pairing-outcome.h"

#include <glib/gi18n-lib.h>

#include "protocol/enigm-error.h"

/* Nothing has changed: what went wrong says so itself, but for what could go wrong at any time. */
static char *
explain_unchanged (const GError *error, const char *host)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_strdup (_ ("The pairing was cancelled. Nothing was bound, and you can pair the key at "
                        "any time."));
  if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE))
    return g_strdup (_ ("The connection to the key was lost. Nothing was bound. Bring the key "
                        "close to this computer, hold its button until its light turns, and try "
                        "again."));
  if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY))
    /* Translators: %s is the host name of a platform */
    return g_strdup_printf (
      _ ("The platform at %s cannot be reached, or has a fault. Nothing was bound. Check "
         "this computer's connection and try again in a while."),
      host);
  return g_strdup (error->message);
}

static char *
explain_unknown (const GError *error, const char *host)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_strdup_printf (
      /* Translators: %s is the host name of a platform */
      _ ("You cancelled, but the platform at %s could not be told. If your key reaches it within "
         "ten minutes, it is paired all the same; you can retire it then. Otherwise nothing is "
         "bound."),
      host);
  return g_strdup_printf (
    /* Translators: %s is the host name of a platform */
    _ ("The platform at %s cannot be reached, or has a fault, so it is not known whether your key "
       "is paired. If "
       "the key reaches it within ten minutes, it finishes by itself; otherwise nothing is bound. "
       "Check this computer's connection, look at your keys, and pair it again if it is missing."),
    host);
}

/**
 * enigm_pairing_outcome_explain:
 * @error: what ended the pairing
 * @host: the platform's host name
 *
 * Returns: (transfer full): an error of the same kind, whose sentence says what happened, what is
 *   unchanged and what to do
 */
GError *
enigm_pairing_outcome_explain (EnigmPairingOutcome self, const GError *error, const char *host)
{
  g_autofree char *sentence = NULL;

  g_return_val_if_fail (error != NULL && host != NULL, NULL);

  switch (self)
    {
    case ENIGM_PAIRING_MAY_FINISH:
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        sentence = explain_unknown (error, host);
      else
        sentence = g_strdup (
          _ ("The pairing was interrupted, and the platform has not heard from the key yet. Your "
             "key finishes by itself when it has mobile data within ten minutes. Otherwise nothing "
             "is bound, and you can pair it again."));
      break;
    case ENIGM_PAIRING_BOUND_ELSEWHERE:
      sentence = g_strdup (
        _ ("Your key is paired and works, but the pairing ended before it was certain that you can "
           "manage it from this computer. If you cannot, hold the key's button until its light "
           "turns and pair it here once more."));
      break;
    case ENIGM_PAIRING_UNKNOWN:
      sentence = explain_unknown (error, host);
      break;
    case ENIGM_PAIRING_UNCHANGED:
    default:
      sentence = explain_unchanged (error, host);
      break;
    }
  return g_error_new_literal (error->domain, error->code, sentence);
}
