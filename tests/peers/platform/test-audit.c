/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "peers/platform/enigm-audit.h"

#include <glib/gstdio.h>

#include "app/protocol/enigm-hash.h"

#define DAY 86400
#define START 1790000000

typedef struct
{
  char *folder;
  EnigmStore *store;
  EnigmSecret *secret;
  EnigmAudit *audit;
  gint64 now;
} Fixture;

static void
append (Fixture *f, const char *what, const char *detail, gboolean security)
{
  static const guint8 pseudonym[ENIGM_PSEUDONYM_SIZE] = { 1, 2, 3 };
  EnigmAuditEntry entry = { f->now, pseudonym, what, detail, security };
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (f->store, &error);

  g_assert_no_error (error);
  enigm_audit_append (f->audit, &entry, &error);
  g_assert_no_error (error);
  enigm_store_commit (f->store, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  f->now = START;
  f->folder = g_dir_make_tmp ("enigm-audit-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (f->folder, "database", NULL);
  f->store = enigm_store_open (path, &error);
  g_assert_no_error (error);
  f->secret = enigm_secret_new_random (32, &error);
  f->audit = enigm_audit_new (f->store, f->secret, 90);
  append (f, "binding", "none to pending by key: attested", FALSE);
  append (f, "replay", "number 7 was used for another request", TRUE);
  append (f, "binding", "pending to trusted by key: proved", FALSE);
  append (f, "ownership", "taken", FALSE);
  append (f, "attempt", "a revoked key was used", TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) folder = NULL;
  const char *name;

  enigm_audit_free (f->audit);
  enigm_secret_unref (f->secret);
  enigm_store_free (f->store);
  folder = g_dir_open (f->folder, 0, NULL);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
}

static guint64
verify (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  guint64 count;

  enigm_audit_verify (f->audit, f->now, &count, &error);
  g_assert_no_error (error);
  return count;
}

/* The same, two records at a time. */
static gboolean
verify_in_parts (Fixture *f, guint64 *count, GError **error)
{
  gint64 number = 0;

  *count = 0;
  do
    {
      guint64 part;

      if (!enigm_audit_verify_part (f->audit, f->now, 2, &number, &part, error))
        return FALSE;
      *count += part;
    }
  while (number != 0);
  return TRUE;
}

static void
test_chain_holds (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 count;

  g_assert_cmpuint (verify (f), ==, 5);
  g_assert_true (verify_in_parts (f, &count, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, 5);
}

/* What comes and goes between two parts is no fault, and beyond the end there is nothing. */
static void
test_parts_meanwhile (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 number = 0;
  guint64 count;

  g_assert_true (enigm_audit_verify_part (f->audit, f->now, 2, &number, &count, &error));
  g_assert_cmpint (number, ==, 2);
  append (f, "binding", "meanwhile", FALSE);
  g_assert_true (enigm_audit_verify_part (f->audit, f->now, 4, &number, &count, &error));
  g_assert_cmpint (number, ==, 6);
  g_assert_cmpuint (count, ==, 4);
  g_assert_true (enigm_audit_verify_part (f->audit, f->now, 4, &number, &count, &error));
  g_assert_cmpint (number, ==, 0);
  g_assert_cmpuint (count, ==, 0);

  number = 2;
  f->now = START + 90 * DAY;
  append (f, "binding", "much later", FALSE);
  enigm_audit_prune (f->audit, f->now, &error);
  g_assert_no_error (error);
  g_assert_true (enigm_audit_verify_part (f->audit, f->now, 4, &number, &count, &error));
  g_assert_no_error (error);
  g_assert_cmpint (number, ==, 0);
  g_assert_cmpuint (count, ==, 1);

  number = 8;
  g_assert_false (enigm_audit_verify_part (f->audit, f->now, 4, &number, &count, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
}

static void
on_entry_read (gint64 number, const EnigmAuditEntry *entry, gpointer user_data)
{
  g_string_append_printf (user_data, "%d:%s ", (int) number, entry != NULL ? entry->what : "-");
}

static void
assert_reads (Fixture *f, gint64 after, const char *expected)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  enigm_audit_read (f->audit, after, 100, on_entry_read, seen, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (seen->str, ==, expected);
}

/* Whatever is altered, removed or reordered is found, and where. */
static void
test_tampering_shows (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *sql[3];
    const char *says;
  } cases[] = {
    { { "UPDATE audit SET record = CAST (substr (record, 1, 8) || x'00' || substr (record, 10) AS "
        "BLOB) WHERE number = 2" },
      "record 2 was changed" },
    { { "UPDATE audit SET hash = zeroblob (32) WHERE number = 1" }, "record 1 was changed" },
    { { "UPDATE audit SET digest = zeroblob (32) WHERE number = 4" }, "record 4 was changed" },
    { { "UPDATE audit SET time = time + 1 WHERE number = 3" }, "record 3 was changed" },
    { { "UPDATE audit SET security = 1 - security WHERE number = 3" }, "record 3 was changed" },
    { { "UPDATE audit SET record = NULL WHERE number = 2" }, "record 2 were removed before" },
    { { "UPDATE audit SET record = NULL WHERE number = 3" }, "record 3 were removed before" },
    { { "DELETE FROM audit WHERE number = 1" }, "record 1 is missing" },
    { { "DELETE FROM audit WHERE number = 3" }, "record 3 is missing" },
    { { "DELETE FROM audit WHERE number = 5" }, "record 5 is missing" },
    { { "DELETE FROM audit" }, "record 1 is missing" },
    { { "DELETE FROM audit_ends", "DELETE FROM audit WHERE number > 1" }, "not written by" },
    { { "UPDATE audit_ends SET last = 4", "DELETE FROM audit WHERE number = 5" }, "the ends" },
    { { "UPDATE audit_ends SET last = 4, last_hash = (SELECT hash FROM audit WHERE number = 4)",
        "DELETE FROM audit WHERE number = 5" },
      "the ends" },
    { { "UPDATE audit_ends SET first = 1, first_hash = (SELECT hash FROM audit WHERE number = 1)",
        "DELETE FROM audit WHERE number = 1" },
      "the ends" },
    /* Two change places, each whole. */
    { { "UPDATE audit SET number = 70 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 4",
        "UPDATE audit SET number = 4 WHERE number = 70" },
      "record 3 was moved there" },
    { { "UPDATE audit SET (record, digest) = (SELECT record, digest FROM audit WHERE number = 1) "
        "WHERE number = 4" },
      "record 4 was moved there" },
    { { "INSERT INTO audit SELECT 6, time, security, digest, record, hash FROM audit WHERE "
        "number = 5" },
      "record 6 was not written" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) broken = NULL;
      g_autoptr (GError) in_parts = NULL;
      g_autoptr (EnigmTransaction) transaction = enigm_store_begin (f->store, &error);
      guint64 count;

      for (gsize s = 0; s < G_N_ELEMENTS (cases[i].sql) && cases[i].sql[s] != NULL; s++)
        enigm_store_run (f->store, &error, cases[i].sql[s], "");
      g_assert_no_error (error);
      if (enigm_audit_verify (f->audit, f->now, NULL, &broken))
        g_error ("not seen: %s", cases[i].sql[0]);
      g_assert_error (broken, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
      if (strstr (broken->message, cases[i].says) == NULL)
        g_error ("%s: %s", cases[i].sql[0], broken->message);
      if (verify_in_parts (f, &count, &in_parts))
        g_error ("not seen in parts: %s", cases[i].sql[0]);
      if (strstr (in_parts->message, cases[i].says) == NULL)
        g_error ("%s, in parts: %s", cases[i].sql[0], in_parts->message);
    }
  g_assert_cmpuint (verify (f), ==, 5);
}

/* A chain computed anew by somebody with the database and without the platform's secrets. */
static void
test_written_anew (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmSecret) other = enigm_secret_new_random (32, &error);
  g_autoptr (EnigmAudit) forger = enigm_audit_new (f->store, other, 90);
  EnigmAuditEntry entry = { START, NULL, "binding", "nothing happened", FALSE };
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (f->store, &error);
  guint64 count;

  enigm_store_run (f->store, &error, "DELETE FROM audit", "");
  enigm_store_run (f->store, &error, "DELETE FROM audit_ends", "");
  enigm_audit_append (forger, &entry, &error);
  g_assert_no_error (error);
  g_assert_true (enigm_audit_verify (forger, f->now, &count, &error));
  g_assert_false (enigm_audit_verify (f->audit, f->now, &count, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
}

static void
test_rolled_back_leaves_nothing (Fixture *f, gconstpointer data)
{
  EnigmAuditEntry entry = { START, NULL, "replay", "", TRUE };
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (f->store, &error);

    g_assert_no_error (error);
    g_assert_true (enigm_audit_append (f->audit, &entry, &error));
  }
  append (f, "binding", "after", FALSE);
  g_assert_cmpuint (verify (f), ==, 6);
}

static void
prune (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  enigm_audit_prune (f->audit, f->now, &error);
  g_assert_no_error (error);
}

/* Security events lose their words after 30 days and the rest goes after 90; the chain holds all
 * the while, and tampering with what is left shows. */
static void
test_pruning_keeps_the_chain (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  prune (f);
  assert_reads (f, 0, "1:binding 2:replay 3:binding 4:ownership 5:attempt ");
  f->now = START + 30 * DAY - 1;
  prune (f);
  assert_reads (f, 0, "1:binding 2:replay 3:binding 4:ownership 5:attempt ");
  f->now = START + 30 * DAY;
  append (f, "binding", "trusted to revoked by app: lost", FALSE);
  prune (f);
  assert_reads (f, 0, "1:binding 2:- 3:binding 4:ownership 5:- 6:binding ");
  assert_reads (f, 4, "5:- 6:binding ");
  g_assert_cmpuint (verify (f), ==, 6);

  f->now = START + 90 * DAY;
  prune (f);
  assert_reads (f, 0, "6:binding ");
  g_assert_cmpuint (verify (f), ==, 1);
  append (f, "binding", "after", FALSE);
  g_assert_cmpuint (verify (f), ==, 2);

  f->now = START + 400 * DAY;
  prune (f);
  assert_reads (f, 0, "");
  g_assert_cmpuint (verify (f), ==, 0);
  append (f, "binding", "a new one", FALSE);
  assert_reads (f, 0, "8:binding ");
  g_assert_cmpuint (verify (f), ==, 1);
  enigm_store_run (f->store, &error, "DELETE FROM audit", "");
  g_assert_no_error (error);
  g_assert_false (enigm_audit_verify (f->audit, f->now, NULL, &error));
}

/* Pruning does not make good what was tampered with. */
static void
test_pruning_hides_nothing (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  enigm_store_run (f->store, &error, "UPDATE audit_ends SET last_hash = zeroblob (32)", "");
  g_assert_no_error (error);
  f->now = START + 400 * DAY;
  g_assert_false (enigm_audit_prune (f->audit, f->now, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/audit/chain-holds", test_chain_holds);
  ADD ("/audit/parts-meanwhile", test_parts_meanwhile);
  ADD ("/audit/tampering-shows", test_tampering_shows);
  ADD ("/audit/written-anew", test_written_anew);
  ADD ("/audit/rolled-back-leaves-nothing", test_rolled_back_leaves_nothing);
  ADD ("/audit/pruning-keeps-the-chain", test_pruning_keeps_the_chain);
  ADD ("/audit/pruning-hides-nothing", test_pruning_hides_nothing);
  return g_test_run ();
}
