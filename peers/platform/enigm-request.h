/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "enigm-object.h"
#include "enigm-platform-state.h"

G_BEGIN_DECLS

/**
 * EnigmRequest:
 *
 * One request that came in whole, and its answer.
 *
 * A handler answers it once, now or later; who answers later holds a reference. A request whose
 * last reference goes without an answer is answered `internal`. Nothing of it may be used in a
 * thread.
 */
typedef struct _EnigmRequest EnigmRequest;

EnigmRequest *enigm_request_new (EnigmPlatformState *state, SoupServerMessage *message);
EnigmRequest *enigm_request_ref (EnigmRequest *self);
void enigm_request_unref (EnigmRequest *self);

/* What was asked. */
const gchar *enigm_request_get_method (EnigmRequest *self);
const gchar *enigm_request_get_path (EnigmRequest *self);
GBytes *enigm_request_get_body (EnigmRequest *self);
const gchar *enigm_request_get_header (EnigmRequest *self, const gchar *name);
guint enigm_request_count_header (EnigmRequest *self, const gchar *name);
gchar *enigm_request_dup_address (EnigmRequest *self);
SoupServerMessage *enigm_request_get_message (EnigmRequest *self);
const gchar *enigm_request_get_path_argument (EnigmRequest *self, guint index);
gboolean enigm_request_get_path_id (EnigmRequest *self,
                                    guint index,
                                    guint8 id[ENIGM_ID_SIZE],
                                    GError **error);

/* The members of its JSON object. */
EnigmObject *enigm_request_get_object (EnigmRequest *self, GError **error);
const gchar *enigm_request_get_string (EnigmRequest *self,
                                       const gchar *name,
                                       gsize min,
                                       gsize max,
                                       GError **error);
GBytes *enigm_request_get_bytes (EnigmRequest *self,
                                 const gchar *name,
                                 gsize min,
                                 gsize max,
                                 GError **error);
gboolean
enigm_request_get_boolean (EnigmRequest *self, const gchar *name, gboolean *value, GError **error);
gboolean enigm_request_end (EnigmRequest *self, GError **error);

/* Who asked: set before the handler of a bearer or signed route is called. */
const guint8 *enigm_request_get_account (EnigmRequest *self);
const guint8 *enigm_request_get_computer (EnigmRequest *self);
gint64 enigm_request_get_session_expiry (EnigmRequest *self);

/* Its answer. */
gboolean enigm_request_is_answered (EnigmRequest *self);
void enigm_request_set_header (EnigmRequest *self, const gchar *name, const gchar *value);
void enigm_request_reply (EnigmRequest *self, guint status, const gchar *type, GBytes *body);
void enigm_request_reply_json (EnigmRequest *self, guint status, JsonNode *body);
void enigm_request_reply_nothing (EnigmRequest *self);
void enigm_request_reply_cbor (EnigmRequest *self, guint status, GBytes *body);
void enigm_request_reply_problem (EnigmRequest *self,
                                  EnigmProblem problem,
                                  const gchar *detail,
                                  const gchar *field);
void enigm_request_reply_wait (EnigmRequest *self, gint64 seconds, const gchar *detail);
void enigm_request_reply_error (EnigmRequest *self, const GError *error);
void enigm_request_reply_method (EnigmRequest *self, const gchar *allowed);
void enigm_request_take_over (EnigmRequest *self);

/* For the router alone. */
void enigm_request_set_path_arguments (EnigmRequest *self, GStrv arguments);
void enigm_request_set_who (EnigmRequest *self,
                            const guint8 *account,
                            const guint8 *computer,
                            gint64 session_expires);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmRequest, enigm_request_unref)

G_END_DECLS
