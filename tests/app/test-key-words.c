/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an owner reads of a key: each line of its history, what remains to do in each state, and why
 * something is refused in it. */

#include <string.h>

#include "enigm-json.h"
#include "enigm-model-private.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  JsonObject *object = enigm_json_parse (bytes, &error);

  g_assert_no_error (error);
  return object;
}

static EnigmKey *
make_key (const char *state, const char *reasons, const char *released, const char *proved)
{
  g_autofree char *text = g_strdup_printf (
    "{\"binding\":\"%032d\",\"state\":\"%s\",\"reasons\":[%s],\"since\":1,"
    "\"certificate\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"proved\":%s,"
    "\"battery\":null,\"released\":%s,\"replaces\":null,\"attempts\":[],\"history\":[]}",
    7, state, reasons, proved, released);
  g_autoptr (JsonObject) json = parse (text);
  g_autoptr (GError) error = NULL;
  EnigmKey *key = enigm_key_parse (json, &error);

  g_assert_no_error (error);
  return key;
}

#define PROVED "{\"time\":1,\"by\":\"own\"}"

/* Every line that the platform's table of states can write, and what a later one might. */
static void
test_history (void)
{
  static const struct
  {
    const char *from;
    const char *to;
    const char *by;
    const char *reason;
    const char *sentence;
  } cases[] = {
    { NULL, "pending", "key", "attested", "Bound to your account, not proved yet" },
    { "pending", "trusted", "key", "proved", "Trusted: the key proved itself" },
    { "pending", "expired", "platform", "expired",
      "Pairing ended: the key did not prove itself in time" },
    { "pending", "cancelled", "app", "cancelled", "Pairing cancelled in the app" },
    { "pending", "cancelled", "key", "newer", "Pairing ended: the key was paired anew" },
    { "pending", "cancelled", "app", "lost", "Pairing ended: the key was marked as lost" },
    { "pending", "cancelled", "command", "lost", "Pairing ended: the key was marked as lost" },
    { "pending", "cancelled", "app", "retired", "Pairing ended: the key was retired" },
    { "pending", "revoked", "app", "lost", "Revoked as lost in the app" },
    { "trusted", "restricted", "app", "lost", "Marked as lost in the app" },
    { "trusted", "restricted", "command", "lost", "Marked as lost by whoever runs the platform" },
    { "trusted", "restricted", "command", "suspended", "Suspended by whoever runs the platform" },
    { "trusted", "restricted", "platform", "unproved",
      "Not proved any more: the platform was restored from a copy" },
    { "restricted", "restricted", "command", "suspended",
      "Suspended by whoever runs the platform" },
    { "restricted", "restricted", "app", "found",
      "You said that you have it; its presses stay refused for another reason" },
    { "restricted", "restricted", "command", "found",
      "Marked as found by whoever runs the platform; its presses stay refused for another reason" },
    { "restricted", "restricted", "command", "resumed",
      "Suspension ended by whoever runs the platform; its presses stay refused for another "
      "reason" },
    { "restricted", "trusted", "app", "found",
      "You said that you have it; its presses count again" },
    { "restricted", "trusted", "command", "found",
      "Marked as found by whoever runs the platform; its presses count again" },
    { "restricted", "trusted", "command", "resumed",
      "Suspension ended by whoever runs the platform; its presses count again" },
    { "trusted", "revoked", "app", "lost", "Revoked as lost in the app" },
    { "trusted", "revoked", "app", "stolen", "Revoked as stolen in the app" },
    { "trusted", "revoked", "app", "retired", "Revoked as no longer used in the app" },
    { "trusted", "revoked", "app", "replaced", "Revoked as replaced in the app" },
    { "trusted", "revoked", "command", "lost", "Revoked as lost by whoever runs the platform" },
    { "trusted", "revoked", "command", "stolen", "Revoked as stolen by whoever runs the platform" },
    { "trusted", "revoked", "command", "retired",
      "Revoked as no longer used by whoever runs the platform" },
    { "trusted", "revoked", "command", "replaced",
      "Revoked as replaced by whoever runs the platform" },
    { "trusted", "replaced", "platform", "replaced", "Replaced: a newer pairing took its place" },
    { "trusted", "retired", "app", "retired", "Retired in the app" },
    { "revoked", "released", "app", "released", "Released in the app; it belongs to nobody" },
    { "revoked", "released", "command", "released",
      "Released by whoever runs the platform; it belongs to nobody" },
    { "revoked", "released", "platform", "released", "Released; it belongs to nobody" },
    /* A reason or a state that this version has not heard of. */
    { "trusted", "revoked", "app", "stranded", "Revoked" },
    { "trusted", "restricted", "oracle", "stranded", "Restricted" },
    { "trusted", "trusted", "oracle", "", "Trusted" },
    { "trusted", "asleep", "app", "lost",
      "Changed in a way that this version of Enigm App does not know" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) json = json_object_new ();
      g_autoptr (EnigmKeyChange) change = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *sentence = NULL;

      json_object_set_int_member (json, "time", 1);
      if (cases[i].from != NULL)
        json_object_set_string_member (json, "from", cases[i].from);
      else
        json_object_set_null_member (json, "from");
      json_object_set_string_member (json, "to", cases[i].to);
      json_object_set_string_member (json, "by", cases[i].by);
      json_object_set_string_member (json, "reason", cases[i].reason);
      change = enigm_key_change_parse (json, &error);
      g_assert_no_error (error);
      sentence = enigm_key_change_describe (change);
      g_assert_cmpstr (sentence, ==, cases[i].sentence);
    }
}

static void
test_remaining (void)
{
  static const struct
  {
    const char *state;
    const char *reasons;
    const char *released;
    const char *proved;
    const char *begins;
  } cases[] = {
    { "pending", "", "null", "null", NULL },
    { "trusted", "", "null", PROVED, NULL },
    { "trusted", "", "null", "null",
      "The platform was restored from a copy, and this key has not" },
    { "restricted", "\"lost\"", "null", PROVED, "If you find it, say so. If you do not, revoke" },
    { "restricted", "\"suspended\"", "null", PROVED, "Ask whoever runs the platform why" },
    { "restricted", "\"unproved\"", "null", "null",
      "The platform was restored from a copy. Confirm that this key" },
    { "restricted", "\"lost\",\"suspended\"", "null", PROVED, "It is lost and suspended. If you" },
    { "restricted", "\"lost\",\"unproved\"", "null", "null", "If you find it, say so." },
    { "restricted", "\"suspended\",\"unproved\"", "null", "null",
      "The platform was restored from a copy, and this key is suspended." },
    { "revoked", "", "null", PROVED, "It still belongs to you." },
    { "revoked", "", "2", PROVED, "It belongs to nobody." },
    { "replaced", "", "null", PROVED, "It still belongs to you." },
    { "replaced", "", "2", PROVED, "It belongs to nobody." },
    { "retired", "", "2", PROVED, "It belongs to nobody." },
    { "cancelled", "", "null", "null", NULL },
    { "expired", "", "null", "null", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EnigmKey) key =
        make_key (cases[i].state, cases[i].reasons, cases[i].released, cases[i].proved);
      g_autofree char *words = enigm_key_describe_remaining (key);
      g_autofree char *waiting = NULL;

      if (cases[i].begins == NULL)
        g_assert_null (words);
      else
        {
          g_assert_nonnull (words);
          g_assert_cmpint (strncmp (words, cases[i].begins, strlen (cases[i].begins)), ==, 0);
        }
      /* What waits for the network comes before everything else. */
      enigm_key_set_waiting_to_revoke (key, TRUE);
      waiting = enigm_key_describe_remaining (key);
      g_assert_true (g_str_has_prefix (waiting, "It is sent before anything else"));
    }
}

/* Every wish in every state is either possible or said why not, what is unchanged and what to do.
 */
static void
test_refusals (void)
{
  static const struct
  {
    const char *state;
    const char *reasons;
    const char *possible;
    const char *begins;
  } cases[] = {
    { "pending", "", " cancelled ", "The pairing of this key is not finished." },
    { "trusted", "", " lost replaced revoked retired ", "This key is " },
    { "restricted", "\"lost\"", " found replaced revoked ", "This key is " },
    { "restricted", "\"suspended\"", " lost replaced revoked ", "This key is " },
    { "restricted", "\"unproved\"", " found lost replaced revoked ", "Th" },
    { "revoked", "", " released ", "This key is already revoked." },
    { "replaced", "", " released ", "A newer pairing already took this one’s place." },
    { "retired", "", "", "This key is already retired, and belongs to nobody." },
    { "cancelled", "", "", "This pairing has already ended." },
    { "expired", "", "", "This pairing has already ended." },
  };
  static const char *const wishes[] = { "found",   "lost",    "cancelled", "replaced",
                                        "revoked", "retired", "released" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *released = g_str_equal (cases[i].state, "retired") ? "2" : "null";
      g_autoptr (EnigmKey) key = make_key (cases[i].state, cases[i].reasons, released, PROVED);

      for (gsize j = 0; j < G_N_ELEMENTS (wishes); j++)
        {
          g_autofree char *word = g_strdup_printf (" %s ", wishes[j]);
          g_autofree char *sentence = enigm_key_describe_refusal (key, wishes[j]);

          if (strstr (cases[i].possible, word) != NULL)
            {
              g_assert_null (sentence);
              continue;
            }
          g_assert_nonnull (sentence);
          g_assert_true (g_str_has_prefix (sentence, cases[i].begins));
          g_assert_nonnull (strstr (sentence, " Nothing changed. "));
        }
    }
}

/* The same wish is refused for what stands in its way. */
static void
test_restrictions (void)
{
  static const struct
  {
    const char *reasons;
    const char *to;
    const char *says;
  } cases[] = {
    { "\"lost\"", "retired", "This key is marked as lost." },
    { "\"lost\"", "lost", "This key is already marked as lost." },
    { "\"suspended\"", "retired", "This key is suspended." },
    { "\"suspended\"", "found", "This key is suspended." },
    { "\"unproved\"", "retired", "The platform was restored from a copy" },
    { "\"lost\"", "released", "This key is in force, and not released." },
    { "\"lost\"", "cancelled", "This key is paired already." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EnigmKey) key = make_key ("restricted", cases[i].reasons, "null", PROVED);
      g_autofree char *sentence = enigm_key_describe_refusal (key, cases[i].to);

      g_assert_nonnull (sentence);
      g_assert_true (g_str_has_prefix (sentence, cases[i].says));
    }
}

int
main (int argc, char *argv[])
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/key-words/history", test_history);
  g_test_add_func ("/app/key-words/remaining", test_remaining);
  g_test_add_func ("/app/key-words/refusals", test_refusals);
  g_test_add_func ("/app/key-words/restrictions", test_restrictions);
  return g_test_run ();
}
