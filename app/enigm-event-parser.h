/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/enigm-error.h"

G_BEGIN_DECLS

/* Longest line, event and ID of a stream, in bytes. */
#define ENIGM_EVENT_MAX_LINE (64 * 1024)
#define ENIGM_EVENT_MAX_DATA (256 * 1024)
#define ENIGM_EVENT_MAX_ID 256

/**
 * EnigmEventParser:
 *
 * Reads server-sent events (the HTML standard, section 9.2.6), however the bytes are cut. No I/O.
 */
typedef struct _EnigmEventParser EnigmEventParser;

/**
 * EnigmEventFunc:
 * @id: (nullable): the ID to resume after; one event's ID holds until another one comes
 * @event: the event's type, `message` where it names none
 * @data: its data lines, joined by line feeds
 */
typedef void (*EnigmEventFunc) (const gchar *id,
                                const gchar *event,
                                const gchar *data,
                                gpointer user_data);

/**
 * enigm_event_parser_new:
 *
 * Returns: (transfer full): a parser at the start of a stream
 */
EnigmEventParser *enigm_event_parser_new (void);
void enigm_event_parser_free (EnigmEventParser *self);

/**
 * enigm_event_parser_feed:
 * @self: a parser
 * @data: (array length=len): what came
 * @len: how many bytes
 * @func: called for each event that is complete
 * @user_data: for @func
 * @error: return location
 *
 * Returns: whether to go on; %FALSE with %ENIGM_ERROR_MALFORMED, which names what was wrong, once
 *   something is too long or not UTF-8
 */
gboolean enigm_event_parser_feed (EnigmEventParser *self,
                                  const guint8 *data,
                                  gsize len,
                                  EnigmEventFunc func,
                                  gpointer user_data,
                                  GError **error);

/**
 * enigm_event_parser_get_id:
 *
 * Returns: (transfer none) (nullable): the ID to resume after, which may come before any event
 */
const gchar *enigm_event_parser_get_id (EnigmEventParser *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmEventParser, enigm_event_parser_free)

G_END_DECLS
