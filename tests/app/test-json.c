/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the platform says, read into types: each field of each thing refused when it is wrong. */
#include <string.h>

#include "enigm-contact-id.h"
#include "enigm-json-check.h"
#include "enigm-json.h"
#include "enigm-model-private.h"

#define ID "00112233445566778899aabbccddeeff"
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static JsonObject *
parse (const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return enigm_json_parse (bytes, NULL);
}

static void
test_document (void)
{
  static const gchar *const bad[] = { "",
                                      " ",
                                      "null",
                                      "[]",
                                      "1",
                                      "\"a\"",
                                      "{",
                                      "{\"a\":}",
                                      "{'a':1}",
                                      "{\"a\":1}//",
                                      "{\"a\":/**/1}",
                                      "1{\"a\":1}",
                                      "{\"a\":1}{\"a\":1}",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"a\":\"\x10\"}",
                                      "{\"a\":\"\xc3\"}" };
  g_autofree gchar *open = g_strnfill (ENIGM_JSON_MAX_DEPTH, '[');
  g_autofree gchar *shut = g_strnfill (ENIGM_JSON_MAX_DEPTH, ']');
  g_autofree gchar *deep = g_strdup_printf ("{\"a\":%s%s}", open, shut);
  g_autofree gchar *fits = g_strdup_printf ("{\"a\":%s%s}", open + 1, shut + 1);
  g_autoptr (JsonObject) right = parse (fits);
  g_autoptr (JsonObject) brackets = parse ("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"}");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (parse (bad[i]));
  g_assert_null (parse (deep));
  g_assert_nonnull (right);
  g_assert_nonnull (brackets);
}

static void
test_members (void)
{
  g_autoptr (JsonObject) o =
    parse ("{\"text\":\"abc\",\"n\":5,\"half\":0.5,\"no\":null,\"yes\":true,\"hex\":\"0AF0\","
           "\"b\":\"AQ\",\"b2\":\"AR\",\"b3\":\"AQ==\",\"list\":[1,2],\"big\":9e99}");
  static const gchar *const choices[] = { "abd", "abc", NULL };
  g_autofree gchar *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *array;
  JsonObject *object;
  gint64 n;
  gdouble d;
  gboolean b;
  guint choice;

  g_assert_true (enigm_json_read_string (o, "text", 3, &text, NULL));
  g_assert_cmpstr (text, ==, "abc");
  g_clear_pointer (&text, g_free);
  g_assert_false (enigm_json_read_string (o, "text", 2, &text, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER);
  g_assert_nonnull (strstr (error->message, "text"));
  g_assert_false (enigm_json_read_string (o, "n", 9, &text, NULL));
  g_assert_false (enigm_json_read_string (o, "no", 9, &text, NULL));
  g_assert_false (enigm_json_read_string (o, "absent", 9, &text, NULL));
  g_assert_false (enigm_json_read_hex (o, "hex", 4, &text, NULL));
  g_assert_true (enigm_json_read_int (o, "n", 5, 5, &n, NULL));
  g_assert_cmpint (n, ==, 5);
  g_assert_false (enigm_json_read_int (o, "n", 6, 9, &n, NULL));
  g_assert_false (enigm_json_read_int (o, "n", 0, 4, &n, NULL));
  g_assert_false (enigm_json_read_int (o, "half", 0, 4, &n, NULL));
  g_assert_false (enigm_json_read_int (o, "text", 0, 4, &n, NULL));
  g_assert_true (enigm_json_read_number (o, "half", 0, 1, &d, NULL));
  g_assert_true (enigm_json_read_number (o, "n", 0, 5, &d, NULL));
  g_assert_false (enigm_json_read_number (o, "big", 0, 5, &d, NULL));
  g_assert_true (enigm_json_read_bool (o, "yes", &b, NULL));
  g_assert_true (b);
  g_assert_false (enigm_json_read_bool (o, "n", &b, NULL));
  g_assert_true (enigm_json_read_time_or_null (o, "no", &n, NULL));
  g_assert_cmpint (n, ==, 0);
  g_assert_false (enigm_json_read_time (o, "no", &n, NULL));
  g_assert_true (enigm_json_read_choice (o, "text", choices, &choice, NULL));
  g_assert_cmpuint (choice, ==, 1);
  g_assert_false (enigm_json_read_choice (o, "hex", choices, &choice, NULL));
  g_assert_true (enigm_json_read_bytes (o, "b", 1, 1, &bytes, NULL));
  g_clear_pointer (&bytes, g_bytes_unref);
  /* A second spelling of the same byte, and padding, are other texts. */
  g_assert_false (enigm_json_read_bytes (o, "b2", 1, 1, &bytes, NULL));
  g_assert_false (enigm_json_read_bytes (o, "b3", 1, 1, &bytes, NULL));
  g_assert_false (enigm_json_read_bytes (o, "b", 2, 2, &bytes, NULL));
  g_assert_true (enigm_json_read_array (o, "list", 2, &array, NULL));
  g_assert_false (enigm_json_read_array (o, "list", 1, &array, NULL));
  g_assert_false (enigm_json_read_array (o, "text", 9, &array, NULL));
  g_assert_false (enigm_json_read_object (o, "list", &object, NULL));
  g_assert_true (enigm_json_read_object_or_null (o, "no", &object, NULL));
  g_assert_null (object);
}

/* The right text, and what one member of it may be changed to and still be read. */

typedef gpointer (*ParseFunc) (JsonObject *json, GError **error);

static void
assert_each_member_counts (const gchar *text, ParseFunc func, const gchar *const *may_be_missing)
{
  g_autoptr (JsonObject) right = parse (text);
  g_autoptr (GObject) item = NULL;
  g_autoptr (GError) error = NULL;
  GList *members;

  g_assert_nonnull (right);
  item = func (right, &error);
  g_assert_no_error (error);
  g_assert_nonnull (item);

  members = json_object_get_members (right);
  for (GList *l = members; l != NULL; l = l->next)
    {
      g_autoptr (JsonObject) without = parse (text);
      g_autoptr (JsonObject) wrong = parse (text);
      g_autoptr (GObject) item_without = NULL;

      json_object_remove_member (without, l->data);
      json_object_set_boolean_member (wrong, l->data, TRUE);
      g_assert_null (func (wrong, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER);
      g_assert_nonnull (strstr (error->message, l->data));
      g_clear_error (&error);
      item_without = func (without, &error);
      if (g_strv_contains (may_be_missing, l->data))
        g_assert_nonnull (item_without);
      else
        g_assert_null (item_without);
      g_clear_error (&error);
    }
  g_list_free (members);
}

static gpointer
parse_key (JsonObject *json, GError **error)
{
  return enigm_key_parse (json, error);
}

static gpointer
parse_contact (JsonObject *json, GError **error)
{
  return enigm_contact_parse (json, error);
}

static gpointer
parse_invitation (JsonObject *json, GError **error)
{
  return enigm_invitation_parse (json, error);
}

static gpointer
parse_alert (JsonObject *json, GError **error)
{
  return enigm_alert_parse (json, error);
}

static void
test_things (void)
{
  static const gchar *const none[] = { NULL };
  guint8 id[10] = { 1, 2, 3 };
  g_autofree gchar *contact_id = enigm_contact_id_format (id);
  g_autofree gchar *contact = g_strdup_printf (
    "{\"contact_id\":\"%s\",\"state\":\"invited\",\"reason\":null,\"since\":7}", contact_id);
  g_autofree gchar *mistyped = g_strdup (contact);
  g_autofree gchar *invitation = g_strdup_printf (
    "{\"id\":\"" ID "\",\"contact_id\":\"%s\",\"state\":\"eligible\",\"since\":7}", contact_id);
  g_autofree gchar *owner = g_strdup_printf (
    "{\"id\":\"" ID "\",\"kind\":\"drill\",\"role\":\"owner\",\"state\":\"ended\",\"pressed\":1,"
    "\"received\":2,\"ended\":{\"time\":3,\"by\":\"key\"},\"position\":null,\"delete_on\":9,"
    "\"binding\":\"" ID "\",\"contacts\":[{\"contact_id\":\"%s\",\"accepted\":2,\"notified\":null,"
    "\"seen\":null}]}",
    contact_id);
  g_autofree gchar *theirs = g_strdup_printf (
    "{\"id\":\"" ID "\",\"kind\":\"alert\",\"role\":\"contact\",\"state\":\"active\",\"pressed\":1,"
    "\"received\":2,\"ended\":null,\"position\":{\"latitude\":52.5,\"longitude\":13.25,"
    "\"accuracy\":12,\"time\":3},\"delete_on\":9,\"from\":\"%s\",\"stages\":{\"accepted\":2,"
    "\"notified\":null,\"seen\":null}}",
    contact_id);
  g_autoptr (JsonObject) json = NULL;

  assert_each_member_counts (
    "{\"binding\":\"" ID "\",\"state\":\"restricted\",\"reasons\":[\"lost\"],\"since\":5,"
    "\"certificate\":\"" HASH "\",\"proved\":{\"time\":4,\"by\":\"own\"},"
    "\"battery\":{\"percent\":80,\"time\":4},\"history\":[{\"time\":1,\"from\":null,"
    "\"to\":\"pending\",\"by\":\"app\",\"reason\":null}]}",
    parse_key, none);
  assert_each_member_counts (contact, parse_contact, none);
  assert_each_member_counts (invitation, parse_invitation, none);
  assert_each_member_counts (owner, parse_alert, none);
  assert_each_member_counts (theirs, parse_alert, none);

  /* A contact ID whose check characters do not fit is nobody's. */
  *strchr (mistyped + strlen ("{\"contact_id\":\""), '-') = '0';
  json = parse (mistyped);
  g_assert_null (enigm_contact_parse (json, NULL));
}

static void
test_values (void)
{
  static const gchar *const keys[] = {
    "{\"percent\":102,\"time\":4}",
    "{\"percent\":-1,\"time\":4}",
    "{\"percent\":80,\"time\":-4}",
    "{\"percent\":80.5,\"time\":4}",
    "{\"percent\":80}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree gchar *text = g_strdup_printf (
        "{\"binding\":\"" ID "\",\"state\":\"trusted\",\"reasons\":[],\"since\":5,"
        "\"certificate\":\"" HASH "\",\"proved\":null,\"battery\":%s,\"history\":[]}",
        keys[i]);
      g_autoptr (JsonObject) json = parse (text);

      g_assert_null (enigm_key_parse (json, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/document", test_document);
  g_test_add_func ("/json/members", test_members);
  g_test_add_func ("/json/things", test_things);
  g_test_add_func ("/json/values", test_values);
  return g_test_run ();
}
