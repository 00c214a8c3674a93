/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-secret.h"

#include "enigm-request.h"

G_BEGIN_DECLS

/**
 * EnigmSignIn:
 * @state: the platform
 * @request: the request that waits for its answer
 * @user: the user name
 * @password: the password, as text with its zero
 * @pin: (nullable): the PIN of a new account, likewise
 * @password_hash: (nullable): what crypt(3) made of the password of a new account
 * @pin_hash: (nullable): and of its PIN
 * @computer_name: what the computer is to be called
 * @computer_point: its public key
 * @account: ID of the account, zeros while there is none
 * @address: where it comes from
 *
 * Someone who is on the way in: what POST /v1/accounts and POST /v1/sessions have in common.
 */
typedef struct
{
  EnigmPlatformState *state;
  EnigmRequest *request;
  gchar *user;
  EnigmSecret *password;
  EnigmSecret *pin;
  gchar *password_hash;
  gchar *pin_hash;
  gchar *computer_name;
  guint8 computer_point[ENIGM_P256_POINT_SIZE];
  guint8 account[ENIGM_ID_SIZE];
  gchar *address;
} EnigmSignIn;

EnigmSignIn *enigm_sign_in_new (EnigmPlatformState *state,
                                EnigmRequest *request,
                                gboolean with_pin,
                                GError **error);
void enigm_sign_in_free (EnigmSignIn *self);
gboolean enigm_sign_in_finish (EnigmSignIn *self, GError **error);
void enigm_sign_in_reply_wait (EnigmSignIn *self, gint64 seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmSignIn, enigm_sign_in_free)

G_END_DECLS
