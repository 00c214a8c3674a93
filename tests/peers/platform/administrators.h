/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Administrators of a practice platform: what they ask it, and the program they ask with. */

#include "practice.h"

#include "peers/platform/enigm-administrators.h"

typedef struct
{
  char *token;
  guint8 id[ENIGM_ID_SIZE];
} Admin;

/* What each of them has. */
#define ADMIN_PASSWORD "an administrator's"
#define ADMIN_PIN "\"pin\":\"271828\""
#define REVOKE "{\"to\":\"revoked\",\"reason\":\"lost\"," ADMIN_PIN "}"
#define RELEASE "{\"to\":\"released\"," ADMIN_PIN "}"

Admin *admin_new (World *world, const char *name, EnigmRole role);
void admin_free (Admin *admin);
char *admin_sign_in (World *world, const char *name, const char *password);
Answer *
admin_ask (World *world, Admin *admin, const char *method, const char *path, const char *json);
void admin_assert (World *world,
                   Admin *admin,
                   const char *method,
                   const char *path,
                   const char *body,
                   const char *problem);
char *admin_key_path (Key *key, const char *rest);
char *admin_wish (World *world, Admin *admin, Key *key, const char *body);
void
admin_assert_wish (World *world, Admin *admin, Key *key, const char *body, const char *expected);

/* The program, with a session file of the world's and `input` at its descriptor 7. */
GSubprocess *command_spawn (World *world, const char *input, const char *const *arguments);
int command_run (World *world, char **out, const char *input, const char *const *arguments);
void command_sign_in (World *world, const char *name);
void command_assert_says (World *world,
                          const char *input,
                          int status,
                          const char *says,
                          const char *const *argv);

#define COMMAND(world, out, input, ...)                                                            \
  command_run (world, out, input, (const char *const[]){ __VA_ARGS__, NULL })
#define SAYS(input, status, says, ...)                                                             \
  command_assert_says (world, input, status, says, (const char *const[]){ __VA_ARGS__, NULL })

void world_make_keys (World *world, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Admin, admin_free)
