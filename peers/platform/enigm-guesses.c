/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-guesses.h"

/* Wrong tries are counted for this long, in seconds. */
#define WINDOW_SECONDS (15 * 60)
/* Wrong tries at one account from one address. */
#define MAX_PAIR 10
/* Wrong tries from one address. */
#define MAX_ADDRESS 60
/* Wrong tries at one account from addresses that it does not know. */
#define MAX_ACCOUNT 100
/* Counters kept; past that, those whose window is over go, or else all of them. */
#define MAX_COUNTERS 20000

typedef struct
{
  gint64 began;
  guint count;
} Counter;

struct _EnigmGuesses
{
  GHashTable *counters;
};

static gchar *
pair_name (const gchar *user, const gchar *address)
{
  return g_strdup_printf ("pair %s %s", user, address);
}

static gint64
get_wait (EnigmGuesses *self, const gchar *name, guint max, gint64 now)
{
  const Counter *counter = g_hash_table_lookup (self->counters, name);

  if (counter == NULL || counter->count < max || counter->began + WINDOW_SECONDS <= now)
    return 0;
  return counter->began + WINDOW_SECONDS - now;
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user_data)
{
  const Counter *counter = value;
  const gint64 *now = user_data;

  return counter->began + WINDOW_SECONDS <= *now;
}

static void
take_count (EnigmGuesses *self, gchar *name, gint64 now)
{
  Counter *counter;

  if (g_hash_table_size (self->counters) >= MAX_COUNTERS)
    g_hash_table_foreach_remove (self->counters, is_over, &now);
  if (g_hash_table_size (self->counters) >= MAX_COUNTERS)
    g_hash_table_remove_all (self->counters);

  counter = g_hash_table_lookup (self->counters, name);
  if (counter == NULL)
    {
      counter = g_new0 (Counter, 1);
      g_hash_table_insert (self->counters, g_strdup (name), counter);
    }
  if (counter->began + WINDOW_SECONDS <= now)
    *counter = (Counter){ now, 0 };
  counter->count++;
  g_free (name);
}

/**
 * enigm_guesses_new:
 *
 * Returns: (transfer full): nobody has guessed yet
 */
EnigmGuesses *
enigm_guesses_new (void)
{
  EnigmGuesses *self = g_new0 (EnigmGuesses, 1);

  self->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * enigm_guesses_free:
 * @self: (transfer full): the counts
 */
void
enigm_guesses_free (EnigmGuesses *self)
{
  g_hash_table_unref (self->counters);
  g_free (self);
}

/**
 * enigm_guesses_dup_computer:
 * @computer: (array fixed-size=16): the ID of a computer that signs what it asks
 *
 * Returns: (transfer full): where its tries come from, whatever its address
 */
gchar *
enigm_guesses_dup_computer (const guint8 computer[ENIGM_ID_SIZE])
{
  g_autofree gchar *id = enigm_hex_encode (computer, ENIGM_ID_SIZE);

  return g_strconcat ("computer ", id, NULL);
}

/**
 * enigm_guesses_get_wait:
 * @self: the counts
 * @user: the user name that is tried, whether anyone has it or not
 * @address: where the try comes from
 * @known_address: whether that account signed in from there before, or the computer is its own
 * @now: the time, Unix seconds
 *
 * Returns: seconds until a try makes sense; 0 for at once
 */
gint64
enigm_guesses_get_wait (EnigmGuesses *self,
                        const gchar *user,
                        const gchar *address,
                        gboolean known_address,
                        gint64 now)
{
  g_autofree gchar *of_pair = pair_name (user, address);
  g_autofree gchar *of_address = g_strdup_printf ("address %s", address);
  g_autofree gchar *of_account = g_strdup_printf ("account %s", user);
  gint64 wait = get_wait (self, of_pair, MAX_PAIR, now);

  /* What strangers try, elsewhere or behind the same router, does not count against someone who
   * signed in from here before: only the tries at their own account from here do. */
  if (!known_address)
    {
      wait = MAX (wait, get_wait (self, of_address, MAX_ADDRESS, now));
      wait = MAX (wait, get_wait (self, of_account, MAX_ACCOUNT, now));
    }
  return wait;
}

/**
 * enigm_guesses_count:
 * @self: the counts
 * @user: the user name that was tried
 * @address: where the try came from
 * @now: the time, Unix seconds
 *
 * Counts a wrong try. A try counts before its outcome is known, so that many at once gain nothing;
 * enigm_guesses_forgive() takes a right one back.
 */
void
enigm_guesses_count (EnigmGuesses *self, const gchar *user, const gchar *address, gint64 now)
{
  take_count (self, pair_name (user, address), now);
  take_count (self, g_strdup_printf ("address %s", address), now);
  take_count (self, g_strdup_printf ("account %s", user), now);
}

static void
take_back (EnigmGuesses *self, gchar *name)
{
  Counter *counter = g_hash_table_lookup (self->counters, name);

  if (counter != NULL && counter->count > 0)
    counter->count--;
  g_free (name);
}

/**
 * enigm_guesses_forgive:
 * @self: the counts
 * @user: the user name that was tried
 * @address: where the try came from
 *
 * Takes back the count of a try that turned out right.
 */
void
enigm_guesses_forgive (EnigmGuesses *self, const gchar *user, const gchar *address)
{
  g_autofree gchar *of_pair = pair_name (user, address);

  g_hash_table_remove (self->counters, of_pair);
  take_back (self, g_strdup_printf ("address %s", address));
  take_back (self, g_strdup_printf ("account %s", user));
}
