/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-memory.h"

#include <openssl/crypto.h>
#include <string.h>

#include "enigm-cbor.h"

/* The form of the file; a key that finds another one does not guess. */
#define FORM 1

#define MAX_SEQUENCE ((G_GUINT64_CONSTANT (1) << 48) - 1)
#define MAX_TIME ((G_GINT64_CONSTANT (1) << 40) - 1)

/**
 * enigm_key_record_new:
 *
 * Returns: (transfer full): a record with nothing in it
 */
EnigmKeyRecord *
enigm_key_record_new (void)
{
  return g_new0 (EnigmKeyRecord, 1);
}

/**
 * enigm_key_record_free:
 * @self: (transfer full): a record
 */
void
enigm_key_record_free (EnigmKeyRecord *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->origin);
  g_clear_pointer (&self->credential, enigm_secret_unref);
  g_clear_pointer (&self->offer, g_bytes_unref);
  g_clear_pointer (&self->attestation, g_bytes_unref);
  g_clear_pointer (&self->request, g_bytes_unref);
  g_free (self);
}

/**
 * enigm_key_computer_new:
 * @id: (array fixed-size=16): computer ID
 * @binding: (array fixed-size=16): binding ID
 * @secret: the management secret
 * @active: whether it may be used
 *
 * Returns: (transfer full): a computer
 */
EnigmKeyComputer *
enigm_key_computer_new (const guint8 *id,
                        const guint8 *binding,
                        EnigmSecret *secret,
                        gboolean active)
{
  EnigmKeyComputer *self = g_new0 (EnigmKeyComputer, 1);

  memcpy (self->id, id, sizeof self->id);
  memcpy (self->binding, binding, sizeof self->binding);
  self->secret = enigm_secret_ref (secret);
  self->active = active;

  return self;
}

/**
 * enigm_key_computer_free:
 * @self: (transfer full): a computer
 */
void
enigm_key_computer_free (EnigmKeyComputer *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->secret, enigm_secret_unref);
  g_free (self);
}

/**
 * enigm_key_memory_new:
 *
 * Returns: (transfer full): the state of a key that has just left the factory
 */
EnigmKeyMemory *
enigm_key_memory_new (void)
{
  EnigmKeyMemory *self = g_new0 (EnigmKeyMemory, 1);

  self->computers = g_ptr_array_new_with_free_func ((GDestroyNotify) enigm_key_computer_free);
  self->happenings = g_ptr_array_new_with_free_func (g_free);

  return self;
}

/**
 * enigm_key_memory_free:
 * @self: (transfer full): a state
 */
void
enigm_key_memory_free (EnigmKeyMemory *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->current, enigm_key_record_free);
  g_clear_pointer (&self->pending, enigm_key_record_free);
  g_clear_pointer (&self->computers, g_ptr_array_unref);
  g_clear_pointer (&self->happenings, g_ptr_array_unref);
  g_free (self);
}

static void
write_secret (EnigmCborWriter *writer, EnigmSecret *secret)
{
  gsize len;
  const guint8 *data = enigm_secret_peek (secret, &len);

  enigm_cbor_write_bytes (writer, data, len);
}

static EnigmSecret *
read_secret (EnigmCborReader *reader, const char *field)
{
  guint8 data[ENIGM_KEY_SECRET_SIZE];
  EnigmSecret *secret;

  enigm_cbor_read_bytes (reader, field, sizeof data, data);
  secret = enigm_secret_new_copy (data, sizeof data);
  OPENSSL_cleanse (data, sizeof data);

  return secret;
}

/* What may be missing is an empty byte string. */
static void
write_optional (EnigmCborWriter *writer, GBytes *bytes)
{
  if (bytes != NULL)
    enigm_cbor_write_blob (writer, bytes);
  else
    enigm_cbor_write_bytes (writer, NULL, 0);
}

static GBytes *
read_optional (EnigmCborReader *reader, const char *field, gsize max)
{
  g_autoptr (GBytes) bytes = enigm_cbor_read_blob (reader, field, 0, max);

  return bytes != NULL && g_bytes_get_size (bytes) > 0 ? g_steal_pointer (&bytes) : NULL;
}

static void
write_record (EnigmCborWriter *writer, EnigmKeyRecord *record)
{
  if (record == NULL)
    {
      enigm_cbor_write_array (writer, 0);
      return;
    }

  enigm_cbor_write_array (writer, 18);
  enigm_cbor_write_bytes (writer, record->id, sizeof record->id);
  enigm_cbor_write_bytes (writer, record->handle, sizeof record->handle);
  enigm_cbor_write_bytes (writer, record->pseudonym, sizeof record->pseudonym);
  enigm_cbor_write_bytes (writer, record->hash, sizeof record->hash);
  enigm_cbor_write_bytes (writer, record->epoch, sizeof record->epoch);
  enigm_cbor_write_bytes (writer, record->pins[0], sizeof record->pins[0]);
  enigm_cbor_write_bytes (writer, record->pins[1], sizeof record->pins[1]);
  enigm_cbor_write_text (writer, record->origin);
  write_secret (writer, record->credential);
  enigm_cbor_write_uint (writer, record->state);
  enigm_cbor_write_bool (writer, record->registered);
  enigm_cbor_write_uint (writer, record->reached);
  enigm_cbor_write_uint (writer, record->sequence);
  enigm_cbor_write_uint (writer, record->heard);
  write_optional (writer, record->offer);
  write_optional (writer, record->attestation);
  write_optional (writer, record->request);
  enigm_cbor_write_array (writer, 2);
  enigm_cbor_write_uint (writer, record->request_kind);
  enigm_cbor_write_uint (writer, record->request_time);
}

static EnigmKeyRecord *
read_record (EnigmCborReader *reader)
{
  g_autoptr (EnigmKeyRecord) record = NULL;
  gsize n = enigm_cbor_read_array_between (reader, "binding", 0, 18);

  if (n == 0)
    return NULL;

  record = enigm_key_record_new ();
  enigm_cbor_read_bytes (reader, "binding ID", sizeof record->id, record->id);
  enigm_cbor_read_bytes (reader, "handle", sizeof record->handle, record->handle);
  enigm_cbor_read_bytes (reader, "pseudonym", sizeof record->pseudonym, record->pseudonym);
  enigm_cbor_read_bytes (reader, "binding hash", sizeof record->hash, record->hash);
  enigm_cbor_read_bytes (reader, "epoch", sizeof record->epoch, record->epoch);
  enigm_cbor_read_bytes (reader, "pin", sizeof record->pins[0], record->pins[0]);
  enigm_cbor_read_bytes (reader, "reserve pin", sizeof record->pins[1], record->pins[1]);
  record->origin = enigm_cbor_read_text (reader, "origin", 9, 128);
  record->credential = read_secret (reader, "credential");
  record->state = enigm_cbor_read_uint (reader, "state", ENIGM_REPORTED_RESTRICTED);
  record->registered = enigm_cbor_read_bool (reader, "registered");
  record->reached = enigm_cbor_read_uint (reader, "reached", ENIGM_REACHED_RELAYED);
  record->sequence = enigm_cbor_read_uint (reader, "sequence", MAX_SEQUENCE);
  record->heard = enigm_cbor_read_uint (reader, "heard", MAX_TIME);
  record->offer = read_optional (reader, "offer", 1024);
  record->attestation = read_optional (reader, "attestation", 256);
  record->request = read_optional (reader, "request", 1024);
  enigm_cbor_read_array (reader, "request", 2);
  record->request_kind = enigm_cbor_read_uint (reader, "request's kind", 255);
  record->request_time = enigm_cbor_read_uint (reader, "request's time", MAX_TIME);
  if (record->state == ENIGM_REPORTED_NONE)
    enigm_cbor_reader_refuse (reader, "state", "a binding that is none");

  return enigm_cbor_reader_ok (reader) ? g_steal_pointer (&record) : NULL;
}

/**
 * enigm_key_memory_encode:
 * @self: a state
 *
 * Returns: (transfer full): CBOR for the key's flash; its memory is wiped when freed
 */
GBytes *
enigm_key_memory_encode (EnigmKeyMemory *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (self != NULL, NULL);

  enigm_cbor_write_array (&writer, 8);
  enigm_cbor_write_uint (&writer, FORM);
  enigm_cbor_write_uint (&writer, self->failures);
  enigm_cbor_write_int (&writer, self->clock);
  enigm_cbor_write_array (&writer, self->has_owner ? 2 : 0);
  if (self->has_owner)
    {
      enigm_cbor_write_bytes (&writer, self->owner, sizeof self->owner);
      enigm_cbor_write_bytes (&writer, self->owner_pseudonym, sizeof self->owner_pseudonym);
    }
  write_record (&writer, self->current);
  write_record (&writer, self->pending);

  enigm_cbor_write_array (&writer, self->computers->len);
  for (guint i = 0; i < self->computers->len; i++)
    {
      EnigmKeyComputer *computer = self->computers->pdata[i];

      enigm_cbor_write_array (&writer, 4);
      enigm_cbor_write_bytes (&writer, computer->id, sizeof computer->id);
      enigm_cbor_write_bytes (&writer, computer->binding, sizeof computer->binding);
      write_secret (&writer, computer->secret);
      enigm_cbor_write_bool (&writer, computer->active);
    }

  enigm_cbor_write_array (&writer, self->happenings->len);
  for (guint i = 0; i < self->happenings->len; i++)
    {
      EnigmKeyHappening *happening = self->happenings->pdata[i];

      enigm_cbor_write_array (&writer, 5);
      enigm_cbor_write_bytes (&writer, happening->id, sizeof happening->id);
      enigm_cbor_write_bool (&writer, happening->is_drill);
      enigm_cbor_write_bool (&writer, happening->accepted);
      enigm_cbor_write_uint (&writer, happening->pressed);
      enigm_cbor_write_uint (&writer, happening->ended);
    }

  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_key_memory_decode:
 * @bytes: what enigm_key_memory_encode() made
 * @error: return location for an error
 *
 * Returns: (transfer full): the state, or %NULL with %ENIGM_ERROR_MALFORMED
 */
EnigmKeyMemory *
enigm_key_memory_decode (GBytes *bytes, GError **error)
{
  g_autoptr (EnigmKeyMemory) self = enigm_key_memory_new ();
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  gsize n;

  enigm_cbor_read_array (&reader, "state", 8);
  if (enigm_cbor_read_uint (&reader, "form", G_MAXUINT32) != FORM)
    enigm_cbor_reader_refuse (&reader, "form", "not one this program knows");
  self->failures = enigm_cbor_read_uint (&reader, "failures", G_MAXUINT16);
  self->clock = enigm_cbor_read_int (&reader, "clock", -MAX_TIME, MAX_TIME);
  self->has_owner = enigm_cbor_read_array_between (&reader, "owner", 0, 2) > 0;
  if (self->has_owner)
    {
      enigm_cbor_read_bytes (&reader, "owner's binding ID", sizeof self->owner, self->owner);
      enigm_cbor_read_bytes (&reader, "owner's pseudonym", sizeof self->owner_pseudonym,
                             self->owner_pseudonym);
    }
  self->current = read_record (&reader);
  self->pending = read_record (&reader);

  n = enigm_cbor_read_array_between (&reader, "computers", 0, 2 * ENIGM_KEY_MAX_COMPUTERS);
  for (gsize i = 0; i < n && enigm_cbor_reader_ok (&reader); i++)
    {
      EnigmKeyComputer *computer = g_new0 (EnigmKeyComputer, 1);

      g_ptr_array_add (self->computers, computer);
      enigm_cbor_read_array (&reader, "computer", 4);
      enigm_cbor_read_bytes (&reader, "computer ID", sizeof computer->id, computer->id);
      enigm_cbor_read_bytes (&reader, "computer's binding ID", sizeof computer->binding,
                             computer->binding);
      computer->secret = read_secret (&reader, "management secret");
      computer->active = enigm_cbor_read_bool (&reader, "active");
    }

  n = enigm_cbor_read_array_between (&reader, "events", 0, ENIGM_KEY_MAX_EVENTS);
  for (gsize i = 0; i < n && enigm_cbor_reader_ok (&reader); i++)
    {
      EnigmKeyHappening *happening = g_new0 (EnigmKeyHappening, 1);

      g_ptr_array_add (self->happenings, happening);
      enigm_cbor_read_array (&reader, "event", 5);
      enigm_cbor_read_bytes (&reader, "event ID", sizeof happening->id, happening->id);
      happening->is_drill = enigm_cbor_read_bool (&reader, "drill");
      happening->accepted = enigm_cbor_read_bool (&reader, "accepted");
      happening->pressed = enigm_cbor_read_uint (&reader, "pressed", MAX_TIME);
      happening->ended = enigm_cbor_read_uint (&reader, "ended", MAX_TIME);
    }

  if (!enigm_cbor_reader_finish (&reader, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * enigm_key_memory_find_record:
 * @self: a state
 * @id: (array fixed-size=16): a binding ID
 *
 * Returns: (transfer none) (nullable): the binding of that ID, if it still exists
 */
EnigmKeyRecord *
enigm_key_memory_find_record (EnigmKeyMemory *self, const guint8 *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  if (self->current != NULL && memcmp (self->current->id, id, ENIGM_ID_SIZE) == 0)
    return self->current;
  if (self->pending != NULL && memcmp (self->pending->id, id, ENIGM_ID_SIZE) == 0)
    return self->pending;

  return NULL;
}

/**
 * enigm_key_memory_find_happening:
 * @self: a state
 * @id: (array fixed-size=16): an event ID
 *
 * Returns: (transfer none) (nullable): the event of that ID, if it is still kept
 */
EnigmKeyHappening *
enigm_key_memory_find_happening (EnigmKeyMemory *self, const guint8 *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  for (guint i = 0; i < self->happenings->len; i++)
    {
      EnigmKeyHappening *happening = self->happenings->pdata[i];

      if (memcmp (happening->id, id, ENIGM_ID_SIZE) == 0)
        return happening;
    }

  return NULL;
}

/**
 * enigm_key_memory_get_open:
 * @self: a state
 * @is_drill: whether a drill is looked for, else an alert
 *
 * Returns: (transfer none) (nullable): the event that no long press has ended yet
 */
EnigmKeyHappening *
enigm_key_memory_get_open (EnigmKeyMemory *self, gboolean is_drill)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->happenings->len; i++)
    {
      EnigmKeyHappening *happening = self->happenings->pdata[i];

      if (happening->is_drill == !!is_drill && happening->ended == 0)
        return happening;
    }

  return NULL;
}

/**
 * enigm_key_memory_forget_owner:
 * @self: a state
 *
 * Forgets owner, credentials and management secrets. Tries stay counted, and events stay known: the
 * person is to feel that they go nowhere.
 */
void
enigm_key_memory_forget_owner (EnigmKeyMemory *self)
{
  g_return_if_fail (self != NULL);

  self->has_owner = FALSE;
  memset (self->owner, 0, sizeof self->owner);
  memset (self->owner_pseudonym, 0, sizeof self->owner_pseudonym);
  g_clear_pointer (&self->current, enigm_key_record_free);
  g_clear_pointer (&self->pending, enigm_key_record_free);
  g_ptr_array_set_size (self->computers, 0);
}
