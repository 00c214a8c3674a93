/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-problem.h"

/* What a problem carries besides its code and its detail. */
typedef struct
{
  gchar *field;
} EnigmProblemPrivate;

static void
enigm_problem_private_init (EnigmProblemPrivate *priv)
{
  priv->field = NULL;
}

static void
enigm_problem_private_copy (const EnigmProblemPrivate *src, EnigmProblemPrivate *dest)
{
  dest->field = g_strdup (src->field);
}

static void
enigm_problem_private_clear (EnigmProblemPrivate *priv)
{
  g_clear_pointer (&priv->field, g_free);
}

/* GLib keeps the private part where it is aligned, which clang cannot see. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-align"
G_DEFINE_EXTENDED_ERROR (EnigmProblem, enigm_problem)
#pragma GCC diagnostic pop

static const struct
{
  const gchar *name;
  guint status;
  const gchar *title;
} problems[] = {
  [ENIGM_PROBLEM_MALFORMED] = { "malformed", 400, "The request cannot be read" },
  [ENIGM_PROBLEM_SIGN_IN_WRONG] = { "sign-in-wrong", 401, "User name or password do not fit" },
  [ENIGM_PROBLEM_SESSION_ENDED] = { "session-ended", 401, "The session is over" },
  [ENIGM_PROBLEM_SIGNATURE_WRONG] = { "signature-wrong", 401, "The signature does not fit" },
  [ENIGM_PROBLEM_FORBIDDEN] = { "forbidden", 403, "Not allowed" },
  [ENIGM_PROBLEM_PIN_WRONG] = { "pin-wrong", 403, "The PIN does not fit" },
  [ENIGM_PROBLEM_UNKNOWN] = { "unknown", 404, "There is no such thing here" },
  [ENIGM_PROBLEM_NAME_TAKEN] = { "name-taken", 409, "The user name is taken" },
  [ENIGM_PROBLEM_KEY_OWNED] = { "key-owned", 409, "The key belongs to another account" },
  [ENIGM_PROBLEM_KEY_SUSPENDED] = { "key-suspended", 409, "The key is suspended" },
  [ENIGM_PROBLEM_STATE_FORBIDS] = { "state-forbids", 409, "Not possible in this state" },
  [ENIGM_PROBLEM_CHANGED] = { "changed", 412, "It was changed in the meantime" },
  [ENIGM_PROBLEM_TOO_LARGE] = { "too-large", 413, "The request is too large" },
  [ENIGM_PROBLEM_CONTACT_OWN] = { "contact-own", 422, "That is your own contact ID" },
  [ENIGM_PROBLEM_CONTACT_TWICE] = { "contact-twice", 422, "The contact is listed twice" },
  [ENIGM_PROBLEM_CONTACT_MISTYPED] = { "contact-mistyped", 422, "The contact ID is mistyped" },
  [ENIGM_PROBLEM_NOT_GENUINE] = { "not-genuine", 422, "The key is not genuine" },
  [ENIGM_PROBLEM_OFFER_OVER] = { "offer-over", 422, "The offer is over" },
  [ENIGM_PROBLEM_TOO_MANY] = { "too-many", 429, "Too many at once" },
  [ENIGM_PROBLEM_INTERNAL] = { "internal", 500, "The platform could not do it" },
};

/**
 * enigm_problem_get_name:
 * @problem: a problem
 *
 * Returns: (transfer none): the last part of its `urn:enigm:problem:` type
 */
const gchar *
enigm_problem_get_name (EnigmProblem problem)
{
  g_return_val_if_fail ((guint) problem < G_N_ELEMENTS (problems), "internal");
  return problems[problem].name;
}

/**
 * enigm_problem_get_title:
 * @problem: a problem
 *
 * Returns: (transfer none): the same short English phrase each time (RFC 9457, section 3.1.3)
 */
const gchar *
enigm_problem_get_title (EnigmProblem problem)
{
  g_return_val_if_fail ((guint) problem < G_N_ELEMENTS (problems), "");
  return problems[problem].title;
}

/**
 * enigm_problem_get_status:
 * @problem: a problem
 *
 * Returns: its HTTP status
 */
guint
enigm_problem_get_status (EnigmProblem problem)
{
  g_return_val_if_fail ((guint) problem < G_N_ELEMENTS (problems), 500);
  return problems[problem].status;
}

/**
 * enigm_problem_set:
 * @error: (out) (optional): where to put it
 * @problem: which one
 * @field: (nullable): the member or header field that was wrong
 * @format: what is wrong with it, for whoever writes a client; never a secret
 * @...: arguments of @format
 *
 * Sets an error that enigm_request_reply_error() answers with as it is.
 */
void
enigm_problem_set (GError **error,
                   EnigmProblem problem,
                   const gchar *field,
                   const gchar *format,
                   ...)
{
  EnigmProblemPrivate *priv;
  va_list args;

  if (error == NULL)
    return;
  g_return_if_fail (*error == NULL);

  va_start (args, format);
  *error = g_error_new_valist (ENIGM_PROBLEM, problem, format, args);
  va_end (args);
  priv = enigm_problem_get_private (*error);
  priv->field = g_strdup (field);
}

/**
 * enigm_problem_get_field:
 * @error: an error of the domain %ENIGM_PROBLEM
 *
 * Returns: (nullable) (transfer none): the field that was wrong
 */
const gchar *
enigm_problem_get_field (const GError *error)
{
  g_return_val_if_fail (error != NULL && error->domain == ENIGM_PROBLEM, NULL);
  return enigm_problem_get_private (error)->field;
}
