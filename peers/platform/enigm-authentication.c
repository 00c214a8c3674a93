/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-authentication.h"

gboolean
enigm_authentication_check (EnigmPlatformState *state,
                            EnigmRequest *request,
                            EnigmRouteFlags flags,
                            GError **error)
{
  if (flags == ENIGM_ROUTE_OPEN)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_SESSION_ENDED, NULL, "no session");
  return FALSE;
}
