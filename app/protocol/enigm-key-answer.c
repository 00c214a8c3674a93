/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-key-answer.h"

#include <string.h>

#include "enigm-cbor.h"
#include "enigm-key-request.h"

#define MAX_TIME ((G_GUINT64_CONSTANT (1) << 40) - 1)
#define MAX_STATE 3
#define MAX_EVENTS 65535
#define ALL_RESTRICTIONS                                                                           \
  (ENIGM_KEY_RESTRICTION_LOST | ENIGM_KEY_RESTRICTION_SUSPENDED | ENIGM_KEY_RESTRICTION_UNPROVED)

static const guint statuses[] = {
  [ENIGM_KEY_OUTCOME_ACCEPTED] = 200,  [ENIGM_KEY_OUTCOME_STALE] = 409,
  [ENIGM_KEY_OUTCOME_SEQUENCE] = 409,  [ENIGM_KEY_OUTCOME_EPOCH] = 409,
  [ENIGM_KEY_OUTCOME_REPLAYED] = 409,  [ENIGM_KEY_OUTCOME_FORBIDDEN] = 403,
  [ENIGM_KEY_OUTCOME_GONE] = 410,      [ENIGM_KEY_OUTCOME_RELEASED] = 410,
  [ENIGM_KEY_OUTCOME_MALFORMED] = 400, [ENIGM_KEY_OUTCOME_UNKNOWN_EVENT] = 404,
};

/**
 * enigm_key_outcome_get_status:
 * @outcome: an outcome
 *
 * Returns: the HTTP status that goes with it
 */
guint
enigm_key_outcome_get_status (EnigmKeyOutcome outcome)
{
  g_return_val_if_fail (outcome < G_N_ELEMENTS (statuses), 500);

  return statuses[outcome];
}

/**
 * enigm_key_answer_encode:
 * @self: an answer with every field set
 *
 * Returns: (transfer full): the body
 */
GBytes *
enigm_key_answer_encode (const EnigmKeyAnswer *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (self->outcome < G_N_ELEMENTS (statuses), NULL);
  g_return_val_if_fail (self->n_computers <= ENIGM_KEY_ANSWER_MAX_COMPUTERS, NULL);

  enigm_cbor_write_array (&writer, 9);
  enigm_cbor_write_uint (&writer, self->outcome);
  enigm_cbor_write_uint (&writer, self->time);
  enigm_cbor_write_uint (&writer, self->next_sequence);
  enigm_cbor_write_bytes (&writer, self->epoch, sizeof self->epoch);
  enigm_cbor_write_uint (&writer, self->state);
  enigm_cbor_write_uint (&writer, self->restrictions);
  enigm_cbor_write_array (&writer, G_N_ELEMENTS (self->pins));
  for (gsize i = 0; i < G_N_ELEMENTS (self->pins); i++)
    enigm_cbor_write_bytes (&writer, self->pins[i], sizeof self->pins[i]);
  enigm_cbor_write_array (&writer, self->n_computers);
  for (gsize i = 0; i < self->n_computers; i++)
    enigm_cbor_write_bytes (&writer, self->computers[i], sizeof self->computers[i]);
  enigm_cbor_write_uint (&writer, MIN (self->events, MAX_EVENTS));
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_key_answer_decode:
 * @bytes: a body as it came
 * @status: the HTTP status it came with; one that does not go with the outcome is refused
 * @self: (out caller-allocates): its fields; zeroed if it is refused
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_key_answer_decode (GBytes *bytes, guint status, EnigmKeyAnswer *self, GError **error)
{
  g_return_val_if_fail (bytes != NULL && self != NULL, FALSE);

  EnigmKeyAnswer answer = { 0 };
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);

  if (g_bytes_get_size (bytes) > ENIGM_KEY_ANSWER_MAX_SIZE)
    enigm_cbor_reader_refuse (&reader, "answer", "is too long");
  enigm_cbor_read_array (&reader, "answer", 9);
  answer.outcome = enigm_cbor_read_uint (&reader, "outcome", ENIGM_KEY_OUTCOME_UNKNOWN_EVENT);
  if (statuses[answer.outcome] != status)
    enigm_cbor_reader_refuse (&reader, "outcome", "does not go with the status");
  answer.time = enigm_cbor_read_uint (&reader, "time", MAX_TIME);
  answer.next_sequence =
    enigm_cbor_read_uint (&reader, "next sequence", ENIGM_KEY_REQUEST_MAX_SEQUENCE);
  if (answer.next_sequence == 0)
    enigm_cbor_reader_refuse (&reader, "next sequence", "is out of range");
  enigm_cbor_read_bytes (&reader, "epoch", sizeof answer.epoch, answer.epoch);
  answer.state = (guint) enigm_cbor_read_uint (&reader, "state", MAX_STATE);
  answer.restrictions = (guint) enigm_cbor_read_uint (&reader, "reasons", ALL_RESTRICTIONS);
  enigm_cbor_read_array (&reader, "pins", G_N_ELEMENTS (answer.pins));
  for (gsize i = 0; i < G_N_ELEMENTS (answer.pins); i++)
    enigm_cbor_read_bytes (&reader, "pin", sizeof answer.pins[i], answer.pins[i]);
  answer.n_computers =
    enigm_cbor_read_array_between (&reader, "computers", 0, ENIGM_KEY_ANSWER_MAX_COMPUTERS);
  for (gsize i = 0; i < answer.n_computers; i++)
    enigm_cbor_read_bytes (&reader, "computer ID", ENIGM_ID_SIZE, answer.computers[i]);
  answer.events = (guint) enigm_cbor_read_uint (&reader, "events", MAX_EVENTS);

  memset (self, 0, sizeof *self);
  if (!enigm_cbor_reader_finish (&reader, error))
    return FALSE;
  *self = answer;
  return TRUE;
}
