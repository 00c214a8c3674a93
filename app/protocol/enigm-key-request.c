/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-key-request.h"

#include <string.h>

#include "enigm-cbor.h"

#define MAX_LATITUDE 90000000
#define MAX_LONGITUDE 180000000
#define MAX_ACCURACY 1000000
#define MAX_BATTERY 101
#define N_POSITION 4

typedef enum
{
  DETAIL_NONE,     /* [] */
  DETAIL_PRESS,    /* [age, position or []] */
  DETAIL_POSITION, /* [position] */
  DETAIL_AGE,      /* [age] */
} Detail;

typedef struct
{
  const gchar *path;
  gboolean has_event;
  Detail detail;
} Kind;

/* PROTOCOL.md, section 6, line by line. */
static const Kind kinds[] = {
  [ENIGM_KEY_REQUEST_PROOF] = { "/key/v1/proof", FALSE, DETAIL_NONE },
  [ENIGM_KEY_REQUEST_ALERT] = { "/key/v1/events", TRUE, DETAIL_PRESS },
  [ENIGM_KEY_REQUEST_DRILL] = { "/key/v1/events", TRUE, DETAIL_PRESS },
  [ENIGM_KEY_REQUEST_POSITION] = { "/key/v1/positions", TRUE, DETAIL_POSITION },
  [ENIGM_KEY_REQUEST_END] = { "/key/v1/ends", TRUE, DETAIL_AGE },
  [ENIGM_KEY_REQUEST_STATE] = { "/key/v1/state", FALSE, DETAIL_NONE },
};

static gboolean
kind_is_known (guint64 kind)
{
  return kind < G_N_ELEMENTS (kinds) && kinds[kind].path != NULL;
}

/**
 * enigm_key_request_kind_get_path:
 * @kind: a kind
 *
 * Returns: (transfer none): where such a request goes
 */
const gchar *
enigm_key_request_kind_get_path (EnigmKeyRequestKind kind)
{
  g_return_val_if_fail (kind_is_known (kind), NULL);

  return kinds[kind].path;
}

/**
 * enigm_key_request_kind_has_event:
 * @kind: a kind
 *
 * Returns: whether such a request names an event
 */
gboolean
enigm_key_request_kind_has_event (EnigmKeyRequestKind kind)
{
  g_return_val_if_fail (kind_is_known (kind), FALSE);

  return kinds[kind].has_event;
}

static void
write_position (EnigmCborWriter *writer, const EnigmPosition *position)
{
  enigm_cbor_write_array (writer, N_POSITION);
  enigm_cbor_write_int (writer, position->latitude);
  enigm_cbor_write_int (writer, position->longitude);
  enigm_cbor_write_uint (writer, position->accuracy);
  enigm_cbor_write_uint (writer, position->age);
}

/**
 * enigm_key_request_encode:
 * @self: a request with the fields set that its kind has
 *
 * Returns: (transfer full): the body
 */
GBytes *
enigm_key_request_encode (const EnigmKeyRequest *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (self != NULL && kind_is_known (self->kind), NULL);
  g_return_val_if_fail (self->sequence >= 1 && self->sequence <= ENIGM_KEY_REQUEST_MAX_SEQUENCE,
                        NULL);
  g_return_val_if_fail (self->battery <= MAX_BATTERY, NULL);

  enigm_cbor_write_array (&writer, 7);
  enigm_cbor_write_uint (&writer, self->kind);
  enigm_cbor_write_bytes (&writer, self->epoch, sizeof self->epoch);
  enigm_cbor_write_uint (&writer, self->sequence);
  enigm_cbor_write_bytes (&writer, self->event,
                          kinds[self->kind].has_event ? sizeof self->event : 0);
  enigm_cbor_write_bool (&writer, self->relayed);
  enigm_cbor_write_uint (&writer, self->battery);
  switch (kinds[self->kind].detail)
    {
    case DETAIL_PRESS:
      enigm_cbor_write_array (&writer, 2);
      enigm_cbor_write_uint (&writer, self->age);
      if (self->has_position)
        write_position (&writer, &self->position);
      else
        enigm_cbor_write_array (&writer, 0);
      break;
    case DETAIL_POSITION:
      enigm_cbor_write_array (&writer, 1);
      write_position (&writer, &self->position);
      break;
    case DETAIL_AGE:
      enigm_cbor_write_array (&writer, 1);
      enigm_cbor_write_uint (&writer, self->age);
      break;
    case DETAIL_NONE:
    default:
      enigm_cbor_write_array (&writer, 0);
      break;
    }
  return enigm_cbor_writer_end (&writer);
}

/* Reads a position, or an empty array if that is allowed. */
static gboolean
read_position (EnigmCborReader *reader, gsize min_items, EnigmPosition *position)
{
  gsize n_items = enigm_cbor_read_array_between (reader, "position", min_items, N_POSITION);

  if (n_items == 0)
    return FALSE;
  if (n_items != N_POSITION)
    {
      enigm_cbor_reader_refuse (reader, "position", "has another number of elements");
      return FALSE;
    }
  position->latitude =
    (gint32) enigm_cbor_read_int (reader, "latitude", -MAX_LATITUDE, MAX_LATITUDE);
  position->longitude =
    (gint32) enigm_cbor_read_int (reader, "longitude", -MAX_LONGITUDE, MAX_LONGITUDE);
  position->accuracy = (guint32) enigm_cbor_read_uint (reader, "accuracy", MAX_ACCURACY);
  position->age = (guint32) enigm_cbor_read_uint (reader, "position's age", G_MAXUINT32);
  return TRUE;
}

static void
read_detail (EnigmCborReader *reader, EnigmKeyRequest *request)
{
  switch (kinds[request->kind].detail)
    {
    case DETAIL_PRESS:
      enigm_cbor_read_array (reader, "detail", 2);
      request->age = (guint32) enigm_cbor_read_uint (reader, "age", G_MAXUINT32);
      request->has_position = read_position (reader, 0, &request->position);
      break;
    case DETAIL_POSITION:
      enigm_cbor_read_array (reader, "detail", 1);
      request->has_position = read_position (reader, N_POSITION, &request->position);
      break;
    case DETAIL_AGE:
      enigm_cbor_read_array (reader, "detail", 1);
      request->age = (guint32) enigm_cbor_read_uint (reader, "age", G_MAXUINT32);
      break;
    case DETAIL_NONE:
    default:
      enigm_cbor_read_array (reader, "detail", 0);
      break;
    }
}

/**
 * enigm_key_request_decode:
 * @bytes: a body as it came
 * @path: (nullable): where it came; another path than its kind's is refused
 * @self: (out caller-allocates): its fields; zeroed if it is refused
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_key_request_decode (GBytes *bytes, const gchar *path, EnigmKeyRequest *self, GError **error)
{
  g_return_val_if_fail (bytes != NULL && self != NULL, FALSE);

  EnigmKeyRequest request = { 0 };
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  guint64 kind;

  memset (self, 0, sizeof *self);
  if (g_bytes_get_size (bytes) > ENIGM_KEY_REQUEST_MAX_SIZE)
    enigm_cbor_reader_refuse (&reader, "body", "is too long");
  enigm_cbor_read_array (&reader, "body", 7);
  kind = enigm_cbor_read_uint (&reader, "kind", G_MAXUINT64);
  if (!kind_is_known (kind))
    enigm_cbor_reader_refuse (&reader, "kind", "is not known");
  else if (path != NULL && strcmp (path, kinds[kind].path) != 0)
    enigm_cbor_reader_refuse (&reader, "kind", "has another path");
  if (!enigm_cbor_reader_ok (&reader))
    return enigm_cbor_reader_finish (&reader, error);

  request.kind = kind;
  enigm_cbor_read_bytes (&reader, "epoch", sizeof request.epoch, request.epoch);
  request.sequence = enigm_cbor_read_uint (&reader, "sequence", ENIGM_KEY_REQUEST_MAX_SEQUENCE);
  if (request.sequence == 0)
    enigm_cbor_reader_refuse (&reader, "sequence", "is out of range");
  enigm_cbor_read_bytes (&reader, "event ID", kinds[kind].has_event ? sizeof request.event : 0,
                         request.event);
  request.relayed = enigm_cbor_read_bool (&reader, "relayed");
  request.battery = (guint) enigm_cbor_read_uint (&reader, "battery", MAX_BATTERY);
  read_detail (&reader, &request);
  if (!enigm_cbor_reader_finish (&reader, error))
    return FALSE;
  *self = request;
  return TRUE;
}
