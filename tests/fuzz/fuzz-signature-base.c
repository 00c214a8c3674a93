/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-http-signature.h"
#include "enigm-signature-base.h"
#include "fuzz.h"

/* A base is lines: nothing that came with a request may begin another one. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *method = g_strndup ((const char *) data, MIN (size, 4));
  g_autofree char *authority = NULL;
  g_autofree char *normal = NULL;
  g_autofree char *path = NULL;
  g_autofree char *type = NULL;
  g_autoptr (GBytes) base = NULL;
  g_autoptr (GError) error = NULL;
  EnigmHttpSignature signature = { .profile = ENIGM_HTTP_KEY_REQUEST };
  EnigmHttpMessage message = { .method = method, .content_digest = "sha-256=:AA==:" };

  data += MIN (size, 4);
  size -= MIN (size, 4);
  authority = fuzz_take_line (&data, &size);
  normal = enigm_http_authority_normalize (authority, NULL);
  if (normal != NULL)
    {
      g_autofree char *again = enigm_http_authority_normalize (normal, NULL);

      g_assert_cmpstr (again, ==, normal);
    }
  path = g_strndup ((const char *) data, size / 2);
  type = g_strndup ((const char *) data + size / 2, size - size / 2);
  message.authority = authority;
  message.path = path;
  message.content_type = type;
  base = enigm_http_signature_base (&signature, &message, &error);
  fuzz_assert_said (base != NULL, error);
  if (base != NULL)
    {
      gsize len;
      const char *text = g_bytes_get_data (base, &len);
      guint lines = 0;

      for (gsize i = 0; i < len; i++)
        lines += text[i] == '\n';
      g_assert_cmpuint (lines, ==, 5);
    }
  return 0;
}
