/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmKeyPost:
 * @origin: the platform, `https://host` or `https://host:port`
 * @pins: H of the keys its TLS certificate may have
 * @path: the path
 * @digest_field: (nullable): Content-Digest, where the request is signed
 * @input_field: (nullable): Signature-Input
 * @signature_field: (nullable): Signature
 * @body: CBOR
 *
 * One request to the platform. Signed ones have all three fields.
 */
typedef struct
{
  char *origin;
  guint8 pins[2][32];
  char *path;
  char *digest_field;
  char *input_field;
  char *signature_field;
  GBytes *body;
} EnigmKeyPost;

/**
 * EnigmKeyReply:
 * @status: the HTTP status
 * @digest_field: (nullable): Content-Digest
 * @input_field: (nullable): Signature-Input
 * @signature_field: (nullable): Signature
 * @body: up to 2048 bytes
 *
 * What came back. Nobody has checked it yet.
 */
typedef struct
{
  guint status;
  char *digest_field;
  char *input_field;
  char *signature_field;
  GBytes *body;
} EnigmKeyReply;

/**
 * ENIGM_KEY_REPLY_MAX:
 *
 * Bytes that a reply's body may have.
 */
#define ENIGM_KEY_REPLY_MAX 2048

EnigmKeyPost *enigm_key_post_new (const char *origin, const guint8 pins[2][32], const char *path);
void enigm_key_post_free (EnigmKeyPost *self);
void enigm_key_reply_free (EnigmKeyReply *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmKeyPost, enigm_key_post_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmKeyReply, enigm_key_reply_free)

/**
 * EnigmKeyCarrier:
 *
 * Who carries a request to the platform: the key's own connection, or an app over the radio.
 */
#define ENIGM_TYPE_KEY_CARRIER (enigm_key_carrier_get_type ())
G_DECLARE_INTERFACE (EnigmKeyCarrier, enigm_key_carrier, ENIGM, KEY_CARRIER, GObject)

struct _EnigmKeyCarrierInterface
{
  GTypeInterface parent_iface;

  void (*carry_async) (EnigmKeyCarrier *self,
                       EnigmKeyPost *post,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  EnigmKeyReply *(*carry_finish) (EnigmKeyCarrier *self, GAsyncResult *result, GError **error);
};

void enigm_key_carrier_carry_async (EnigmKeyCarrier *self,
                                    EnigmKeyPost *post,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
EnigmKeyReply *
enigm_key_carrier_carry_finish (EnigmKeyCarrier *self, GAsyncResult *result, GError **error);

G_END_DECLS
