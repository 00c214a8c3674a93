/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contacts edited with the platform away, and on two computers at once: real accounts, a real
 * platform, over TLS. */
#include <string.h>

#include "await.h"
#include "enigm-account-private.h"
#include "enigm-contact-id.h"
#include "enigm-error.h"
#include "party.h"

/* One for all tests: libsecret keeps its connection to the session bus for as long as it lives. */
static Party *party;

static void
start_platform (void)
{
  g_autofree char *program = enigm_world_find_program ("peers/platform/enigm-platform");
  g_autofree char *config = g_build_filename (party->platform_dir, "platform.conf", NULL);
  const char *argv[] = { program, "serve",  "--config",
                         config,  "--port", strrchr (party->origin, ':') + 1,
                         NULL };
  g_autofree char *line = NULL;

  party->platform = enigm_world_spawn (party->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  line = enigm_world_await_line (party->platform);
  g_assert_true (g_str_has_prefix (line, "listening on "));
}

static void
stop_platform (void)
{
  enigm_world_stop (party->world, party->platform);
  g_clear_object (&party->platform);
}

static gboolean
is_saved (gpointer account)
{
  return !enigm_account_is_saving (account);
}

static gboolean
is_gone (gpointer where)
{
  return *(gpointer *) where == NULL;
}

static void
close_computer (EnigmAccount *account)
{
  g_assert_true (enigm_world_await (is_saved, account));
  g_object_add_weak_pointer (G_OBJECT (account), (gpointer *) &account);
  g_object_unref (account);
  g_assert_true (enigm_world_await (is_gone, &account));
}

/* The computer is switched on again; nothing is asked for yet. */
static EnigmAccount *
reopen_computer (const char *name)
{
  g_autofree char *data_dir = g_build_filename (enigm_world_get_folder (party->world), name, NULL);
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
refresh (EnigmAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_refresh_async (account, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_refresh_finish (account, result, NULL);
}

static gboolean
add (EnigmAccount *account, const char *id, const char *label, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_add_contact_async (account, id, label, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_add_contact_finish (account, result, error);
}

static EnigmContact *
find (EnigmAccount *account, const char *id)
{
  GListModel *contacts = enigm_account_get_contacts (account);

  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (contacts, i);

      if (g_str_equal (enigm_contact_get_contact_id (contact), id))
        return contact;
    }
  return NULL;
}

static gboolean
remove_one (EnigmAccount *account, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_remove_contact_async (account, find (account, id), NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_remove_contact_finish (account, result, error);
}

static gboolean
move (EnigmAccount *account, const char *id, int delta, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_move_contact_async (account, find (account, id), delta, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_move_contact_finish (account, result, error);
}

static gboolean
replace (EnigmAccount *account, const char *id, const char *by, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_replace_contact_async (account, find (account, id), by, NULL, NULL, on_awaited,
                                       &result);
  await_result (&result);
  return enigm_account_replace_contact_finish (account, result, error);
}

static gboolean
label (EnigmAccount *account, const char *id, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_label_contact_async (account, id, text, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_label_contact_finish (account, result, error);
}

static gboolean
settle (EnigmAccount *account, EnigmContactsChoice choice, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_settle_contacts_async (account, choice, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_settle_contacts_finish (account, result, error);
}

/* An ID that nobody has; an invitation to it stays unanswered. */
static char *
new_id (void)
{
  guint8 id[ENIGM_CONTACT_ID_SIZE];

  g_assert_true (enigm_contact_id_new_random (id, NULL));
  return enigm_contact_id_format (id);
}

/* The IDs that @letters stand for, joined, so that a difference can be read. */
static char *
spell (char *const *ids, const char *letters)
{
  GString *text = g_string_new (NULL);

  for (; *letters != '\0'; letters++)
    g_string_append_printf (text, "%s ", ids[*letters - 'A']);
  return g_string_free (text, FALSE);
}

static char *
spell_shown (EnigmAccount *account)
{
  GListModel *contacts = enigm_account_get_contacts (account);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (contacts, i);

      g_string_append_printf (text, "%s ", enigm_contact_get_contact_id (contact));
    }
  return g_string_free (text, FALSE);
}

static char *
spell_choice (EnigmAccount *account, EnigmContactsChoice choice)
{
  g_auto (GStrv) ids = enigm_account_dup_contacts_choice (account, choice, NULL);
  g_autofree char *joined = ids != NULL ? g_strjoinv (" ", ids) : NULL;

  if (joined == NULL)
    return NULL;
  return *joined != '\0' ? g_strconcat (joined, " ", NULL) : g_strdup ("");
}

static void
assert_shown (EnigmAccount *account, char *const *ids, const char *letters)
{
  g_autofree char *expected = spell (ids, letters);
  g_autofree char *shown = spell_shown (account);

  g_assert_cmpstr (shown, ==, expected);
}

static void
assert_choice (EnigmAccount *account,
               EnigmContactsChoice choice,
               char *const *ids,
               const char *letters)
{
  g_autofree char *expected = letters != NULL ? spell (ids, letters) : NULL;
  g_autofree char *found = spell_choice (account, choice);

  g_assert_cmpstr (found, ==, expected);
}

static void
assert_waiting (EnigmAccount *account,
                const char *id,
                EnigmContactWaiting waiting,
                const char *words)
{
  EnigmContact *contact = find (account, id);
  g_autofree char *text = NULL;

  g_assert_nonnull (contact);
  g_assert_cmpint (enigm_contact_get_waiting (contact), ==, waiting);
  text = enigm_contact_describe_state (contact, g_get_real_time () / G_USEC_PER_SEC);
  if (strstr (text, words) == NULL)
    g_error ("“%s” does not say “%s”", text, words);
}

/* Every kind of edit with the platform away: each is in sight, all survive a restart, and are the
 * list at the platform once it can be reached. */
static void
test_offline (void)
{
  EnigmAccount *ada = party_sign_up (party, "ada");
  EnigmAccount *ben = party_sign_up (party, "ben");
  g_auto (GStrv) ids = g_new0 (char *, 7);
  g_autoptr (GError) error = NULL;
  EnigmAccount *second;

  for (guint i = 0; i < 6; i++)
    ids[i] = i == 4 ? g_strdup (enigm_account_get_contact_id (ben)) : new_id ();
  for (guint i = 0; i < 4; i++)
    g_assert_true (add (ada, ids[i], NULL, &error));
  assert_shown (ada, ids, "ABCD");
  g_assert_cmpint (enigm_account_get_contacts_state (ada), ==, ENIGM_CONTACTS_STATE_SETTLED);
  second = party_sign_in (party, "ada", "ada-second");

  stop_platform ();
  g_assert_true (add (ada, ids[4], "Ben", &error));
  g_assert_true (remove_one (ada, ids[0], &error));
  g_assert_true (move (ada, ids[3], -1, &error));
  g_assert_true (replace (ada, ids[1], ids[5], &error));
  g_assert_no_error (error);
  g_assert_cmpint (enigm_account_get_contacts_state (ada), ==, ENIGM_CONTACTS_STATE_WAITING);
  for (guint i = 0; i < 2; i++)
    {
      /* Who is to be removed stays in sight: until the platform knows, they are told. */
      assert_shown (ada, ids, "ABFDCE");
      assert_choice (ada, ENIGM_CONTACTS_CHOICE_MINE, ids, "FDCE");
      assert_waiting (ada, ids[0], ENIGM_CONTACT_WAITING_REMOVE, "Being removed. ");
      assert_waiting (ada, ids[1], ENIGM_CONTACT_WAITING_REMOVE, "Being removed. ");
      assert_waiting (ada, ids[5], ENIGM_CONTACT_WAITING_ADD, "Not invited yet");
      assert_waiting (ada, ids[3], ENIGM_CONTACT_WAITING_NOTHING, "Invited");
      assert_waiting (ada, ids[2], ENIGM_CONTACT_WAITING_MOVE, "place waits for the network");
      assert_waiting (ada, ids[4], ENIGM_CONTACT_WAITING_ADD, "does not reach them");
      g_assert_cmpstr (enigm_contact_get_label (find (ada, ids[4])), ==, "Ben");
      g_assert_false (refresh (ada));
      if (i == 0)
        {
          close_computer (ada);
          ada = reopen_computer ("ada");
          g_assert_cmpint (enigm_account_get_contacts_state (ada), ==,
                           ENIGM_CONTACTS_STATE_WAITING);
        }
    }

  start_platform ();
  g_assert_true (refresh (ada));
  assert_shown (ada, ids, "FDCE");
  g_assert_cmpint (enigm_account_get_contacts_state (ada), ==, ENIGM_CONTACTS_STATE_SETTLED);
  assert_waiting (ada, ids[4], ENIGM_CONTACT_WAITING_NOTHING, "Invited");
  g_assert_cmpstr (enigm_contact_get_label (find (ada, ids[4])), ==, "Ben");
  g_assert_true (refresh (second));
  assert_shown (second, ids, "FDCE");
  g_assert_true (refresh (ben));
  g_assert_cmpuint (g_list_model_get_n_items (enigm_account_get_invitations (ben)), ==, 1);
  close_computer (ada);
  ada = reopen_computer ("ada");
  g_assert_cmpint (enigm_account_get_contacts_state (ada), ==, ENIGM_CONTACTS_STATE_SETTLED);

  close_computer (ada);
  close_computer (second);
  close_computer (ben);
}

/* What is taken back before it was sent is as if it had not been done. */
static void
test_undone (void)
{
  EnigmAccount *ada = party_sign_up (party, "una");
  g_auto (GStrv) ids = g_new0 (char *, 5);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    ids[i] = new_id ();
  for (guint i = 0; i < 3; i++)
    g_assert_true (add (ada, ids[i], NULL, &error));
  stop_platform ();
  g_assert_true (remove_one (ada, ids[1], &error));
  g_assert_cmpint (enigm_account_get_contacts_state (ada), ==, ENIGM_CONTACTS_STATE_WAITING);
  g_assert_true (add (ada, ids[1], NULL, &error));
  assert_shown (ada, ids, "ABC");
  g_assert_cmpint (enigm_account_get_contacts_state (ada), ==, ENIGM_CONTACTS_STATE_SETTLED);

  /* Refused here as with the platform in reach, and what waits stays. */
  g_assert_true (add (ada, ids[3], NULL, &error));
  g_assert_false (add (ada, ids[3], NULL, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (replace (ada, ids[0], ids[3], &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_clear_error (&error);
  assert_shown (ada, ids, "ABCD");

  /* All of it can be discarded. */
  g_assert_true (settle (ada, ENIGM_CONTACTS_CHOICE_THEIRS, &error));
  assert_shown (ada, ids, "ABC");
  g_assert_false (settle (ada, ENIGM_CONTACTS_CHOICE_THEIRS, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  start_platform ();
  g_assert_true (refresh (ada));
  assert_shown (ada, ids, "ABC");
  close_computer (ada);
}

typedef enum
{
  ADD,
  REMOVE,
  MOVE,
  REPLACE,
  LABEL,
  N_EDITS,
} Kind;

/* One of the edits; @who of the list ABCD, and @new_one, are letters. */
static gboolean
do_edit (EnigmAccount *account, Kind kind, char *const *ids, char who, char new_one, GError **error)
{
  const char *id = ids[who - 'A'];

  switch (kind)
    {
    case ADD:
      return add (account, ids[new_one - 'A'], NULL, error);
    case REMOVE:
      return remove_one (account, id, error);
    case MOVE:
      return move (account, id, 1, error);
    case REPLACE:
      return replace (account, id, ids[new_one - 'A'], error);
    case LABEL:
      return label (account, id, "My word", error);
    case N_EDITS:
    default:
      g_assert_not_reached ();
    }
}

/* What both computers make of ABCD when they edit B, one adding E, the other F. */
static const struct
{
  const char *first;
  const char *second;
  const char *merged; /* NULL: no list of both; "": no conflict at all */
} outcomes[N_EDITS][N_EDITS] = {
  [ADD] = { [ADD] = { "ABCDE", "ABCDF", "ABCDEF" },
            [REMOVE] = { "ABCDE", "ACD", "ACDE" },
            [MOVE] = { "ABCDE", "ACBD", "ACBDE" },
            [REPLACE] = { "ABCDE", "AFCD", "AFCDE" },
            [LABEL] = { "ABCDE", "ABCD", "" } },
  [REMOVE] = { [ADD] = { "ACD", "ABCDF", "ACDF" },
               [REMOVE] = { "ACD", "ACD", "" },
               [MOVE] = { "ACD", "ACBD", NULL },
               [REPLACE] = { "ACD", "AFCD", "AFCD" },
               [LABEL] = { "ACD", "ABCD", "" } },
  [MOVE] = { [ADD] = { "ACBD", "ABCDF", "ACBDF" },
             [REMOVE] = { "ACBD", "ACD", NULL },
             [MOVE] = { "ACBD", "ACBD", "" },
             [REPLACE] = { "ACBD", "AFCD", NULL },
             [LABEL] = { "ACBD", "ABCD", "" } },
  [REPLACE] = { [ADD] = { "AECD", "ABCDF", "AECDF" },
                [REMOVE] = { "AECD", "ACD", "AECD" },
                [MOVE] = { "AECD", "ACBD", NULL },
                [REPLACE] = { "AECD", "AFCD", NULL },
                [LABEL] = { "AECD", "ABCD", "" } },
  [LABEL] = { [ADD] = { "ABCD", "ABCDF", "" },
              [REMOVE] = { "ABCD", "ACD", "" },
              [MOVE] = { "ABCD", "ACBD", "" },
              [REPLACE] = { "ABCD", "AFCD", "" },
              [LABEL] = { "ABCD", "ABCD", "" } },
};

/* The second computer does not know of the first one's edit. */
static void
check_pair (EnigmAccount *first, EnigmAccount *second, Kind mine, Kind other, char *const *ids)
{
  const char *first_list = outcomes[other][mine].first;
  const char *second_list = outcomes[other][mine].second;
  const char *merged = outcomes[other][mine].merged;
  const EnigmContactsChoice choice = (EnigmContactsChoice) ((mine + other) % 3);
  g_autoptr (GError) error = NULL;
  const char *end;

  g_assert_true (do_edit (first, other, ids, 'B', 'E', &error));
  g_assert_no_error (error);
  if (merged != NULL && *merged == '\0')
    {
      g_assert_true (do_edit (second, mine, ids, 'B', 'F', &error));
      g_assert_true (refresh (second));
      g_assert_cmpint (enigm_account_get_contacts_state (second), ==, ENIGM_CONTACTS_STATE_SETTLED);
      assert_shown (second, ids, other == LABEL ? second_list : first_list);
      if (mine == LABEL)
        g_assert_cmpstr (enigm_account_find_label (second, ids[1]), ==, "My word");
      return;
    }

  g_assert_false (do_edit (second, mine, ids, 'B', 'F', &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpint (enigm_account_get_contacts_state (second), ==, ENIGM_CONTACTS_STATE_CONFLICT);
  assert_shown (second, ids, first_list);
  assert_choice (second, ENIGM_CONTACTS_CHOICE_MINE, ids, second_list);
  assert_choice (second, ENIGM_CONTACTS_CHOICE_THEIRS, ids, first_list);
  assert_choice (second, ENIGM_CONTACTS_CHOICE_MERGED, ids, merged);

  /* Nothing is sent by itself, no other edit is taken, and nobody chooses unseen. */
  g_assert_true (refresh (second));
  g_assert_false (add (second, ids[6], NULL, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (settle (second, ENIGM_CONTACTS_CHOICE_MINE, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (refresh (first));
  assert_shown (first, ids, first_list);

  enigm_account_note_conflict_shown (second);
  if (choice == ENIGM_CONTACTS_CHOICE_MERGED && merged == NULL)
    {
      g_assert_false (settle (second, choice, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CONFLICT);
      g_clear_error (&error);
      g_assert_true (settle (second, ENIGM_CONTACTS_CHOICE_MINE, &error));
      end = second_list;
    }
  else
    {
      g_assert_true (settle (second, choice, &error));
      end = choice == ENIGM_CONTACTS_CHOICE_MINE     ? second_list
            : choice == ENIGM_CONTACTS_CHOICE_THEIRS ? first_list
                                                     : merged;
    }
  g_assert_no_error (error);
  assert_shown (second, ids, end);
  g_assert_cmpint (enigm_account_get_contacts_state (second), ==, ENIGM_CONTACTS_STATE_SETTLED);
  g_assert_true (refresh (first));
  assert_shown (first, ids, end);
}

/* Every kind of edit on one computer beside every kind on another. */
static void
test_pairs (void)
{
  for (Kind mine = ADD; mine < N_EDITS; mine++)
    {
      g_autofree char *user = g_strdup_printf ("pair-%d", mine);
      g_autofree char *data_dir = g_strdup_printf ("%s-second", user);
      EnigmAccount *first = party_sign_up (party, user);
      EnigmAccount *second = party_sign_in (party, user, data_dir);

      for (Kind other = ADD; other < N_EDITS; other++)
        {
          g_auto (GStrv) ids = g_new0 (char *, 8);
          g_autoptr (GError) error = NULL;
          EnigmContact *left;

          g_test_message ("%d beside %d", mine, other);
          for (guint i = 0; i < 7; i++)
            ids[i] = new_id ();
          while ((left = g_list_model_get_item (enigm_account_get_contacts (first), 0)) != NULL)
            {
              g_object_unref (left);
              g_assert_true (remove_one (first, enigm_contact_get_contact_id (left), &error));
            }
          for (guint i = 0; i < 4; i++)
            g_assert_true (add (first, ids[i], NULL, &error));
          g_assert_no_error (error);
          g_assert_true (refresh (second));
          assert_shown (second, ids, "ABCD");
          check_pair (first, second, mine, other, ids);
        }
      close_computer (first);
      close_computer (second);
    }
}

/* A conflict is kept like everything else that waits; what comes to it meanwhile is seen first. */
static void
test_conflict_is_kept (void)
{
  EnigmAccount *first = party_sign_up (party, "kim");
  EnigmAccount *second = party_sign_in (party, "kim", "kim-second");
  g_auto (GStrv) ids = g_new0 (char *, 5);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    ids[i] = new_id ();
  g_assert_true (add (first, ids[0], NULL, &error));
  g_assert_true (refresh (second));

  /* Both edit with the platform away; the second one comes back later. */
  stop_platform ();
  g_assert_true (add (first, ids[1], NULL, &error));
  g_assert_true (remove_one (second, ids[0], &error));
  g_assert_true (add (second, ids[2], NULL, &error));
  close_computer (second);
  start_platform ();
  g_assert_true (refresh (first));
  second = reopen_computer ("kim-second");
  g_assert_true (refresh (second));
  g_assert_cmpint (enigm_account_get_contacts_state (second), ==, ENIGM_CONTACTS_STATE_CONFLICT);
  assert_shown (second, ids, "AB");
  close_computer (second);
  second = reopen_computer ("kim-second");
  g_assert_cmpint (enigm_account_get_contacts_state (second), ==, ENIGM_CONTACTS_STATE_CONFLICT);
  assert_choice (second, ENIGM_CONTACTS_CHOICE_MINE, ids, "C");
  assert_choice (second, ENIGM_CONTACTS_CHOICE_THEIRS, ids, "AB");
  assert_choice (second, ENIGM_CONTACTS_CHOICE_MERGED, ids, "CB");
  enigm_account_note_conflict_shown (second);

  /* The person looks at both lists while the first computer goes on. */
  g_assert_true (move (first, ids[1], -1, &error));
  g_assert_false (settle (second, ENIGM_CONTACTS_CHOICE_MINE, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CONFLICT);
  g_clear_error (&error);
  assert_choice (second, ENIGM_CONTACTS_CHOICE_THEIRS, ids, "BA");
  assert_choice (second, ENIGM_CONTACTS_CHOICE_MINE, ids, "C");
  enigm_account_note_conflict_shown (second);
  g_assert_true (settle (second, ENIGM_CONTACTS_CHOICE_MINE, &error));
  g_assert_true (refresh (first));
  assert_shown (first, ids, "C");

  /* The same on both, and there and back, are no conflicts. */
  g_assert_true (refresh (second));
  stop_platform ();
  g_assert_true (add (first, ids[3], NULL, &error));
  g_assert_true (add (second, ids[3], NULL, &error));
  start_platform ();
  g_assert_true (refresh (first));
  g_assert_true (refresh (second));
  g_assert_cmpint (enigm_account_get_contacts_state (second), ==, ENIGM_CONTACTS_STATE_SETTLED);
  g_assert_true (add (first, ids[0], NULL, &error));
  g_assert_true (remove_one (first, ids[0], &error));
  g_assert_true (move (second, ids[3], -1, &error));
  g_assert_no_error (error);
  assert_shown (second, ids, "DC");
  close_computer (first);
  close_computer (second);
}

static void
on_counted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  enigm_account_send_contacts_finish (ENIGM_ACCOUNT (object), result, NULL);
  --*(guint *) user_data;
}

static gboolean
is_zero (gpointer user_data)
{
  return *(guint *) user_data == 0;
}

/* However often what waits is sent at once, from wherever, what another computer did is not
 * overwritten. */
static void
test_sent_at_once (void)
{
  EnigmAccount *first = party_sign_up (party, "ilka");
  EnigmAccount *second = party_sign_in (party, "ilka", "ilka-second");
  g_auto (GStrv) ids = g_new0 (char *, 4);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      ids[i] = new_id ();
      g_assert_true (add (first, ids[i], NULL, &error));
    }
  for (guint round = 0; round < 4; round++)
    {
      guint n_under_way = 0;
      g_autofree char *theirs = NULL;
      g_autofree char *after = NULL;

      g_assert_true (refresh (second));
      stop_platform ();
      g_assert_true (remove_one (second, ids[0], &error));
      start_platform ();
      g_assert_true (move (first, ids[2], round % 2 == 0 ? -1 : 1, &error));
      theirs = spell_shown (first);

      /* Once more whenever anything happens. */
      while (enigm_account_get_contacts_state (second) != ENIGM_CONTACTS_STATE_CONFLICT &&
             enigm_account_get_contacts_state (second) != ENIGM_CONTACTS_STATE_SETTLED)
        {
          n_under_way++;
          enigm_account_send_contacts_async (second, on_counted, &n_under_way);
          g_main_context_iteration (NULL, TRUE);
        }
      g_assert_true (enigm_world_await (is_zero, &n_under_way));
      g_assert_cmpint (enigm_account_get_contacts_state (second), ==,
                       ENIGM_CONTACTS_STATE_CONFLICT);
      g_assert_true (refresh (first));
      after = spell_shown (first);
      g_assert_cmpstr (after, ==, theirs);
      enigm_account_note_conflict_shown (second);
      g_assert_true (settle (second, ENIGM_CONTACTS_CHOICE_THEIRS, &error));
    }
  g_assert_no_error (error);
  close_computer (first);
  close_computer (second);
}

/* What the platform refuses is said, and is not shown as if it waited. */
static void
test_refused (void)
{
  EnigmAccount *account = party_sign_up (party, "rita");
  g_auto (GStrv) ids = g_new0 (char *, 3);
  g_autoptr (GError) error = NULL;
  guint invited = 0;

  ids[0] = new_id ();
  ids[1] = new_id ();
  g_assert_true (add (account, ids[0], NULL, &error));
  for (; invited < 100 && add (account, ids[1], NULL, &error); invited++)
    g_assert_true (remove_one (account, ids[1], NULL));
  g_assert_cmpuint (invited, ==, 39);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED);
  g_assert_nonnull (strstr (error->message, "try tomorrow"));
  g_clear_error (&error);
  g_assert_cmpint (enigm_account_get_contacts_state (account), ==, ENIGM_CONTACTS_STATE_SETTLED);
  assert_shown (account, ids, "A");
  g_assert_true (refresh (account));
  assert_shown (account, ids, "A");
  g_assert_true (remove_one (account, ids[0], &error));
  assert_shown (account, ids, "");
  close_computer (account);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  party = party_new ();
  g_test_add_func ("/app/contacts/offline", test_offline);
  g_test_add_func ("/app/contacts/undone", test_undone);
  g_test_add_func ("/app/contacts/pairs", test_pairs);
  g_test_add_func ("/app/contacts/conflict-is-kept", test_conflict_is_kept);
  g_test_add_func ("/app/contacts/sent-at-once", test_sent_at_once);
  g_test_add_func ("/app/contacts/refused", test_refused);
  status = g_test_run ();
  party_free (party);
  return status;
}
