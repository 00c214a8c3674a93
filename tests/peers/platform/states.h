/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every state a key can be in, and how it comes there. */

#include "practice.h"

/* Brings a fresh key to a state. */
typedef void (*Bring) (World *world, Person *person, Key *key);

void bring_pending (World *world, Person *person, Key *key);
void bring_trusted (World *world, Person *person, Key *key);
void bring_lost (World *world, Person *person, Key *key);
void bring_suspended (World *world, Person *person, Key *key);
void bring_lost_and_suspended (World *world, Person *person, Key *key);
void bring_unproved (World *world, Person *person, Key *key);
void bring_revoked (World *world, Person *person, Key *key);
void bring_revoked_and_suspended (World *world, Person *person, Key *key);
void bring_released (World *world, Person *person, Key *key);
void bring_replaced (World *world, Person *person, Key *key);
void bring_retired (World *world, Person *person, Key *key);
void bring_cancelled (World *world, Person *person, Key *key);
void bring_expired (World *world, Person *person, Key *key);

Answer *
key_wish (World *world, Person *person, const guint8 *binding, const char *to, const char *reason);
void key_do_wish (World *world, Person *person, Key *key, const char *to, const char *reason);
void key_suspend (World *world, Key *key, gboolean suspended);
