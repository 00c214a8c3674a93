/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-link.h"

#include "radio-adapter.h"
#include "radio-device.h"
#include "radio-notification.h"

/* Sizes of ATT headers: Bluetooth Core, volume 3, part F, 3.4 */
#define ERROR_RESPONSE 5
#define READ_REQUEST 3
#define READ_BLOB_REQUEST 5
#define READ_RESPONSE 1
#define WRITE_REQUEST 3
#define WRITE_RESPONSE 1
#define PREPARE_REQUEST 5
#define EXECUTE_REQUEST 2
#define EXECUTE_RESPONSE 1
#define CCCD_VALUE 2

typedef struct
{
  RadioLink *link;
  RadioEnd client;
  RadioRequestType type;
  guint16 handle;
  guint16 offset;
  GBytes *value;         /* nullable */
  RadioResponse respond; /* NULL once answered */
  gpointer user_data;
  gboolean waiting; /* the application has been asked and frees this when it answers */
} Request;

typedef struct
{
  guint16 offset;
  GByteArray *value;
} Prepared;

static void send_next (RadioLink *self, RadioEnd client);

static void
request_free (Request *request)
{
  g_clear_pointer (&request->value, g_bytes_unref);
  radio_link_unref (request->link);
  g_free (request);
}

static void
prepared_free (Prepared *prepared)
{
  g_byte_array_unref (prepared->value);
  g_free (prepared);
}

static RadioEnd
end_of (RadioLink *self, RadioAdapter *adapter)
{
  g_assert (adapter == self->adapters[RADIO_END_CENTRAL] ||
            adapter == self->adapters[RADIO_END_PERIPHERAL]);
  return adapter == self->adapters[RADIO_END_CENTRAL] ? RADIO_END_CENTRAL : RADIO_END_PERIPHERAL;
}

static RadioAdapter *
server_of (RadioLink *self, RadioEnd client)
{
  return self->adapters[1 - client];
}

/**
 * radio_link_get_peer:
 * @self: a link
 * @adapter: one of its ends
 *
 * Returns: (transfer none): the adapter at the other end
 */
RadioAdapter *
radio_link_get_peer (RadioLink *self, RadioAdapter *adapter)
{
  return server_of (self, end_of (self, adapter));
}

/**
 * radio_link_open:
 * @central: who connects
 * @peripheral: who advertised
 * @opener: bus name of who asked for it
 *
 * Connects two adapters that are not connected. Both see a Device1 with Connected;
 * radio_link_resolve_soon() goes on from there.
 *
 * Returns: (transfer none): the link, up
 */
RadioLink *
radio_link_open (RadioAdapter *central, RadioAdapter *peripheral, const char *opener)
{
  RadioLink *self = g_new0 (RadioLink, 1);

  g_assert (radio_adapter_find_link (central, peripheral) == NULL);

  self->ref_count = 1;
  self->radio = central->radio;
  self->up = TRUE;
  self->opener = g_strdup (opener);
  self->mtu = self->radio->mtu;
  self->ends = self->radio->links_to_end > 0;
  self->radio->links_to_end -= self->ends;
  self->hides = self->radio->links_to_hide > 0;
  self->radio->links_to_hide -= self->hides;
  self->hastens = self->radio->links_to_hasten > 0;
  self->radio->links_to_hasten -= self->hastens;
  self->adapters[RADIO_END_CENTRAL] = central;
  self->adapters[RADIO_END_PERIPHERAL] = peripheral;
  for (guint end = 0; end < RADIO_N_ENDS; end++)
    {
      self->subscriptions[end] = g_hash_table_new (NULL, NULL);
      self->prepared[end] =
        g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) prepared_free);
      g_queue_init (&self->requests[end]);
      g_ptr_array_add (self->adapters[end]->links, radio_link_ref (self));
    }
  for (guint end = 0; end < RADIO_N_ENDS; end++)
    {
      self->devices[end] =
        radio_adapter_ensure_device (self->adapters[end], self->adapters[1 - end]->address);
      radio_device_connected (self->devices[end], self);
    }
  radio_count (self->radio, RADIO_COUNTER_CONNECTIONS, 1);
  radio_link_unref (self);
  return self;
}

static gboolean
on_resolved (gpointer user_data)
{
  RadioLink *self = user_data;

  self->resolve_id = 0;
  if (self->ends)
    radio_link_drop (self);
  else if (self->hastens)
    {
      self->hastens = FALSE;
      radio_device_hasten_resolved (self->devices[RADIO_END_CENTRAL]);
      radio_link_resolve_soon (self);
    }
  else
    for (guint end = 0; end < RADIO_N_ENDS && self->up; end++)
      radio_device_resolve (self->devices[end], self->hides && end == RADIO_END_CENTRAL
                                                  ? NULL
                                                  : self->adapters[1 - end]);
  return G_SOURCE_REMOVE;
}

/**
 * radio_link_resolve_soon:
 * @self: a link
 *
 * Lets both ends find the other's services, a turn of the main loop later.
 */
void
radio_link_resolve_soon (RadioLink *self)
{
  if (self->up && self->resolve_id == 0)
    self->resolve_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_resolved, radio_link_ref (self),
                                        (GDestroyNotify) radio_link_unref);
}

/* Whether a notification of this characteristic would reach anybody. */
static gboolean
is_subscribed (RadioAdapter *server, guint16 handle)
{
  for (guint i = 0; i < server->links->len; i++)
    {
      RadioLink *link = g_ptr_array_index (server->links, i);
      RadioEnd client = 1 - end_of (link, server);

      if (g_hash_table_contains (link->subscriptions[client], GUINT_TO_POINTER (handle)))
        return TRUE;
    }
  return FALSE;
}

/* The server's application hears of the end as if its client had unsubscribed. */
static void
end_subscriptions (RadioLink *self, RadioEnd client)
{
  RadioAdapter *server = server_of (self, client);
  GHashTableIter iter;
  gpointer handle;

  g_hash_table_iter_init (&iter, self->subscriptions[client]);
  while (g_hash_table_iter_next (&iter, &handle, NULL))
    {
      RadioAttribute *attribute =
        radio_adapter_find_attribute (server, (guint16) GPOINTER_TO_UINT (handle));

      g_hash_table_iter_remove (&iter);
      if (attribute != NULL && !is_subscribed (server, attribute->handle))
        radio_attribute_call (attribute, "StopNotify");
    }
}

/**
 * radio_link_drop:
 * @self: a link
 *
 * Ends it for both sides: what was asked for is lost, subscriptions are gone.
 */
void
radio_link_drop (RadioLink *self)
{
  g_autoptr (RadioLink) keep = radio_link_ref (self);
  Radio *radio = self->radio;

  if (!self->up)
    return;
  self->up = FALSE;
  g_clear_handle_id (&self->resolve_id, g_source_remove);
  radio_notifications_drop (self);

  for (guint end = 0; end < RADIO_N_ENDS; end++)
    {
      g_ptr_array_remove (self->adapters[end]->links, self);
      radio_device_disconnected (self->devices[end]);
    }
  for (guint end = 0; end < RADIO_N_ENDS; end++)
    {
      Request *request;

      end_subscriptions (self, end);
      while ((request = g_queue_pop_head (&self->requests[end])) != NULL)
        {
          RadioResponse respond = g_steal_pointer (&request->respond);

          respond (RADIO_ATT_LOST, NULL, request->user_data);
          if (!request->waiting)
            request_free (request);
        }
    }
  /* Who was connected can be heard again. */
  for (guint i = 0; i < radio->adapters->len; i++)
    radio_adapter_sense (g_ptr_array_index (radio->adapters, i));
}

RadioLink *
radio_link_ref (RadioLink *self)
{
  self->ref_count++;
  return self;
}

/**
 * radio_link_copy:
 * @self: a link
 * @unused: nothing; makes this a #GCopyFunc
 *
 * Returns: (transfer full): @self
 */
RadioLink *
radio_link_copy (RadioLink *self, gpointer unused)
{
  return radio_link_ref (self);
}

void
radio_link_unref (RadioLink *self)
{
  if (--self->ref_count > 0)
    return;
  for (guint end = 0; end < RADIO_N_ENDS; end++)
    {
      g_hash_table_unref (self->subscriptions[end]);
      g_hash_table_unref (self->prepared[end]);
    }
  g_free (self->opener);
  g_free (self);
}

static void
complete (Request *request, RadioAtt code, GBytes *value)
{
  RadioLink *self = request->link;
  RadioEnd client = request->client;
  RadioResponse respond = g_steal_pointer (&request->respond);
  g_autoptr (RadioLink) keep = radio_link_ref (self);
  gpointer user_data = request->user_data;
  g_autoptr (GBytes) cut = NULL;
  gsize bytes = ERROR_RESPONSE;

  g_assert (g_queue_peek_head (&self->requests[client]) == request);
  g_queue_pop_head (&self->requests[client]);

  if (code == RADIO_ATT_OK)
    switch (request->type)
      {
      case RADIO_REQUEST_READ:
        cut = g_bytes_new_from_bytes (value, 0,
                                      MIN (g_bytes_get_size (value), self->mtu - READ_RESPONSE));
        bytes = READ_RESPONSE + g_bytes_get_size (cut);
        break;
      case RADIO_REQUEST_PREPARE:
        bytes = PREPARE_REQUEST + g_bytes_get_size (request->value);
        break;
      case RADIO_REQUEST_EXECUTE:
        bytes = EXECUTE_RESPONSE;
        break;
      case RADIO_REQUEST_WRITE:
      case RADIO_REQUEST_CCCD:
      default:
        bytes = WRITE_RESPONSE;
        break;
      }
  radio_count (self->radio, RADIO_COUNTER_BYTES_TO_CLIENT, bytes);

  request_free (request);
  respond (code, cut, user_data);
  if (self->up)
    send_next (self, client);
}

static void
on_application_answered (RadioAtt code, GBytes *value, gpointer user_data)
{
  Request *request = user_data;

  request->waiting = FALSE;
  if (request->respond == NULL)
    request_free (request);
  else
    complete (request, code, value);
}

/* What bluetoothd tells a server's application beside the value. */
static GVariant *
server_options (RadioLink *self, RadioEnd client, guint16 offset, const char *type)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (
    &builder, "{sv}", "device",
    g_variant_new_object_path (radio_device_get_path (self->devices[1 - client])));
  g_variant_builder_add (&builder, "{sv}", "link", g_variant_new_string ("LE"));
  g_variant_builder_add (&builder, "{sv}", "mtu", g_variant_new_uint16 ((guint16) self->mtu));
  if (offset > 0)
    g_variant_builder_add (&builder, "{sv}", "offset", g_variant_new_uint16 (offset));
  if (type != NULL)
    g_variant_builder_add (&builder, "{sv}", "type", g_variant_new_string (type));
  return g_variant_builder_end (&builder);
}

static RadioAtt
check_read (RadioAttribute *attribute)
{
  if (attribute == NULL)
    return RADIO_ATT_INVALID_HANDLE;
  if (!(attribute->flags & RADIO_FLAG_READ))
    return RADIO_ATT_READ_NOT_PERMITTED;
  /* There are no bonds here. */
  return attribute->flags & RADIO_FLAG_ENCRYPT_READ ? RADIO_ATT_ENCRYPTION : RADIO_ATT_OK;
}

static RadioAtt
check_write (RadioAttribute *attribute, gsize length)
{
  const RadioFlags writable =
    RADIO_FLAG_WRITE | RADIO_FLAG_WRITE_COMMAND | RADIO_FLAG_RELIABLE_WRITE;

  if (attribute == NULL)
    return RADIO_ATT_INVALID_HANDLE;
  if (!(attribute->flags & writable))
    return RADIO_ATT_WRITE_NOT_PERMITTED;
  if (attribute->flags & RADIO_FLAG_ENCRYPT_WRITE)
    return RADIO_ATT_ENCRYPTION;
  return length > RADIO_VALUE_MAX ? RADIO_ATT_INVALID_LENGTH : RADIO_ATT_OK;
}

static void
send_read (Request *request, RadioAttribute *attribute)
{
  RadioLink *self = request->link;
  RadioAtt code = check_read (attribute);

  radio_count (self->radio, RADIO_COUNTER_READS, 1);
  radio_count (self->radio, RADIO_COUNTER_BYTES_TO_SERVER,
               request->offset > 0 ? READ_BLOB_REQUEST : READ_REQUEST);
  if (code != RADIO_ATT_OK)
    {
      complete (request, code, NULL);
      return;
    }
  request->waiting = TRUE;
  radio_attribute_read (attribute, server_options (self, request->client, request->offset, NULL),
                        on_application_answered, request);
}

static void
send_write (Request *request, RadioAttribute *attribute)
{
  RadioLink *self = request->link;
  gsize length = g_bytes_get_size (request->value);
  RadioAtt code = check_write (attribute, length);

  radio_count (self->radio, RADIO_COUNTER_WRITE_REQUESTS, 1);
  radio_count (self->radio, RADIO_COUNTER_BYTES_TO_SERVER, WRITE_REQUEST + length);
  if (code != RADIO_ATT_OK)
    {
      complete (request, code, NULL);
      return;
    }
  request->waiting = TRUE;
  radio_attribute_write (attribute, request->value,
                         server_options (self, request->client, 0, "request"),
                         on_application_answered, request);
}

static void
send_prepare (Request *request, RadioAttribute *attribute)
{
  RadioLink *self = request->link;
  GHashTable *all = self->prepared[request->client];
  gpointer key = GUINT_TO_POINTER (request->handle);
  Prepared *prepared = g_hash_table_lookup (all, key);
  gsize length = g_bytes_get_size (request->value);
  RadioAtt code = check_write (attribute, request->offset + length);

  radio_count (self->radio, RADIO_COUNTER_WRITE_REQUESTS, 1);
  radio_count (self->radio, RADIO_COUNTER_BYTES_TO_SERVER, PREPARE_REQUEST + length);
  if (code != RADIO_ATT_OK)
    {
      g_hash_table_remove (all, key);
      complete (request, code, NULL);
      return;
    }
  if (prepared == NULL)
    {
      prepared = g_new0 (Prepared, 1);
      prepared->offset = request->offset;
      prepared->value = g_byte_array_new ();
      g_hash_table_insert (all, key, prepared);
    }
  g_byte_array_append (prepared->value, g_bytes_get_data (request->value, NULL), (guint) length);
  complete (request, RADIO_ATT_OK, NULL);
}

static void
send_execute (Request *request, RadioAttribute *attribute)
{
  RadioLink *self = request->link;
  GHashTable *all = self->prepared[request->client];
  gpointer key = GUINT_TO_POINTER (request->handle);
  Prepared *prepared = g_hash_table_lookup (all, key);
  g_autoptr (GBytes) value = NULL;
  guint16 offset;

  radio_count (self->radio, RADIO_COUNTER_WRITE_REQUESTS, 1);
  radio_count (self->radio, RADIO_COUNTER_BYTES_TO_SERVER, EXECUTE_REQUEST);
  if (attribute == NULL || prepared == NULL)
    {
      g_hash_table_remove (all, key);
      complete (request, RADIO_ATT_INVALID_HANDLE, NULL);
      return;
    }
  offset = prepared->offset;
  value = g_bytes_new (prepared->value->data, prepared->value->len);
  g_hash_table_remove (all, key);
  request->waiting = TRUE;
  radio_attribute_write (attribute, value,
                         server_options (self, request->client, offset, "reliable"),
                         on_application_answered, request);
}

static void
send_cccd (Request *request, RadioAttribute *attribute)
{
  RadioLink *self = request->link;
  GHashTable *subscriptions = self->subscriptions[request->client];
  gpointer key = GUINT_TO_POINTER (request->handle);
  guint bits = 0;

  radio_count (self->radio, RADIO_COUNTER_CCCD_WRITES, 1);
  radio_count (self->radio, RADIO_COUNTER_BYTES_TO_SERVER, WRITE_REQUEST + CCCD_VALUE);
  if (attribute == NULL)
    {
      complete (request, RADIO_ATT_INVALID_HANDLE, NULL);
      return;
    }
  /* Offset stands for on or off here. */
  if (request->offset != 0)
    bits = attribute->flags & RADIO_FLAG_NOTIFY ? RADIO_CCCD_NOTIFY : RADIO_CCCD_INDICATE;
  if (bits != 0)
    {
      g_hash_table_insert (subscriptions, key, GUINT_TO_POINTER (bits));
      radio_attribute_call (attribute, "StartNotify");
    }
  else if (g_hash_table_remove (subscriptions, key) &&
           !is_subscribed (server_of (self, request->client), request->handle))
    {
      radio_attribute_call (attribute, "StopNotify");
    }
  complete (request, RADIO_ATT_OK, NULL);
}

/**
 * radio_link_carry:
 * @self: a link that is up
 *
 * Counts a packet that is about to go over the link, which may be where it was asked to end.
 *
 * Returns: whether the link is still up
 */
gboolean
radio_link_carry (RadioLink *self)
{
  Radio *radio = self->radio;

  if (radio->packets_to_carry == 0 || --radio->packets_to_carry > 0)
    return TRUE;
  radio_link_drop (self);
  return FALSE;
}

/* The Attribute Protocol has one request at a time under way. */
static void
send_next (RadioLink *self, RadioEnd client)
{
  Request *request = g_queue_peek_head (&self->requests[client]);
  RadioAttribute *attribute;

  if (request == NULL || request->waiting || !radio_link_carry (self))
    return;
  attribute = radio_adapter_find_attribute (server_of (self, client), request->handle);
  switch (request->type)
    {
    case RADIO_REQUEST_READ:
      send_read (request, attribute);
      break;
    case RADIO_REQUEST_WRITE:
      send_write (request, attribute);
      break;
    case RADIO_REQUEST_PREPARE:
      send_prepare (request, attribute);
      break;
    case RADIO_REQUEST_EXECUTE:
      send_execute (request, attribute);
      break;
    case RADIO_REQUEST_CCCD:
      send_cccd (request, attribute);
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * radio_link_request:
 * @self: a link that is up
 * @client: the end that asks
 * @type: what for
 * @handle: of the characteristic's declaration at the other end
 * @offset: into the value, bytes; for a CCCD 1 subscribes and 0 ends that
 * @value: (nullable): bytes to write; the caller keeps within the MTU
 * @respond: called once, possibly before this returns
 * @user_data: for @respond
 *
 * Sends an ATT request that has a response.
 */
void
radio_link_request (RadioLink *self,
                    RadioAdapter *client,
                    RadioRequestType type,
                    guint16 handle,
                    guint16 offset,
                    GBytes *value,
                    RadioResponse respond,
                    gpointer user_data)
{
  RadioEnd end = end_of (self, client);
  Request *request = g_new0 (Request, 1);

  g_assert (self->up);

  request->link = radio_link_ref (self);
  request->client = end;
  request->type = type;
  request->handle = handle;
  request->offset = offset;
  request->value = value != NULL ? g_bytes_ref (value) : NULL;
  request->respond = respond;
  request->user_data = user_data;
  g_queue_push_tail (&self->requests[end], request);
  if (g_queue_peek_head (&self->requests[end]) == request)
    send_next (self, end);
}

static void
on_command_done (RadioAtt code, GBytes *value, gpointer user_data)
{
}

/**
 * radio_link_command:
 * @self: a link that is up
 * @client: the end that writes
 * @handle: of the characteristic's declaration at the other end
 * @value: bytes to write
 *
 * Sends an ATT write command, which has no response.
 *
 * Returns: whether it fits the MTU
 */
gboolean
radio_link_command (RadioLink *self, RadioAdapter *client, guint16 handle, GBytes *value)
{
  RadioEnd end = end_of (self, client);
  RadioAttribute *attribute = radio_adapter_find_attribute (server_of (self, end), handle);
  gsize length = g_bytes_get_size (value);

  if (length > self->mtu - WRITE_REQUEST)
    return FALSE;
  if (!radio_link_carry (self))
    return TRUE;
  radio_count (self->radio, RADIO_COUNTER_WRITE_COMMANDS, 1);
  radio_count (self->radio, RADIO_COUNTER_BYTES_TO_SERVER, WRITE_REQUEST + length);
  if (check_write (attribute, length) == RADIO_ATT_OK)
    radio_attribute_write (attribute, value, server_options (self, end, 0, "command"),
                           on_command_done, NULL);
  return TRUE;
}

/**
 * radio_link_get_subscription:
 * @self: a link
 * @client: the end that may have subscribed
 * @handle: of the characteristic's declaration at the other end
 *
 * Returns: bits of the characteristic's configuration: 1 for notifications, 2 for
 *   indications, 0 for neither
 */
guint
radio_link_get_subscription (RadioLink *self, RadioAdapter *client, guint16 handle)
{
  return GPOINTER_TO_UINT (
    g_hash_table_lookup (self->subscriptions[end_of (self, client)], GUINT_TO_POINTER (handle)));
}
