/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-signature-base.h"

#include <string.h>

#include "enigm-error.h"

/* No request of ours comes near it; a bearer token is the longest value. */
#define MAX_VALUE 4096

/* Room for the base of a key's request, so that it does not grow piece by piece. */
#define USUAL_SIZE 512

#define MAX_AUTHORITY 261 /* 255 of a name, a colon, a port */

#define HTTPS_PORT 443

/**
 * enigm_signature_base_params:
 * @components: (array length=n_components): what is covered, in this order
 * @n_components: how many
 * @parameters: the parameters as they are serialized, with the first semicolon
 *
 * Returns: (transfer full): the value of `@signature-params`, which is also what stands behind the
 *   label in Signature-Input (RFC 9421, section 2.3)
 */
gchar *
enigm_signature_base_params (const EnigmSignatureComponent *components,
                             gsize n_components,
                             const gchar *parameters)
{
  g_autoptr (GString) params = g_string_sized_new (USUAL_SIZE);

  g_return_val_if_fail (components != NULL || n_components == 0, NULL);
  g_return_val_if_fail (parameters != NULL, NULL);

  g_string_append_c (params, '(');
  for (gsize i = 0; i < n_components; i++)
    {
      if (i > 0)
        g_string_append_c (params, ' ');
      g_string_append (params, components[i].identifier);
    }
  g_string_append_c (params, ')');
  g_string_append (params, parameters);
  return g_string_free (g_steal_pointer (&params), FALSE);
}

/* A line break in a value would let it pose as the next component. */
static gboolean
value_is_one_line (const gchar *value)
{
  gsize len = strlen (value);

  if (len > MAX_VALUE || value[0] == ' ' || (len > 0 && value[len - 1] == ' '))
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (value[i] < 0x20 || value[i] > 0x7e)
      return FALSE;
  return TRUE;
}

/**
 * enigm_signature_base_build:
 * @components: (array length=n_components): what is covered, in this order
 * @n_components: how many
 * @parameters: the parameters as they are serialized, with the first semicolon
 * @error: return location
 *
 * Builds the signature base of RFC 9421, section 2.5. Values must be printable ASCII on one line,
 * without a space at either end: what comes off the wire is normalized before it comes here, and
 * what is still otherwise is refused.
 *
 * Returns: (transfer full) (nullable): the base, or %NULL with %ENIGM_ERROR_MALFORMED
 */
GBytes *
enigm_signature_base_build (const EnigmSignatureComponent *components,
                            gsize n_components,
                            const gchar *parameters,
                            GError **error)
{
  g_autoptr (GString) base = g_string_sized_new (USUAL_SIZE);
  g_autofree gchar *params = NULL;

  g_return_val_if_fail (components != NULL || n_components == 0, NULL);
  g_return_val_if_fail (parameters != NULL, NULL);

  for (gsize i = 0; i < n_components; i++)
    {
      if (components[i].value == NULL || !value_is_one_line (components[i].value))
        {
          g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s: %s",
                       components[i].identifier,
                       components[i].value == NULL ? "is missing" : "is not one line of text");
          return NULL;
        }
      for (gsize k = 0; k < i; k++)
        if (strcmp (components[i].identifier, components[k].identifier) == 0)
          {
            g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s: is covered twice",
                         components[i].identifier);
            return NULL;
          }
      g_string_append (base, components[i].identifier);
      g_string_append (base, ": ");
      g_string_append (base, components[i].value);
      g_string_append_c (base, '\n');
    }
  params = enigm_signature_base_params (components, n_components, parameters);
  g_string_append (base, "\"@signature-params\": ");
  g_string_append (base, params);
  return g_string_free_to_bytes (g_steal_pointer (&base));
}

static gboolean
host_is_plain (const gchar *host, gsize len)
{
  gboolean literal = len > 2 && host[0] == '[' && host[len - 1] == ']';

  if (len == 0)
    return FALSE;
  if (literal)
    {
      for (gsize i = 1; i + 1 < len; i++)
        if (!g_ascii_isxdigit (host[i]) && host[i] != ':' && host[i] != '.')
          return FALSE;
      return TRUE;
    }
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (host[i]) && host[i] != '-' && host[i] != '.' && host[i] != '_')
      return FALSE;
  return TRUE;
}

/**
 * enigm_http_authority_normalize:
 * @authority: host and port as in a Host field or a URL, of an https origin
 * @error: return location
 *
 * Normalizes an authority as RFC 9421, section 2.2.3, has it: lower case, and no port where it is
 * the default one (443). User information, an empty port and odd characters are refused.
 *
 * Returns: (transfer full) (nullable): the authority, or %NULL with %ENIGM_ERROR_MALFORMED
 */
gchar *
enigm_http_authority_normalize (const gchar *authority, GError **error)
{
  const gchar *end, *colon;
  gsize host_len;
  g_autofree gchar *host = NULL;
  guint64 port = HTTPS_PORT;

  g_return_val_if_fail (authority != NULL, NULL);

  if (strlen (authority) > MAX_AUTHORITY)
    goto refused;
  /* The colons of an IPv6 literal are none of ours. */
  end = authority[0] == '[' ? strchr (authority, ']') : authority;
  if (end == NULL)
    goto refused;
  colon = strchr (end, ':');
  host_len = colon != NULL ? (gsize) (colon - authority) : strlen (authority);
  if (!host_is_plain (authority, host_len))
    goto refused;
  if (colon != NULL &&
      (colon[1] == '0' || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL)))
    goto refused;

  host = g_ascii_strdown (authority, host_len);
  if (port == HTTPS_PORT)
    return g_steal_pointer (&host);
  return g_strdup_printf ("%s:%" G_GUINT64_FORMAT, host, port);

refused:
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       "authority: is not a host with or without a port");
  return NULL;
}
