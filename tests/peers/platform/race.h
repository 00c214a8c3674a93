/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice.h"

/* A key whose requests are on their way, many at once, while its owner changes it. */

typedef struct
{
  World *world;
  Person *person;
  Key *key;
  /* The key's; its owner has the world's. */
  SoupSession *soup;
  EnigmStore *store;
  guint under_way;
  guint accepted;
  guint refused;
  /* Accepted although the request was begun when the owner had the platform's answer. */
  guint accepted_after;
  gboolean revoked;
  gint64 clicked;
  gint64 first_refusal;
} Race;

void race_send (Race *race);
void race_revoke (Race *race);
void race_settle (Race *race);
void race_rearm (Race *race);
void race_open (Race *race, World *world, Person *person, Key *key, guint connections);
void race_close (Race *race);
