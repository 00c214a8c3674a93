/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-carrier.h"

#include <string.h>

G_DEFINE_INTERFACE (EnigmKeyCarrier, enigm_key_carrier, G_TYPE_OBJECT)

static void
enigm_key_carrier_default_init (EnigmKeyCarrierInterface *iface)
{
}

/**
 * enigm_key_post_new:
 * @origin: the platform
 * @pins: (array fixed-size=2): its pins
 * @path: the path
 *
 * Returns: (transfer full): a request without body and signature
 */
EnigmKeyPost *
enigm_key_post_new (const char *origin, const guint8 pins[2][32], const char *path)
{
  EnigmKeyPost *self = g_new0 (EnigmKeyPost, 1);

  self->origin = g_strdup (origin);
  memcpy (self->pins, pins, sizeof self->pins);
  self->path = g_strdup (path);

  return self;
}

/**
 * enigm_key_post_free:
 * @self: (transfer full): a request
 */
void
enigm_key_post_free (EnigmKeyPost *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->origin);
  g_free (self->path);
  g_free (self->digest_field);
  g_free (self->input_field);
  g_free (self->signature_field);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/**
 * enigm_key_reply_free:
 * @self: (transfer full): a reply
 */
void
enigm_key_reply_free (EnigmKeyReply *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->digest_field);
  g_free (self->input_field);
  g_free (self->signature_field);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/**
 * enigm_key_carrier_carry_async:
 * @self: a carrier
 * @post: the request; it may be freed as soon as this returns
 * @cancellable: (nullable): abandons it
 * @callback: called when there is a reply, or none to be had
 * @user_data: for @callback
 *
 * Carries one request. Fails with %ENIGM_ERROR_PLATFORM_AWAY where the platform cannot be reached,
 * and with %ENIGM_ERROR_PLATFORM_CERTIFICATE where another server answers.
 */
void
enigm_key_carrier_carry_async (EnigmKeyCarrier *self,
                               EnigmKeyPost *post,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (ENIGM_IS_KEY_CARRIER (self));
  g_return_if_fail (post != NULL && post->body != NULL);

  ENIGM_KEY_CARRIER_GET_IFACE (self)->carry_async (self, post, cancellable, callback, user_data);
}

/**
 * enigm_key_carrier_carry_finish:
 * @self: a carrier
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full): the reply, or %NULL
 */
EnigmKeyReply *
enigm_key_carrier_carry_finish (EnigmKeyCarrier *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (ENIGM_IS_KEY_CARRIER (self), NULL);

  return ENIGM_KEY_CARRIER_GET_IFACE (self)->carry_finish (self, result, error);
}
