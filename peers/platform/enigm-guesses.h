/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-text.h"

G_BEGIN_DECLS

/**
 * EnigmGuesses:
 *
 * Slows the guessing of passwords: per address, and per account from addresses that never signed in
 * to it. An owner who sits where they signed in before is not locked out by what others try
 * elsewhere, a computer that signs what it asks is not by what anybody else tries at all, and an
 * account that does not exist is counted like any other.
 *
 * It is kept in memory: a restart forgives, which helps a guesser by a handful of tries.
 */
typedef struct _EnigmGuesses EnigmGuesses;

EnigmGuesses *enigm_guesses_new (void);
void enigm_guesses_free (EnigmGuesses *self);

gchar *enigm_guesses_dup_computer (const guint8 computer[ENIGM_ID_SIZE]);

gint64 enigm_guesses_get_wait (EnigmGuesses *self,
                               const gchar *user,
                               const gchar *address,
                               gboolean known_address,
                               gint64 now);
void enigm_guesses_count (EnigmGuesses *self, const gchar *user, const gchar *address, gint64 now);
void enigm_guesses_forgive (EnigmGuesses *self, const gchar *user, const gchar *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmGuesses, enigm_guesses_free)

G_END_DECLS
