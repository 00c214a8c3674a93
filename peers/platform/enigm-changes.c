/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the journal is told about keys; the layout of each change stands in enigm-journal.c. */

#include "enigm-changes.h"

#include "app/protocol/enigm-cbor.h"

#include "enigm-journal.h"

typedef enum
{
  CHANGE_BEGUN = 1,
  CHANGE_CHANGED = 2,
  CHANGE_OWNERSHIP = 3,
  CHANGE_COMPUTER = 4,
  CHANGE_SUCCESSOR = 5,
  CHANGE_SUSPENDED = 6,
  CHANGE_REPLACES = 7,
  CHANGE_ENDED = 8,
  CHANGE_DELETED = 9,
} Change;

static void
begin (EnigmPlatformState *state, EnigmCborWriter *writer, Change change, gsize n_items)
{
  enigm_cbor_write_array (writer, 2 + n_items);
  enigm_cbor_write_uint (writer, change);
  enigm_cbor_write_uint (writer, (guint64) MAX (0, enigm_platform_state_now (state)));
}

static void
note (EnigmPlatformState *state, EnigmCborWriter *writer)
{
  g_autoptr (GBytes) change = enigm_cbor_writer_end (writer);

  enigm_journal_note (state->journal, change);
}

/**
 * enigm_changes_note_begun:
 * @state: the platform, in a transaction
 * @binding: the new binding
 * @computer: the computer that asked for its offer
 * @sealed_request_key: the request key, as it is stored
 * @sealed_answer_key: the answer key, as it is stored
 */
void
enigm_changes_note_begun (EnigmPlatformState *state,
                          const EnigmBinding *binding,
                          const guint8 computer[ENIGM_ID_SIZE],
                          GBytes *sealed_request_key,
                          GBytes *sealed_answer_key)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_BEGUN, 9);
  enigm_cbor_write_bytes (&writer, binding->id, sizeof binding->id);
  enigm_cbor_write_bytes (&writer, binding->handle, sizeof binding->handle);
  enigm_cbor_write_bytes (&writer, binding->account, sizeof binding->account);
  enigm_cbor_write_bytes (&writer, computer, ENIGM_ID_SIZE);
  enigm_cbor_write_bytes (&writer, binding->certificate, sizeof binding->certificate);
  enigm_cbor_write_bytes (&writer, binding->pseudonym, sizeof binding->pseudonym);
  enigm_cbor_write_bytes (&writer, binding->hash, sizeof binding->hash);
  enigm_cbor_write_blob (&writer, sealed_request_key);
  enigm_cbor_write_blob (&writer, sealed_answer_key);
  note (state, &writer);
}

/**
 * enigm_changes_note_replaces:
 * @state: the platform, in a transaction
 * @binding: a new binding that is to replace one of another key
 */
void
enigm_changes_note_replaces (EnigmPlatformState *state, const EnigmBinding *binding)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_REPLACES, 2);
  enigm_cbor_write_bytes (&writer, binding->id, sizeof binding->id);
  enigm_cbor_write_bytes (&writer, binding->replaces, sizeof binding->replaces);
  note (state, &writer);
}

/**
 * enigm_changes_note_changed:
 * @state: the platform, in a transaction
 * @binding: the binding, as it is after the change
 * @by: who changed it
 * @reason: why
 */
void
enigm_changes_note_changed (EnigmPlatformState *state,
                            const EnigmBinding *binding,
                            EnigmBindingBy by,
                            EnigmBindingReason reason)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_CHANGED, 5);
  enigm_cbor_write_bytes (&writer, binding->id, sizeof binding->id);
  enigm_cbor_write_uint (&writer, binding->state);
  enigm_cbor_write_uint (&writer, binding->restrictions);
  enigm_cbor_write_uint (&writer, by);
  enigm_cbor_write_uint (&writer, reason);
  note (state, &writer);
}

/**
 * enigm_changes_note_owner:
 * @state: the platform, in a transaction
 * @certificate: a certificate hash
 * @account: (nullable): who owns it now; %NULL for nobody
 * @binding: (nullable): the binding that made the ownership, or that was released
 */
void
enigm_changes_note_owner (EnigmPlatformState *state,
                          const guint8 certificate[ENIGM_SHA256_SIZE],
                          const guint8 *account,
                          const guint8 *binding)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_OWNERSHIP, 3);
  enigm_cbor_write_bytes (&writer, certificate, ENIGM_SHA256_SIZE);
  enigm_cbor_write_bytes (&writer, account, account != NULL ? ENIGM_ID_SIZE : 0);
  enigm_cbor_write_bytes (&writer, binding, binding != NULL ? ENIGM_ID_SIZE : 0);
  note (state, &writer);
}

/**
 * enigm_changes_note_computer:
 * @state: the platform, in a transaction
 * @binding: a binding ID
 * @computer: a computer that may use its management channel from now on
 */
void
enigm_changes_note_computer (EnigmPlatformState *state,
                             const guint8 binding[ENIGM_ID_SIZE],
                             const guint8 computer[ENIGM_ID_SIZE])
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_COMPUTER, 2);
  enigm_cbor_write_bytes (&writer, binding, ENIGM_ID_SIZE);
  enigm_cbor_write_bytes (&writer, computer, ENIGM_ID_SIZE);
  note (state, &writer);
}

/**
 * enigm_changes_note_successor:
 * @state: the platform, in a transaction
 * @from: the ID of the binding that ends
 * @to: the ID of the binding that goes on with its open events
 */
void
enigm_changes_note_successor (EnigmPlatformState *state,
                              const guint8 from[ENIGM_ID_SIZE],
                              const guint8 to[ENIGM_ID_SIZE])
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_SUCCESSOR, 2);
  enigm_cbor_write_bytes (&writer, from, ENIGM_ID_SIZE);
  enigm_cbor_write_bytes (&writer, to, ENIGM_ID_SIZE);
  note (state, &writer);
}

/**
 * enigm_changes_note_suspended:
 * @state: the platform, in a transaction
 * @certificate: a certificate hash
 * @suspended: whether it is suspended now
 */
void
enigm_changes_note_suspended (EnigmPlatformState *state,
                              const guint8 certificate[ENIGM_SHA256_SIZE],
                              gboolean suspended)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_SUSPENDED, 2);
  enigm_cbor_write_bytes (&writer, certificate, ENIGM_SHA256_SIZE);
  enigm_cbor_write_bool (&writer, suspended);
  note (state, &writer);
}

/**
 * enigm_changes_note_ended:
 * @state: the platform, in a transaction
 * @event: (array fixed-size=16): an event that is over
 * @by: who or what ended it, as the database says it
 *
 * What has ended does not go on in a restored database, and is seen by nobody again.
 */
void
enigm_changes_note_ended (EnigmPlatformState *state,
                          const guint8 event[ENIGM_ID_SIZE],
                          const char *by)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_ENDED, 2);
  enigm_cbor_write_bytes (&writer, event, ENIGM_ID_SIZE);
  enigm_cbor_write_text (&writer, by);
  note (state, &writer);
}

/**
 * enigm_changes_note_deleted:
 * @state: the platform, in a transaction
 * @event: (array fixed-size=16): an event that its owner deletes
 */
void
enigm_changes_note_deleted (EnigmPlatformState *state, const guint8 event[ENIGM_ID_SIZE])
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_DELETED, 1);
  enigm_cbor_write_bytes (&writer, event, ENIGM_ID_SIZE);
  note (state, &writer);
}
