/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-router.h"

#include "enigm-authentication.h"

/* Every module, in the order of PROTOCOL.md. */
static const EnigmRoute *const modules[] = {
  enigm_about_routes,
  enigm_accounts_routes,
  enigm_sessions_routes,
  enigm_computers_routes,
  enigm_offers_routes,
  enigm_attestations_routes,
  enigm_keys_routes,
  enigm_orders_routes,
  enigm_joins_routes,
  enigm_key_requests_routes,
  enigm_contacts_routes,
  enigm_invitations_routes,
  enigm_events_routes,
  enigm_stream_routes,
  enigm_account_secrets_routes,
  enigm_account_deletion_routes,
  enigm_account_export_routes,
  enigm_bulk_routes,
  enigm_command_sessions_routes,
  enigm_command_keys_routes,
  enigm_command_look_routes,
  enigm_command_administrators_routes,
  enigm_command_secrets_routes,
};

/* Whether a path fits a pattern; what stands for its `{}` is added to @arguments, where there is
 * one. Every request tries every route, so nothing is made before one fits. */
static gboolean
match (const gchar *pattern, const gchar *path, GStrvBuilder *arguments)
{
  while (*pattern != '\0')
    {
      if (*pattern == '{')
        {
          gsize length = strcspn (path, "/");

          if (length == 0)
            return FALSE;
          if (arguments != NULL)
            {
              g_autofree gchar *argument = g_strndup (path, length);

              g_strv_builder_add (arguments, argument);
            }
          pattern += strlen ("{}");
          path += length;
        }
      else if (*pattern++ != *path++)
        return FALSE;
    }
  return *path == '\0';
}

static GStrv
get_arguments (const gchar *pattern, const gchar *path)
{
  g_autoptr (GStrvBuilder) arguments = g_strv_builder_new ();

  match (pattern, path, arguments);
  return g_strv_builder_end (arguments);
}

static gboolean
check_target (EnigmPlatformState *state, EnigmRequest *request, GError **error)
{
  GUri *uri = soup_server_message_get_uri (enigm_request_get_message (request));
  const gchar *host = enigm_request_get_header (request, "Host");
  g_autofree gchar *origin = NULL;

  if (g_uri_get_query (uri) != NULL)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "query", "no request here has one");
      return FALSE;
    }
  /* A target in absolute form brings an authority of its own. Both must be ours, or a signature
   * made for somebody else's platform could be of use here. */
  if (g_uri_get_port (uri) > 0)
    origin = g_strdup_printf ("%s://%s:%d", g_uri_get_scheme (uri), g_uri_get_host (uri),
                              g_uri_get_port (uri));
  else
    origin = g_strdup_printf ("%s://%s", g_uri_get_scheme (uri), g_uri_get_host (uri));
  if (host == NULL || g_ascii_strcasecmp (host, enigm_config_get_authority (state->config)) != 0 ||
      g_ascii_strcasecmp (origin, state->config->origin) != 0 || g_uri_get_userinfo (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "Host", "this is not that host");
      return FALSE;
    }
  if ((g_str_equal (enigm_request_get_method (request), "GET") ||
       g_str_equal (enigm_request_get_method (request), "DELETE")) &&
      g_bytes_get_size (enigm_request_get_body (request)) > 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "body", "this method has none");
      return FALSE;
    }
  return TRUE;
}

/**
 * enigm_router_find_pattern:
 * @path: a request's path
 *
 * Returns: (transfer none) (nullable): the pattern that it fits: what may be logged of it
 */
const gchar *
enigm_router_find_pattern (const gchar *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++)
    {
      for (const EnigmRoute *route = modules[i]; route->method != NULL; route++)
        {
          if (match (route->pattern, path, NULL))
            return route->pattern;
        }
    }
  return NULL;
}

/**
 * enigm_router_dispatch:
 * @state: the platform
 * @request: a request without an answer
 *
 * Finds who answers @request, checks that it brings what the route wants, and hands it over.
 */
void
enigm_router_dispatch (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GString) allowed = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (!check_target (state, request, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++)
    {
      for (const EnigmRoute *route = modules[i]; route->method != NULL; route++)
        {
          if (!match (route->pattern, enigm_request_get_path (request), NULL))
            continue;
          if (!g_str_equal (route->method, enigm_request_get_method (request)))
            {
              g_string_append_printf (allowed, "%s%s", allowed->len > 0 ? ", " : "", route->method);
              continue;
            }
          enigm_request_set_path_arguments (
            request, get_arguments (route->pattern, enigm_request_get_path (request)));
          if (!enigm_authentication_check (state, request, route->flags, &error))
            enigm_request_reply_error (request, error);
          else
            route->handler (state, request);
          return;
        }
    }
  if (allowed->len > 0)
    enigm_request_reply_method (request, allowed->str);
  else
    enigm_request_reply_problem (request, ENIGM_PROBLEM_UNKNOWN, NULL, NULL);
}
