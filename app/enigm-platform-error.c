/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-json.h"
#include "enigm-platform-private.h"

#define PROBLEM_PREFIX "urn:enigm:problem:"

static const struct
{
  const gchar *name;
  EnigmError code;
  const gchar *sentence;
} problems[] = {
  { "malformed", ENIGM_ERROR_PLATFORM_REFUSED,
    N_ (
      "The platform did not understand this app. Nothing was changed. Look for an update of Enigm "
      "App.") },
  { "sign-in-wrong", ENIGM_ERROR_SIGN_IN_WRONG,
    N_ ("User name and password do not fit. You are not signed in, and nothing was changed. Check "
        "both and try again.") },
  { "session-ended", ENIGM_ERROR_SESSION_ENDED,
    N_ (
      "This computer is not signed in any more. Nothing was changed, and your key goes on working. "
      "Sign in again.") },
  { "signature-wrong", ENIGM_ERROR_SESSION_ENDED,
    N_ ("The platform does not accept this computer’s signature. Nothing was changed, and your key "
        "goes on working. Check this computer’s clock, then sign in again.") },
  { "forbidden", ENIGM_ERROR_PLATFORM_REFUSED, N_ ("You may not do this. Nothing was changed.") },
  { "pin-wrong", ENIGM_ERROR_PIN_WRONG,
    N_ ("The PIN does not fit. Nothing was changed. Check it and try again; five wrong ones in a "
        "row close this computer.") },
  { "unknown", ENIGM_ERROR_PLATFORM_REFUSED,
    N_ ("The platform does not have this any more. Nothing was changed. Try again to see what is "
        "there now.") },
  { "name-taken", ENIGM_ERROR_PLATFORM_REFUSED,
    N_ ("Somebody has this user name already. No account was made. Choose another one.") },
  { "key-owned", ENIGM_ERROR_KEY_OWNED,
    N_ ("This key belongs to another account. Nothing was bound. Its owner has to release it "
        "first.") },
  { "key-suspended", ENIGM_ERROR_PLATFORM_REFUSED,
    N_ ("This key is suspended. Nothing was changed. Ask whoever runs the platform.") },
  { "state-forbids", ENIGM_ERROR_PLATFORM_REFUSED,
    N_ ("This is not possible in the state it is in now. Nothing was changed. Try again to see how "
        "things stand.") },
  { "changed", ENIGM_ERROR_CONFLICT,
    N_ (
      "This was changed on another computer meanwhile. Nothing was overwritten. Look at how it is "
      "now, and decide again.") },
  { "too-large", ENIGM_ERROR_PLATFORM_REFUSED,
    N_ ("This is more than the platform takes. Nothing was changed. Make it shorter.") },
  { "contact-own", ENIGM_ERROR_MALFORMED,
    N_ ("This is your own contact ID. Your contacts are unchanged. Ask the person for theirs.") },
  { "contact-twice", ENIGM_ERROR_MALFORMED,
    N_ ("This contact is on your list already. Your contacts are unchanged.") },
  { "contact-mistyped", ENIGM_ERROR_MALFORMED,
    N_ ("This contact ID has a typing error. Your contacts are unchanged. Compare it with what you "
        "were given.") },
  { "not-genuine", ENIGM_ERROR_NOT_GENUINE,
    N_ ("The platform cannot tell that this key is genuine. Nothing was bound. Do not trust this "
        "key; "
        "ask whoever gave it to you.") },
  { "offer-over", ENIGM_ERROR_PLATFORM_REFUSED,
    N_ ("Pairing took too long. Nothing was bound. Begin again.") },
  { "too-many", ENIGM_ERROR_PLATFORM_REFUSED,
    N_ ("The platform asks for a pause. Nothing was changed. Wait a few minutes, then try again; "
        "if it "
        "still asks for one, try tomorrow.") },
  /* It decided nothing, and may work again in a moment: as good as not there. */
  { "internal", ENIGM_ERROR_PLATFORM_AWAY,
    N_ ("The platform has a fault. It is not known whether this was done. Try again, and tell "
        "whoever "
        "runs the platform if it stays.") },
};

static GError *
certificate_error (EnigmPlatform *self, SoupMessage *message)
{
  GTlsCertificateFlags flags = soup_message_get_tls_peer_certificate_errors (message);
  const gchar *what;
  const gchar *unchanged;

  if ((flags & ~G_TLS_CERTIFICATE_EXPIRED) == 0 && flags != 0)
    /* Translators: %s is the host name of a platform */
    what = _ ("The certificate of the platform at %s has run out.");
  else if ((flags & ~G_TLS_CERTIFICATE_BAD_IDENTITY) == 0 && flags != 0)
    what = _ ("The platform at %s showed a certificate that belongs to another name.");
  else
    what = _ ("The platform at %s showed a certificate that is not trusted.");
  unchanged = enigm_platform_get_session (self) == NULL
                ? _ ("You are not signed in, and nothing was sent.")
                : _ ("Nothing was sent, and nothing was changed.");

  {
    g_autofree gchar *format = g_strconcat (what, " %s %s", NULL);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return g_error_new (ENIGM_ERROR, ENIGM_ERROR_PLATFORM_CERTIFICATE, format,
                        enigm_platform_get_host (self), unchanged,
                        _ ("Ask whoever runs it before going on."));
#pragma GCC diagnostic pop
  }
}

/**
 * enigm_platform_map_transport:
 *
 * The one place where errors of libsoup, TLS and the network become ours.
 *
 * Returns: (transfer full): the error
 */
GError *
enigm_platform_map_transport (EnigmPlatform *self, SoupMessage *message, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || error->domain == ENIGM_ERROR)
    return g_error_copy (error);
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return certificate_error (self, message);
  /* The sentence says what to do; the log says why. */
  g_info ("%s cannot be reached: %s", enigm_platform_get_host (self), error->message);
  return g_error_new (
    ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY,
    /* Translators: %s is the host name of a platform */
    _ ("The platform at %s cannot be reached. What you see is what was known last. "
       "Check your connection and try again."),
    enigm_platform_get_host (self));
}

/**
 * enigm_platform_map_problem:
 * @status: not 2xx
 * @body: what came with it
 *
 * Returns: (transfer full): the error
 */
GError *
enigm_platform_map_problem (EnigmPlatform *self, guint status, GBytes *body)
{
  g_autoptr (JsonObject) json = enigm_json_parse (body, NULL);
  g_autofree gchar *type = NULL;

  if (json != NULL && enigm_json_read_string (json, "type", 128, &type, NULL) &&
      g_str_has_prefix (type, PROBLEM_PREFIX))
    for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
      if (g_str_equal (type + strlen (PROBLEM_PREFIX), problems[i].name))
        return g_error_new_literal (ENIGM_ERROR, problems[i].code, _ (problems[i].sentence));

  if (status == SOUP_STATUS_BAD_GATEWAY || status == SOUP_STATUS_SERVICE_UNAVAILABLE ||
      status == SOUP_STATUS_GATEWAY_TIMEOUT)
    return g_error_new (ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY,
                        _ ("The platform at %s is not available just now. What you see is what was "
                           "known last. Try again in a while."),
                        enigm_platform_get_host (self));
  return g_error_new (
    ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER,
    _ ("What answers at %s is not an Enigm platform, or not one that this version "
       "understands. Nothing on this computer was changed. Check the address."),
    enigm_platform_get_host (self));
}

gboolean
enigm_platform_error_is_answer (const GError *error)
{
  return error == NULL ||
         (error->domain == ENIGM_ERROR && error->code != ENIGM_ERROR_PLATFORM_AWAY &&
          error->code != ENIGM_ERROR_PLATFORM_CERTIFICATE &&
          error->code != ENIGM_ERROR_PLATFORM_ANSWER);
}
