/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmProblem:
 *
 * Everything the platform answers with instead of doing what it was asked: the stable list at the
 * end of PROTOCOL.md, section 8. Each has one name and one status for ever.
 */
typedef enum
{
  ENIGM_PROBLEM_MALFORMED,
  ENIGM_PROBLEM_SIGN_IN_WRONG,
  ENIGM_PROBLEM_SESSION_ENDED,
  ENIGM_PROBLEM_SIGNATURE_WRONG,
  ENIGM_PROBLEM_FORBIDDEN,
  ENIGM_PROBLEM_PIN_WRONG,
  ENIGM_PROBLEM_UNKNOWN,
  ENIGM_PROBLEM_NAME_TAKEN,
  ENIGM_PROBLEM_KEY_OWNED,
  ENIGM_PROBLEM_KEY_SUSPENDED,
  ENIGM_PROBLEM_STATE_FORBIDS,
  ENIGM_PROBLEM_CHANGED,
  ENIGM_PROBLEM_TOO_LARGE,
  ENIGM_PROBLEM_CONTACT_OWN,
  ENIGM_PROBLEM_CONTACT_TWICE,
  ENIGM_PROBLEM_CONTACT_MISTYPED,
  ENIGM_PROBLEM_NOT_GENUINE,
  ENIGM_PROBLEM_OFFER_OVER,
  ENIGM_PROBLEM_TOO_MANY,
  ENIGM_PROBLEM_INTERNAL,
} EnigmProblem;

#define ENIGM_PROBLEM (enigm_problem_quark ())

GQuark enigm_problem_quark (void);

const gchar *enigm_problem_get_name (EnigmProblem problem);
const gchar *enigm_problem_get_title (EnigmProblem problem);
guint enigm_problem_get_status (EnigmProblem problem);

void enigm_problem_set (GError **error,
                        EnigmProblem problem,
                        const gchar *field,
                        const gchar *format,
                        ...) G_GNUC_PRINTF (4, 5);
const gchar *enigm_problem_get_field (const GError *error);

G_END_DECLS
