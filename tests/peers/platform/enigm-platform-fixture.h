/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "enigm-events.h"
#include "enigm-server.h"

G_BEGIN_DECLS

/**
 * EnigmPlatformFixture:
 * @folder: its folder, gone after the test
 * @state: the platform; tests may look at its database
 * @server: the real server, on a port of 127.0.0.1 that the system chose
 * @now: what the platform's clock says
 * @maker: key of the authority whose keys are genuine
 *
 * A whole platform in this process, with TLS under its own authority.
 */
typedef struct
{
  gchar *folder;
  EnigmPlatformState *state;
  EnigmServer *server;
  SoupSession *session;
  gint64 now;
  EnigmP256Key *maker;
  GString *answers;
} EnigmPlatformFixture;

/**
 * EnigmPerson:
 * @user: user name; the password is `a good password`
 * @token: session token
 * @contact_id: contact ID
 * @account: account ID
 * @computer: computer ID
 * @key: the computer's key
 *
 * Somebody with an account and one computer.
 */
typedef struct
{
  gchar *user;
  gchar *token;
  gchar *contact_id;
  guint8 account[ENIGM_ID_SIZE];
  guint8 computer[ENIGM_ID_SIZE];
  EnigmP256Key *key;
} EnigmPerson;

/**
 * EnigmAnswer:
 * @status: HTTP status
 * @json: the body, or %NULL
 * @etag: ETag
 * @problem: last part of the problem's type, or %NULL
 * @field: the problem's field, or %NULL
 *
 * What the platform said.
 */
typedef struct
{
  guint status;
  JsonNode *json;
  gchar *etag;
  gchar *problem;
  gchar *field;
  gchar *retry_after;
} EnigmAnswer;

void enigm_platform_fixture_set_up (EnigmPlatformFixture *self, gconstpointer data);
void enigm_platform_fixture_tear_down (EnigmPlatformFixture *self, gconstpointer data);
void enigm_platform_fixture_restart (EnigmPlatformFixture *self);

EnigmPerson *enigm_platform_fixture_add_person (EnigmPlatformFixture *self, const gchar *user);
void enigm_platform_fixture_set_contact (EnigmPlatformFixture *self,
                                         EnigmPerson *owner,
                                         const gchar *contact_id);
void enigm_platform_fixture_befriend (EnigmPlatformFixture *self,
                                      EnigmPerson *owner,
                                      EnigmPerson *contact);
void enigm_person_free (EnigmPerson *self);

EnigmAnswer *enigm_platform_fixture_call (EnigmPlatformFixture *self,
                                          EnigmPerson *person,
                                          const gchar *method,
                                          const gchar *path,
                                          const gchar *body);
EnigmAnswer *enigm_platform_fixture_call_signed (EnigmPlatformFixture *self,
                                                 EnigmPerson *person,
                                                 const gchar *method,
                                                 const gchar *path,
                                                 const gchar *body,
                                                 const gchar *if_match);
SoupMessage *enigm_platform_fixture_message (EnigmPlatformFixture *self,
                                             const gchar *method,
                                             const gchar *path,
                                             const gchar *body);
void enigm_platform_fixture_sign (EnigmPlatformFixture *self,
                                  EnigmPerson *person,
                                  SoupMessage *message,
                                  const gchar *body,
                                  gint64 created);
EnigmAnswer *
enigm_platform_fixture_send (EnigmPlatformFixture *self, SoupMessage *message, const gchar *body);
guint16 enigm_platform_fixture_port (EnigmPlatformFixture *self);
gchar *enigm_platform_fixture_body (EnigmPerson *person, const gchar *user, const gchar *extra);

void enigm_answer_free (EnigmAnswer *self);
JsonObject *enigm_answer_object (EnigmAnswer *self);
const gchar *enigm_answer_string (EnigmAnswer *self, const gchar *path);
gint64 enigm_answer_int (EnigmAnswer *self, const gchar *path);

#define enigm_assert_answer(answer, expected) g_assert_cmpuint ((answer)->status, ==, (expected))
#define enigm_assert_problem(answer, expected_status, expected_name)                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_cmpuint ((answer)->status, ==, (expected_status));                                    \
    g_assert_cmpstr ((answer)->problem, ==, (expected_name));                                      \
  }                                                                                                \
  G_STMT_END

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmAnswer, enigm_answer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmPerson, enigm_person_free)

G_END_DECLS
