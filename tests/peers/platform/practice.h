/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A platform in this process, reached over TLS, and an app and a key that speak to it with the
 * protocol library alone. */

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "app/protocol/enigm-http-signature.h"
#include "app/protocol/enigm-key-answer.h"
#include "app/protocol/enigm-key-request.h"
#include "app/protocol/enigm-offer.h"
#include "app/protocol/enigm-receipt.h"
#include "peers/platform/enigm-bindings.h"
#include "peers/platform/enigm-server.h"

typedef struct _Maker Maker;

typedef struct
{
  char *folder;
  EnigmPlatformState *state;
  EnigmServer *server;
  SoupSession *soup;
  gint64 now;
  Maker *maker;
  /* Every answer in JSON, for check-answers.py. */
  GString *answers;
} World;

typedef struct
{
  guint8 account[ENIGM_ID_SIZE];
  guint8 computer[ENIGM_ID_SIZE];
  char *token;
  EnigmP256Key *key;
} Person;

typedef struct
{
  guint status;
  GBytes *body;
  JsonObject *json;
  SoupMessageHeaders *headers;
} Answer;

typedef struct
{
  GPtrArray *chain;
  EnigmP256Key *certificate_key;
  guint8 nonce[32];
  guint8 session[32];
  GBytes *offer_bytes;
  EnigmOffer offer;
  GBytes *attestation;
  EnigmSecret *request_key;
  EnigmSecret *answer_key;
  guint64 sequence;
} Key;

/* A signed request as text, to be spoilt. */
typedef struct
{
  char *method;
  char *path;
  char *content_type;
  char *digest;
  char *input;
  char *signature;
  /* Said a second time, if not NULL. */
  const char *twice;
  GBytes *body;
  EnigmHttpSignature made;
} Signed;

void world_set_up (World *world, gconstpointer data);
void world_tear_down (World *world, gconstpointer data);
void world_restart (World *world);
void world_serve_apart (World *world, void (*func) (World *world, gpointer data), gpointer data);
char *world_path (World *world, const char *name);
void world_meanwhile (World *world, void (*func) (World *world, gpointer data), gpointer data);

Person *person_new (World *world, const char *user);
Person *person_new_named (World *world, const char *user, const char *computer);
Person *person_sign_in (World *world, const char *user, const char *password);
char *person_dup_contact_id (World *world, Person *person);
void person_befriend (World *world, Person *owner, Person *contact);
SoupMessage *person_renewal_message (World *world, Person *person);
Answer *person_put_contacts (World *world, Person *person, Answer *before, const char *json);
Answer *person_renew (World *world, Person *person);
GPtrArray *
person_ask_often (World *world, Person *person, const char *path, const char *json, guint times);
void person_free (Person *person);
Answer *person_ask (World *world,
                    Person *person,
                    const char *method,
                    const char *path,
                    gboolean sign,
                    const char *json);
SoupMessage *person_message (World *world,
                             Person *person,
                             const char *method,
                             const char *path,
                             gboolean sign,
                             GBytes *body);
const char *answer_problem (Answer *answer);
void answer_free (Answer *answer);
Answer *world_send (World *world, SoupMessage *message, const char *type, GBytes *body);

#define KEY_GENUINE "genuine"
#define KEY_OTHER_CA "another maker's"
#define KEY_EXPIRED "expired"
#define KEY_CA_LEAF "an authority itself"
Key *key_new (World *world, const char *kind);
void key_free (Key *key);
Answer *key_ask_offer (World *world, Key *key, Person *person, const guint8 *bound);
Answer *key_ask_replacement (World *world, Key *key, Person *person, const guint8 *replaces);
void key_take_offer (Key *key, Answer *answer);
void key_attest (Key *key);
Answer *key_hand_in (World *world, Key *key);
EnigmReceiptState key_read_receipt (World *world, Key *key, Answer *answer);
void key_pair (World *world, Key *key, Person *person);
EnigmBinding *key_find (World *world, Key *key);
char *key_path (Key *key, const char *rest);

EnigmKeyRequest key_request (World *world, Key *key, EnigmKeyRequestKind kind);
Signed *key_sign_body (World *world, Key *key, const char *path, GBytes *body, gint64 created);
Signed *key_sign (World *world, Key *key, const EnigmKeyRequest *request, gint64 created);
void signed_free (Signed *request);
SoupMessage *signed_message (World *world, Signed *request);
Answer *signed_send (World *world, Signed *request);
EnigmKeyAnswer key_read_answer (World *world, Key *key, Signed *request, Answer *answer);
EnigmKeyAnswer key_send (World *world, Key *key, const EnigmKeyRequest *request);
EnigmKeyOutcome key_say (World *world, Key *key, EnigmKeyRequestKind kind);

gint64 world_count (World *world, const char *sql);
void world_run (World *world, const char *sql);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Person, person_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Key, key_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Signed, signed_free)
