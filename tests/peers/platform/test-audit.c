/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "peers/platform/enigm-audit.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  EnigmStore *store;
} Fixture;

static void
append (Fixture *f, const char *what, const char *detail)
{
  static const guint8 pseudonym[ENIGM_PSEUDONYM_SIZE] = { 1, 2, 3 };
  EnigmAuditEntry entry = { 1790000000, pseudonym, what, detail };
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (f->store, &error);

  g_assert_no_error (error);
  enigm_audit_append (f->store, &entry, &error);
  g_assert_no_error (error);
  enigm_store_commit (f->store, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  f->folder = g_dir_make_tmp ("enigm-audit-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (f->folder, "database", NULL);
  f->store = enigm_store_open (path, &error);
  g_assert_no_error (error);
  append (f, "binding", "none to pending by key: attested");
  append (f, "binding", "pending to trusted by key: proved");
  append (f, "ownership", "taken");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) folder = NULL;
  const char *name;

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

static void
test_chain_holds (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 count;

  g_assert_true (enigm_audit_verify (f->store, &count, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, 3);
}

static void
test_change_shows (Fixture *f, gconstpointer data)
{
  static const char *const changes[] = {
    "UPDATE audit SET record = CAST (substr (record, 1, 8) || x'00' || substr (record, 10) AS "
    "BLOB) "
    "WHERE number = 2",
    "UPDATE audit SET hash = zeroblob (32) WHERE number = 1",
    "DELETE FROM audit WHERE number = 1",
    "DELETE FROM audit WHERE number = 2",
    "UPDATE audit SET number = 7 WHERE number = 3",
    "UPDATE audit SET record = (SELECT record FROM audit WHERE number = 1) WHERE number = 2",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) broken = NULL;
      g_autoptr (EnigmTransaction) transaction = enigm_store_begin (f->store, &error);

      g_assert_no_error (error);
      enigm_store_run (f->store, &error, changes[i], "");
      g_assert_no_error (error);
      if (enigm_audit_verify (f->store, NULL, &broken))
        g_error ("not seen: %s", changes[i]);
      g_assert_error (broken, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
    }
}

static void
test_rolled_back_leaves_nothing (Fixture *f, gconstpointer data)
{
  EnigmAuditEntry entry = { 1790000000, NULL, "replay", "" };
  g_autoptr (GError) error = NULL;
  guint64 count;

  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (f->store, &error);

    g_assert_no_error (error);
    g_assert_true (enigm_audit_append (f->store, &entry, &error));
  }
  append (f, "binding", "after");
  g_assert_true (enigm_audit_verify (f->store, &count, &error));
  g_assert_cmpuint (count, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/audit/chain-holds", test_chain_holds);
  ADD ("/audit/change-shows", test_change_shows);
  ADD ("/audit/rolled-back-leaves-nothing", test_rolled_back_leaves_nothing);
  return g_test_run ();
}
