/* SPDX-License-Identifier: GPL-3.0-or-later */

/* enigm-command, as somebody uses it. */

#include "administrators.h"

#include <glib/gstdio.h>

/* The program itself, from the first word to the last. */
static void
test_program (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *pseudonym = NULL;
  g_autofree char *session = world_path (world, "session");
  g_autofree char *kept = NULL;
  GStatBuf buf;

  key_pair (world, key, anna);
  pseudonym = enigm_hex_encode (key->offer.pseudonym, 4);
  SAYS ("", 0, "A key is lost:", "--help");
  SAYS ("", 2, "which verb", "dance");
  SAYS ("", 3, "not signed in", "keys");
  SAYS ("wrong password\n", 1, "do not fit", "sign-in", "--platform", world->state->config->origin,
        "--ca", world->state->config->ca, "--name", "otto", "--password-fd", "7");
  SAYS (ADMIN_PASSWORD "\n", 4, "did not answer", "sign-in", "--platform",
        world->state->config->origin, "--name", "otto", "--password-fd", "7");
  command_sign_in (world, "otto");
  g_assert_cmpint (g_stat (session, &buf), ==, 0);
  g_assert_cmphex (buf.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (session, &kept, NULL, NULL));
  g_assert_null (strstr (kept, ADMIN_PASSWORD));

  SAYS ("", 0, "trusted", "keys");
  SAYS ("", 0, "\"state\":\"trusted\"", "keys", "--json");
  SAYS ("", 2, "is no key", "lost", "annas");
  SAYS ("", 1, "there is no key", "lost", "00000000");
  SAYS ("", 0, "Nothing was done", "lost", pseudonym, "--dry-run");
  SAYS ("", 0, "trusted", "keys");
  SAYS ("", 0, "restricted (lost)", "lost", pseudonym);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  SAYS ("", 0, "tried to act", "key", pseudonym);
  SAYS ("", 0, "trusted", "found", pseudonym);
  SAYS ("", 2, "--reason", "revoke", pseudonym);
  SAYS ("000000\n", 1, "PIN", "revoke", pseudonym, "--reason", "lost", "--pin-fd", "7");
  SAYS ("", 2, "terminal", "revoke", pseudonym, "--reason", "lost");
  SAYS ("271828\n", 0, "Revoked for good", "revoke", pseudonym, "--reason", "lost", "--pin-fd",
        "7");
  SAYS ("271828\n", 0, "free", "release", pseudonym, "--pin-fd", "7");
  SAYS ("", 1, "does not let administrators", "events");
  SAYS ("", 0, "(this one)", "sessions");
  SAYS ("", 0, ": revoked as lost", "audit");
  SAYS ("", 0, "The audit holds", "verify");
  SAYS ("a new password\n", 2, "needed", "administrator-add", "--name", "vera");
  SAYS ("", 0, "otto", "administrators");
  SAYS ("", 0, "Signed out", "sign-out");
  SAYS ("", 3, "not signed in", "keys");
  g_assert_false (g_file_test (session, G_FILE_TEST_EXISTS));
}

#define add(name, func)                                                                            \
  g_test_add ("/platform/command-program/" name, World, NULL, world_set_up, func, world_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("program", test_program);
  return g_test_run ();
}
