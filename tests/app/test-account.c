/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The account against the real platform, over TLS, with a real keyring. */
#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <string.h>

#include "await.h"
#include "enigm-account.h"
#include "enigm-contact-id.h"
#include "enigm-error.h"
#include "enigm-readiness.h"

#define PASSWORD "correct horse"

typedef struct
{
  EnigmWorld *world;
  GSubprocess *platform;
  gchar *home;
  gchar *folder;
  gchar *origin;
  EnigmTrust *trust;
} Fixture;

static const SecretSchema any_item = { "io.enigm.App", SECRET_SCHEMA_NONE, { { NULL, 0 } } };

/* One for all tests: libsecret keeps its connection to the session bus for as long as it lives. */
static EnigmWorld *the_world;

static void
start_platform (Fixture *f)
{
  g_autofree gchar *program = enigm_world_find_program ("peers/platform/enigm-platform");
  g_autofree gchar *config = g_build_filename (f->folder, "platform.conf", NULL);
  g_autofree gchar *port = f->origin != NULL ? g_strdup (strrchr (f->origin, ':') + 1)
                                             : g_strdup_printf ("%u", enigm_world_find_port ());
  const gchar *argv[] = { program, "serve", "--config", config, "--port", port, NULL };
  g_autofree gchar *line = NULL;

  f->platform = enigm_world_spawn (f->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  line = enigm_world_await_line (f->platform);
  g_assert_true (g_str_has_prefix (line, "listening on "));
  g_free (f->origin);
  f->origin = g_strdup (line + strlen ("listening on "));
}

static void
stop_platform (Fixture *f)
{
  enigm_world_stop (f->world, f->platform);
  g_clear_object (&f->platform);
}

static void
set_up (Fixture *f)
{
  g_autofree gchar *program = enigm_world_find_program ("peers/platform/enigm-platform");
  g_autofree gchar *ca = NULL;
  g_autofree gchar *pem = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GSubprocess) init = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;

  f->world = the_world;
  f->home = g_build_filename (enigm_world_get_folder (f->world), "XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (f->home));
  f->folder = g_build_filename (f->home, "platform", NULL);
  ca = g_build_filename (f->folder, "ca.pem", NULL);
  {
    g_autofree gchar *source =
      g_build_filename (g_getenv ("ENIGM_SOURCE_DIR"), "tests", "app", "maker-ca.pem", NULL);
    const gchar *argv[] = { program,      "init",     "--dir",
                            f->folder,    "--origin", "https://localhost",
                            "--maker-ca", source,     NULL };

    init = enigm_world_spawn (f->world, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, argv);
  }
  g_subprocess_wait_check_async (init, NULL, on_awaited, &result);
  await_result (&result);
  g_subprocess_wait_check_finish (init, result, &error);
  g_assert_no_error (error);

  start_platform (f);
  g_file_get_contents (ca, &pem, &len, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new (pem, len);
  f->trust = enigm_trust_new_ca (bytes, &error);
  g_assert_no_error (error);
}

static void
clear_keyring (void)
{
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  secret_password_clearv (&any_item, none, NULL, on_awaited, &result);
  await_result (&result);
  secret_password_clear_finish (result, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f)
{
  if (f->platform != NULL)
    stop_platform (f);
  clear_keyring ();
  g_clear_object (&f->trust);
  g_clear_pointer (&f->home, g_free);
  g_clear_pointer (&f->folder, g_free);
  g_clear_pointer (&f->origin, g_free);
}

static EnigmSecret *
secret (const gchar *text)
{
  return enigm_secret_new_copy ((const guint8 *) text, strlen (text));
}

/* A computer: a data folder with an account in it, loaded. */
static EnigmAccount *
open_computer (Fixture *f, const gchar *name)
{
  g_autofree gchar *data_dir = g_build_filename (f->home, name, NULL);
  g_autoptr (EnigmKeyring) keyring = enigm_keyring_new ();
  EnigmAccount *account = enigm_account_new (data_dir, keyring);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_load_async (account, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_load_finish (account, result, &error);
  g_assert_no_error (error);
  return account;
}

static gboolean
is_settled (gpointer account)
{
  return !enigm_account_is_saving (account);
}

static gboolean
is_gone (gpointer where)
{
  return *(gpointer *) where == NULL;
}

/* What was under way when listening stopped may still hold the account, but not for long. */
static void
close_computer (EnigmAccount *account)
{
  enigm_account_listen (account, FALSE);
  g_assert_true (enigm_world_await (is_settled, account));
  g_object_add_weak_pointer (G_OBJECT (account), (gpointer *) &account);
  g_object_unref (account);
  g_assert_true (enigm_world_await (is_gone, &account));
}

static void
sign_up (Fixture *f, EnigmAccount *account, const gchar *user)
{
  g_autoptr (EnigmSecret) password = secret (PASSWORD);
  g_autoptr (EnigmSecret) pin = secret ("123456");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_sign_up_async (account, f->origin, f->trust, user, password, pin, NULL, NULL,
                               on_awaited, &result);
  await_result (&result);
  enigm_account_sign_up_finish (account, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (enigm_account_get_state (account), ==, ENIGM_ACCOUNT_STATE_SIGNED_IN);
}

static gboolean
sign_in (Fixture *f, EnigmAccount *account, const gchar *user, const gchar *text, GError **error)
{
  g_autoptr (EnigmSecret) password = secret (text);
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_sign_in_async (account, f->origin, f->trust, user, password, "second", NULL,
                               on_awaited, &result);
  await_result (&result);
  return enigm_account_sign_in_finish (account, result, error);
}

static gboolean
sign_out (EnigmAccount *account, gboolean even_offline, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_sign_out_async (account, even_offline, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_sign_out_finish (account, result, error);
}

static gboolean
refresh (EnigmAccount *account, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_refresh_async (account, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_refresh_finish (account, result, error);
}

static gboolean
add_contact (EnigmAccount *account, const gchar *contact_id, const gchar *label, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_add_contact_async (account, contact_id, label, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_add_contact_finish (account, result, error);
}

static void
answer (EnigmAccount *account, guint position, const gchar *text)
{
  g_autoptr (EnigmInvitation) invitation =
    g_list_model_get_item (enigm_account_get_invitations (account), position);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (invitation);
  enigm_account_answer_invitation_async (account, invitation, text, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_answer_invitation_finish (account, result, &error);
  g_assert_no_error (error);
}

static void
assert_contacts (EnigmAccount *account, const gchar *const *ids)
{
  GListModel *contacts = enigm_account_get_contacts (account);

  g_assert_cmpuint (g_list_model_get_n_items (contacts), ==, g_strv_length ((GStrv) ids));
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (contacts, i);

      g_assert_cmpstr (enigm_contact_get_contact_id (contact), ==, ids[i]);
    }
}

/* Items of this project in the keyring, whatever data folder they belong to. */
static guint
count_keyring (void)
{
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GList *items;
  guint n;

  secret_password_searchv (&any_item, none, SECRET_SEARCH_ALL, NULL, on_awaited, &result);
  await_result (&result);
  items = secret_password_search_finish (result, &error);
  g_assert_no_error (error);
  n = g_list_length (items);
  g_list_free_full (items, g_object_unref);
  return n;
}

static void
assert_folder (Fixture *f, const gchar *name, const gchar *only)
{
  g_autofree gchar *path = g_build_filename (f->home, name, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *entry;

  if (dir == NULL)
    return;
  while ((entry = g_dir_read_name (dir)) != NULL)
    g_assert_cmpstr (entry, ==, only);
}

static void
test_sign_up_and_start_again (void)
{
  Fixture f = { 0 };
  EnigmAccount *account;
  g_autofree gchar *contact_id = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *sealed = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;

  set_up (&f);
  account = open_computer (&f, "one");
  g_assert_cmpint (enigm_account_get_state (account), ==, ENIGM_ACCOUNT_STATE_SIGNED_OUT);
  sign_up (&f, account, "ada");
  contact_id = g_strdup (enigm_account_get_contact_id (account));
  g_assert_cmpuint (strlen (contact_id), ==, 24);
  g_assert_cmpint (enigm_account_get_unknown_since (account), ==, 0);
  g_assert_cmpuint (count_keyring (), ==, 3);
  close_computer (account);

  /* On disk nobody reads who it is. */
  path = g_build_filename (f.home, "one", "account.sealed", NULL);
  g_assert_true (g_file_get_contents (path, &sealed, &len, NULL));
  g_assert_null (memmem (sealed, len, "ada", 3));
  g_assert_null (memmem (sealed, len, contact_id, strlen (contact_id)));

  /* A start later it is the same account, and what is shown is not called known until it is. */
  account = open_computer (&f, "one");
  g_assert_cmpint (enigm_account_get_state (account), ==, ENIGM_ACCOUNT_STATE_SIGNED_IN);
  g_assert_cmpstr (enigm_account_get_user (account), ==, "ada");
  g_assert_cmpstr (enigm_account_get_contact_id (account), ==, contact_id);
  g_assert_cmpint (enigm_account_get_unknown_since (account), >, 0);
  g_assert_true (refresh (account, &error));
  g_assert_no_error (error);
  g_assert_cmpint (enigm_account_get_unknown_since (account), ==, 0);
  close_computer (account);
  tear_down (&f);
}

/* Cancelled at any moment before anything is sent, it leaves nothing in the keyring that the next
 * try does not find, and that signing out then does not remove. */
static void
test_sign_up_cancelled (void)
{
  Fixture f = { 0 };
  EnigmAccount *account;
  g_autoptr (EnigmSecret) password = secret (PASSWORD);
  g_autoptr (EnigmSecret) pin = secret ("123456");
  g_autofree gchar *place = NULL;
  g_autoptr (GError) error = NULL;
  gboolean reached_platform = FALSE;
  guint turns = 0;

  set_up (&f);
  stop_platform (&f);
  account = open_computer (&f, "one");
  place = g_build_filename (f.home, "one", "place", NULL);
  for (; !reached_platform; turns++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;

      enigm_account_sign_up_async (account, f.origin, f.trust, "ada", password, pin, NULL,
                                   cancellable, on_awaited, &result);
      reached_platform = await_turns (&result, turns);
      if (!reached_platform)
        g_cancellable_cancel (cancellable);
      await_result (&result);
      g_assert_false (enigm_account_sign_up_finish (account, result, &error));
      if (reached_platform)
        g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      if (count_keyring () > 0)
        g_assert_true (g_file_test (place, G_FILE_TEST_EXISTS));
    }
  g_assert_cmpuint (turns, >, 10);

  start_platform (&f);
  sign_up (&f, account, "ada");
  g_assert_cmpuint (count_keyring (), ==, 3);
  g_assert_true (sign_out (account, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_keyring (), ==, 0);
  close_computer (account);
  tear_down (&f);
}

static void
test_sign_in_elsewhere (void)
{
  Fixture f = { 0 };
  EnigmAccount *first;
  EnigmAccount *second;
  g_autoptr (GError) error = NULL;

  set_up (&f);
  first = open_computer (&f, "one");
  second = open_computer (&f, "two");
  sign_up (&f, first, "ada");

  /* A wrong password leaves nothing, neither in the keyring nor on disk. */
  g_assert_false (sign_in (&f, second, "ada", "wrong horse", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_SIGN_IN_WRONG);
  g_clear_error (&error);
  g_assert_cmpuint (count_keyring (), ==, 3);
  assert_folder (&f, "two", "lock");

  g_assert_true (sign_in (&f, second, "ada", PASSWORD, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (enigm_account_get_contact_id (second), ==, enigm_account_get_contact_id (first));
  g_assert_cmpstr (enigm_account_get_computer_id (second), !=,
                   enigm_account_get_computer_id (first));
  g_assert_cmpuint (count_keyring (), ==, 6);

  /* Signing out takes this computer's part and leaves the other's. */
  g_assert_true (sign_out (second, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (enigm_account_get_state (second), ==, ENIGM_ACCOUNT_STATE_SIGNED_OUT);
  g_assert_cmpuint (count_keyring (), ==, 3);
  assert_folder (&f, "two", "lock");
  g_assert_true (refresh (first, &error));
  g_assert_no_error (error);

  g_assert_true (sign_out (first, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_keyring (), ==, 0);
  assert_folder (&f, "one", "lock");
  close_computer (first);
  close_computer (second);
  tear_down (&f);
}

static void
test_contacts (void)
{
  Fixture f = { 0 };
  EnigmAccount *ada;
  EnigmAccount *ben;
  g_autoptr (EnigmContact) contact = NULL;
  g_autofree gchar *lower = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&f);
  ada = open_computer (&f, "ada");
  ben = open_computer (&f, "ben");
  sign_up (&f, ada, "ada");
  sign_up (&f, ben, "ben");

  g_assert_false (add_contact (ada, "ABCD-EFGH", NULL, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (add_contact (ada, enigm_account_get_contact_id (ada), NULL, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_nonnull (strstr (error->message, "your own"));
  g_clear_error (&error);

  lower = g_ascii_strdown (enigm_account_get_contact_id (ben), -1);
  g_assert_true (add_contact (ada, lower, "Ben", &error));
  g_assert_no_error (error);
  contact = g_list_model_get_item (enigm_account_get_contacts (ada), 0);
  g_assert_cmpint (enigm_contact_get_state (contact), ==, ENIGM_CONTACT_STATE_INVITED);
  g_assert_cmpstr (enigm_contact_get_label (contact), ==, "Ben");

  g_assert_false (add_contact (ada, enigm_account_get_contact_id (ben), NULL, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_nonnull (strstr (error->message, "already"));
  g_clear_error (&error);

  /* Ben accepts, and Ada sees it on the very object that the window shows. */
  g_assert_true (refresh (ben, &error));
  g_assert_cmpuint (g_list_model_get_n_items (enigm_account_get_invitations (ben)), ==, 1);
  answer (ben, 0, "accept");
  {
    g_autoptr (EnigmInvitation) invitation =
      g_list_model_get_item (enigm_account_get_invitations (ben), 0);

    g_assert_cmpint (enigm_invitation_get_state (invitation), ==, ENIGM_INVITATION_STATE_ACCEPTED);
  }
  g_assert_true (refresh (ada, &error));
  g_assert_cmpint (enigm_contact_get_state (contact), ==, ENIGM_CONTACT_STATE_ELIGIBLE);

  answer (ben, 0, "leave");
  g_assert_true (refresh (ada, &error));
  g_assert_cmpint (enigm_contact_get_state (contact), ==, ENIGM_CONTACT_STATE_NOT_ELIGIBLE);
  g_assert_cmpstr (enigm_contact_get_reason (contact), ==, "left");

  close_computer (ada);
  close_computer (ben);
  tear_down (&f);
}

/* Two computers change the list at once: the later one is told, and nothing is overwritten. */
static void
test_contacts_conflict (void)
{
  Fixture f = { 0 };
  EnigmAccount *first;
  EnigmAccount *second;
  EnigmAccount *ben;
  EnigmAccount *cleo;
  g_autoptr (EnigmContact) contact = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&f);
  first = open_computer (&f, "one");
  second = open_computer (&f, "two");
  ben = open_computer (&f, "ben");
  cleo = open_computer (&f, "cleo");
  sign_up (&f, first, "ada");
  sign_up (&f, ben, "ben");
  sign_up (&f, cleo, "cleo");
  g_assert_true (sign_in (&f, second, "ada", PASSWORD, &error));

  g_assert_true (add_contact (first, enigm_account_get_contact_id (ben), "Ben", &error));
  g_assert_false (add_contact (second, enigm_account_get_contact_id (cleo), "Cleo", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CONFLICT);
  g_clear_error (&error);
  {
    const gchar *ids[] = { enigm_account_get_contact_id (ben), NULL };

    assert_contacts (second, ids);
  }
  enigm_account_note_conflict_shown (second);
  enigm_account_settle_contacts_async (second, ENIGM_CONTACTS_CHOICE_MERGED, NULL, on_awaited,
                                       &result);
  await_result (&result);
  g_assert_true (enigm_account_settle_contacts_finish (second, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);

  contact = g_list_model_get_item (enigm_account_get_contacts (second), 1);
  enigm_account_move_contact_async (second, contact, -1, NULL, on_awaited, &result);
  await_result (&result);
  g_assert_true (enigm_account_move_contact_finish (second, result, &error));
  g_clear_object (&result);
  g_assert_true (refresh (first, &error));
  {
    const gchar *ids[] = { enigm_account_get_contact_id (cleo), enigm_account_get_contact_id (ben),
                           NULL };

    assert_contacts (first, ids);
  }

  enigm_account_remove_contact_async (second, contact, NULL, on_awaited, &result);
  await_result (&result);
  g_assert_true (enigm_account_remove_contact_finish (second, result, &error));
  g_clear_object (&result);
  {
    const gchar *ids[] = { enigm_account_get_contact_id (ben), NULL };

    assert_contacts (second, ids);
  }

  /* A label is this computer's alone. */
  g_assert_cmpstr (enigm_account_find_label (first, enigm_account_get_contact_id (ben)), ==, "Ben");
  g_assert_cmpstr (enigm_account_find_label (second, enigm_account_get_contact_id (ben)), ==, "");
  close_computer (first);
  close_computer (second);
  close_computer (ben);
  close_computer (cleo);
  tear_down (&f);
}

static void
test_eleven_contacts (void)
{
  /* Ten IDs that nobody has; an invitation to them stays unanswered. */
  Fixture f = { 0 };
  EnigmAccount *ada;
  g_autoptr (GError) error = NULL;

  set_up (&f);
  ada = open_computer (&f, "ada");
  sign_up (&f, ada, "ada");
  for (guint i = 0; i < ENIGM_CONTACTS_MAX + 1; i++)
    {
      guint8 id[ENIGM_CONTACT_ID_SIZE];
      g_autofree gchar *text = NULL;

      g_assert_true (enigm_contact_id_new_random (id, NULL));
      text = enigm_contact_id_format (id);
      if (i < ENIGM_CONTACTS_MAX)
        {
          g_assert_true (add_contact (ada, text, NULL, &error));
          g_assert_no_error (error);
        }
      else
        {
          g_assert_false (add_contact (ada, text, NULL, &error));
          g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
          g_assert_nonnull (strstr (error->message, "ten contacts"));
        }
    }
  g_assert_cmpuint (g_list_model_get_n_items (enigm_account_get_contacts (ada)), ==,
                    ENIGM_CONTACTS_MAX);

  /* One of ten can be replaced: the list does not grow. */
  {
    guint8 id[ENIGM_CONTACT_ID_SIZE];
    g_autofree gchar *text = NULL;
    g_autoptr (EnigmContact) third = g_list_model_get_item (enigm_account_get_contacts (ada), 2);
    g_autoptr (EnigmContact) now = NULL;
    g_autoptr (GAsyncResult) result = NULL;

    g_clear_error (&error);
    g_assert_true (enigm_contact_id_new_random (id, NULL));
    text = enigm_contact_id_format (id);
    enigm_account_replace_contact_async (ada, third, text, NULL, NULL, on_awaited, &result);
    await_result (&result);
    g_assert_true (enigm_account_replace_contact_finish (ada, result, &error));
    g_assert_no_error (error);
    now = g_list_model_get_item (enigm_account_get_contacts (ada), 2);
    g_assert_cmpstr (enigm_contact_get_contact_id (now), ==, text);
    g_assert_cmpuint (g_list_model_get_n_items (enigm_account_get_contacts (ada)), ==,
                      ENIGM_CONTACTS_MAX);
  }
  close_computer (ada);
  tear_down (&f);
}

static void
test_platform_away (void)
{
  Fixture f = { 0 };
  EnigmAccount *ada;
  g_autoptr (EnigmReadiness) readiness = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&f);
  ada = open_computer (&f, "ada");
  sign_up (&f, ada, "ada");
  stop_platform (&f);

  g_assert_false (refresh (ada, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY);
  g_assert_nonnull (strstr (error->message, "localhost"));
  g_clear_error (&error);
  g_assert_cmpint (enigm_account_get_state (ada), ==, ENIGM_ACCOUNT_STATE_SIGNED_IN);
  g_assert_cmpint (enigm_account_get_unknown_since (ada), >, 0);
  readiness = enigm_readiness_new (ada, g_get_real_time () / G_USEC_PER_SEC);
  g_assert_cmpint (enigm_readiness_get_verdict (readiness), ==, ENIGM_READINESS_AWAY);

  /* Signing out is not claimed to have happened. */
  g_assert_false (sign_out (ada, FALSE, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY);
  g_clear_error (&error);
  g_assert_cmpuint (count_keyring (), ==, 3);

  start_platform (&f);
  g_assert_true (refresh (ada, &error));
  g_assert_no_error (error);
  g_assert_cmpint (enigm_account_get_unknown_since (ada), ==, 0);

  stop_platform (&f);
  g_assert_true (sign_out (ada, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_keyring (), ==, 0);
  assert_folder (&f, "ada", "lock");
  close_computer (ada);
  tear_down (&f);
}

static gboolean
has_invitation (gpointer account)
{
  return g_list_model_get_n_items (enigm_account_get_invitations (account)) == 1;
}

static gboolean
is_eligible (gpointer contact)
{
  return enigm_contact_get_state (contact) == ENIGM_CONTACT_STATE_ELIGIBLE;
}

static gboolean
is_online (gpointer account)
{
  return enigm_account_get_unknown_since (account) == 0;
}

/* Nobody asks again: the stream says it, also after the platform was away. */
static void
test_stream (void)
{
  Fixture f = { 0 };
  EnigmAccount *ada;
  EnigmAccount *ben;
  g_autoptr (EnigmContact) contact = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&f);
  ada = open_computer (&f, "ada");
  ben = open_computer (&f, "ben");
  sign_up (&f, ada, "ada");
  sign_up (&f, ben, "ben");
  enigm_account_listen (ben, TRUE);
  enigm_account_listen (ada, TRUE);
  g_assert_true (add_contact (ada, enigm_account_get_contact_id (ben), "Ben", &error));
  g_assert_true (enigm_world_await (has_invitation, ben));

  stop_platform (&f);
  start_platform (&f);
  g_assert_true (enigm_world_await (is_online, ben));
  contact = g_list_model_get_item (enigm_account_get_contacts (ada), 0);
  while (!g_list_model_get_n_items (enigm_account_get_invitations (ben)))
    g_main_context_iteration (NULL, TRUE);
  answer (ben, 0, "accept");
  g_assert_true (enigm_world_await (is_eligible, contact));
  close_computer (ada);
  close_computer (ben);
  tear_down (&f);
}

/* A stranger's certificate is met before anything is sent, and says so. */
static void
test_wrong_certificate (void)
{
  static const guint8 pin[32] = { 1 };
  Fixture f = { 0 };
  EnigmAccount *ada;
  g_autoptr (EnigmTrust) right = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&f);
  ada = open_computer (&f, "ada");
  right = g_steal_pointer (&f.trust);
  f.trust = enigm_trust_new_pin (pin);
  g_assert_false (sign_in (&f, ada, "ada", PASSWORD, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_CERTIFICATE);
  g_assert_nonnull (strstr (error->message, "nothing was sent"));
  g_assert_cmpuint (count_keyring (), ==, 0);
  close_computer (ada);
  tear_down (&f);
}

static void
test_bad_input (void)
{
  static const gchar *const users[] = { "", "ab", "Ada", "a b c", "adá" };
  g_autoptr (EnigmSecret) short_password = secret ("seven77");
  g_autoptr (EnigmSecret) not_utf8 = secret ("\xff\xfe\xff\xfe\xff\xfe\xff\xfe");
  g_autoptr (EnigmSecret) pin = secret ("12345a");

  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    g_assert_false (enigm_account_check_user (users[i], NULL));
  g_assert_true (enigm_account_check_user ("ada.l-1_x", NULL));
  g_assert_false (enigm_account_check_password (short_password, NULL));
  g_assert_false (enigm_account_check_password (not_utf8, NULL));
  g_assert_false (enigm_account_check_pin (pin, NULL));
}

int
main (int argc, char **argv)
{
  GDBusConnection *bus;
  int status;

  g_test_init (&argc, &argv, NULL);
  the_world = enigm_world_new (ENIGM_WORLD_KEYRING);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_test_add_func ("/account/bad-input", test_bad_input);
  g_test_add_func ("/account/sign-up-and-start-again", test_sign_up_and_start_again);
  g_test_add_func ("/account/sign-up-cancelled", test_sign_up_cancelled);
  g_test_add_func ("/account/sign-in-elsewhere", test_sign_in_elsewhere);
  g_test_add_func ("/account/contacts", test_contacts);
  g_test_add_func ("/account/contacts-conflict", test_contacts_conflict);
  g_test_add_func ("/account/eleven-contacts", test_eleven_contacts);
  g_test_add_func ("/account/platform-away", test_platform_away);
  g_test_add_func ("/account/stream", test_stream);
  g_test_add_func ("/account/wrong-certificate", test_wrong_certificate);
  status = g_test_run ();
  secret_service_disconnect ();
  g_object_unref (bus);
  enigm_world_free (the_world);
  return status;
}
