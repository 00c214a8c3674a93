/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-channel.h"
#include "app/protocol/enigm-credential.h"
#include "app/protocol/enigm-resume.h"
#include "app/protocol/enigm-sealed.h"
#include "app/protocol/enigm-setup-code.h"
#include "app/protocol/enigm-spake2plus.h"

#include "vectors.h"

#define SESSIONS 1000

/* A thousand meetings of one key and one app, each right or wrong in its turn. Secrets live outside
 * the heap that AddressSanitizer watches, so their pages are counted by the kernel's list. */

static gsize
count_secret_kilobytes (void)
{
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  gsize kilobytes = 0, total = 0;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], "Size:"))
        kilobytes = g_ascii_strtoull (lines[i] + strlen ("Size:"), NULL, 10);
      /* Left out of core dumps, as a secret is. */
      if (g_str_has_prefix (lines[i], "VmFlags:") && strstr (lines[i], " dd") != NULL)
        total += kilobytes;
    }

  return total;
}

static void
talk (EnigmChannel *from, EnigmChannel *to, gboolean spoiled)
{
  g_autoptr (EnigmSecret) random = enigm_secret_new_random (64, NULL);
  g_autoptr (GBytes) plain = enigm_secret_as_bytes (random);
  g_autoptr (GBytes) sealed = enigm_channel_seal (from, plain, NULL);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (sealed, 0, 40);
  g_autoptr (GBytes) opened = enigm_channel_open (to, spoiled ? cut : sealed, NULL);

  g_assert_true (spoiled ? opened == NULL : g_bytes_equal (opened, plain));
}

static void
meet_with_code (EnigmSecret *w0, EnigmSecret *w1, EnigmSecret *l, gboolean spoiled)
{
  g_autoptr (GBytes) context = g_bytes_new_static ("enigm setup 1", 13);
  g_autoptr (EnigmSpake2plusProver) prover =
    enigm_spake2plus_prover_new (spoiled ? w1 : w0, w1, context, NULL, NULL);
  g_autoptr (EnigmSpake2plusVerifier) verifier =
    enigm_spake2plus_verifier_new (w0, l, context, NULL, NULL, NULL);
  guint8 share_p[65], share_v[65], confirm_v[32], confirm_p[32] = { 0 };
  g_autoptr (EnigmSecret) at_prover = NULL;
  g_autoptr (EnigmSecret) at_verifier = NULL;

  enigm_spake2plus_prover_start (prover, share_p, NULL);
  enigm_spake2plus_verifier_respond (verifier, share_p, 65, share_v, confirm_v, NULL);
  at_prover = enigm_spake2plus_prover_finish (prover, share_v, 65, confirm_v, 32, confirm_p, NULL);
  at_verifier = enigm_spake2plus_verifier_verify (verifier, confirm_p, 32, NULL);
  if (spoiled)
    {
      g_assert_null (at_prover);
      g_assert_null (at_verifier);
    }
  else
    {
      g_autoptr (EnigmChannel) app = enigm_channel_new_setup (at_prover, ENIGM_CHANNEL_APP);
      g_autoptr (EnigmChannel) key = enigm_channel_new_setup (at_verifier, ENIGM_CHANNEL_KEY);

      talk (app, key, FALSE);
      talk (key, app, FALSE);
      talk (app, key, TRUE);
    }
}

static void
make_credential (EnigmSecret *sealing_key)
{
  g_autoptr (EnigmP256Key) key = enigm_p256_key_generate (NULL);
  g_autoptr (EnigmP256Key) platform = enigm_p256_key_generate (NULL);
  g_autoptr (EnigmSecret) x =
    enigm_p256_key_ecdh (key, enigm_p256_key_get_point (platform), 65, NULL);
  g_autoptr (GBytes) message = g_bytes_new_static ("message", 7);
  g_autoptr (EnigmSecret) credential = enigm_credential_derive (x, message, message);
  g_autoptr (EnigmSecret) request = enigm_credential_derive_request_key (credential);
  g_autoptr (EnigmSecret) answer = enigm_credential_derive_answer_key (credential);
  g_autoptr (GBytes) plain = enigm_secret_as_bytes (credential);
  g_autoptr (GBytes) sealed = enigm_sealed_seal (sealing_key, "credential", plain, NULL);
  g_autoptr (GBytes) opened = enigm_sealed_open (sealing_key, "credential", sealed, NULL);

  g_assert_true (g_bytes_equal (plain, opened));
  g_assert_null (enigm_sealed_open (sealing_key, "other", sealed, NULL));
  g_assert_false (enigm_secret_equal (request, answer));
}

static void
meet_again (const EnigmResumeCandidate *known, gboolean spoiled)
{
  g_autoptr (EnigmResumeApp) app_side = enigm_resume_app_new (known);
  g_autoptr (EnigmResumeKey) key_side = enigm_resume_key_new (known, spoiled ? 0 : 1, NULL);
  g_autoptr (EnigmChannel) app = NULL;
  g_autoptr (EnigmChannel) key = NULL;
  EnigmResumeHello hello;
  EnigmResumeShare share;
  guint8 mac_a[32] = { 0 };

  enigm_resume_app_start (app_side, &hello, NULL);
  enigm_resume_key_respond (key_side, &hello, &share, NULL);
  app = enigm_resume_app_finish (app_side, &share, mac_a, NULL);
  key = enigm_resume_key_finish (key_side, mac_a, 32, NULL, NULL);
  g_assert_cmpint (app == NULL, ==, spoiled);
  g_assert_cmpint (key == NULL, ==, spoiled);
  if (!spoiled)
    talk (key, app, FALSE);
}

static void
test_sessions_leave_nothing_behind (void)
{
  g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_random (NULL);
  g_autoptr (EnigmSecret) w0 = NULL;
  g_autoptr (EnigmSecret) w1 = NULL;
  g_autoptr (EnigmSecret) stored_w0 = NULL;
  g_autoptr (EnigmSecret) l = NULL;
  g_autoptr (EnigmSecret) sealing_key = enigm_secret_new_random (32, NULL);
  EnigmResumeCandidate known = { { 1 }, sealing_key };
  gsize before = 0;

  enigm_setup_code_derive_w (code, &w0, &w1);
  enigm_setup_code_derive_verifier (code, &stored_w0, &l);
  for (guint i = 0; i < 5 + SESSIONS; i++)
    {
      /* Wiped pages wait for the next secret: the first round takes what all later ones need. */
      if (i == 5)
        before = count_secret_kilobytes ();
      meet_with_code (w0, w1, l, i % 5 == 4);
      make_credential (sealing_key);
      meet_again (&known, i % 5 == 3);
    }
  g_assert_cmpuint (count_secret_kilobytes (), ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/sessions/leave-nothing-behind", test_sessions_leave_nothing_behind);

  return g_test_run ();
}
