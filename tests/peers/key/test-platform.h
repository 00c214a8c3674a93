/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "enigm-http-signature.h"
#include "enigm-key-answer.h"
#include "enigm-key-request.h"
#include "key-fixture.h"

G_BEGIN_DECLS

/**
 * TestAnswer:
 * @status: HTTP's
 * @digest: Content-Digest
 * @input: Signature-Input
 * @signature: Signature
 * @body: CBOR
 *
 * An answer to one signed request, as it travels.
 */
typedef struct
{
  guint status;
  char *digest;
  char *input;
  char *signature;
  GBytes *body;
} TestAnswer;

TestAnswer *test_answer_new (EnigmKeyRecord *record,
                             const EnigmHttpSignature *request,
                             const EnigmKeyAnswer *answer);
void test_answer_free (TestAnswer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestAnswer, test_answer_free)

/**
 * TestPlatform:
 * @origin: where it listens
 * @pin: H of its TLS key
 * @requests: (element-type EnigmKeyRequest): signed requests whose MAC was right, in order
 * @numbers: (element-type guint64): what they were numbered
 * @n_attestations: how often one was handed in
 * @unknown: how many of the next requests are answered with an unsigned 401
 * @wrong_mac: how many of the next answers carry a wrong MAC
 * @answers: (element-type TestAnswer): what was answered under a right MAC, in order
 * @old_answers: (element-type guint): which of those the next requests are answered with instead
 * @hang: whether requests get no answer at all
 * @outcomes: (element-type int): what the next answers say; empty: accepted
 * @answer: what else they say
 * @gone_handle: the handle whose requests are answered gone, if @has_gone
 *
 * A platform with TLS, of the test's own, that answers as it is told.
 */
typedef struct
{
  KeyFixture *key;
  SoupServer *server;
  char *origin;
  guint8 pin[32];
  GArray *requests;
  GPtrArray *bodies;
  guint n_attestations;
  guint n_tcp;
  guint unknown;
  guint wrong_mac;
  GPtrArray *answers;
  GArray *old_answers;
  gboolean hang;
  GPtrArray *hung;
  GArray *outcomes;
  EnigmKeyAnswer answer;
  guint8 gone_handle[ENIGM_ID_SIZE];
  gboolean has_gone;
  gboolean receipts_gone;
} TestPlatform;

TestPlatform *test_platform_new (KeyFixture *key);
void test_platform_free (TestPlatform *self);
void test_platform_bind (TestPlatform *self, EnigmReportedState state);
void test_platform_say (TestPlatform *self, EnigmKeyOutcome outcome);
EnigmKeyRequest *test_platform_get_request (TestPlatform *self, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestPlatform, test_platform_free)

G_END_DECLS
