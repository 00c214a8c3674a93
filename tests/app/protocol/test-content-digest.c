/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-content-digest.h"

#include "app/protocol/enigm-error.h"
#include "vectors.h"

#define OF_NOTHING "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"

static void
test_rfc9530 (void)
{
  g_autoptr (JsonParser) parser = test_vectors_load ("content-digest-rfc9530.json");
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  const gchar *body = json_object_get_string_member (root, "body");
  const gchar *field = json_object_get_string_member (root, "field");
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autofree gchar *value = enigm_content_digest_format (bytes);
  g_autofree gchar *line = g_strconcat ("Content-Digest: ", value, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (line, ==, field);
  g_assert_true (enigm_content_digest_check (value, 1, bytes, &error));
  g_assert_no_error (error);
}

static void
test_empty_body (void)
{
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autofree gchar *of_none = enigm_content_digest_format (NULL);
  g_autofree gchar *of_empty = enigm_content_digest_format (empty);

  g_assert_cmpstr (of_none, ==, OF_NOTHING);
  g_assert_cmpstr (of_empty, ==, OF_NOTHING);
  g_assert_true (enigm_content_digest_check (OF_NOTHING, 1, NULL, NULL));
  g_assert_true (enigm_content_digest_check (OF_NOTHING, 1, empty, NULL));
}

static void
test_another_body (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (enigm_content_digest_check (OF_NOTHING, 1, body, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
}

static void
test_refusals (void)
{
  const gchar *bad[] = {
    NULL,
    "",
    ":",
    "sha-256",
    "sha-256=",
    "sha-256=:",
    "sha-256=::",
    "sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU:",
    "sha-256=:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=:",
    "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=:",
    "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS:",
    "SHA-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
    " sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
    OF_NOTHING " ",
    OF_NOTHING ";x",
    OF_NOTHING ", " OF_NOTHING,
    "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/"
    "WkppmM44T3qg==:",
    OF_NOTHING ", "
               "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/"
               "WkppmM44T3qg==:",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (enigm_content_digest_check (bad[i], 1, NULL, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
  for (guint n = 0; n <= 2; n += 2)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (enigm_content_digest_check (OF_NOTHING, n, NULL, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content-digest/rfc9530", test_rfc9530);
  g_test_add_func ("/content-digest/empty-body", test_empty_body);
  g_test_add_func ("/content-digest/another-body", test_another_body);
  g_test_add_func ("/content-digest/refusals", test_refusals);
  return g_test_run ();
}
