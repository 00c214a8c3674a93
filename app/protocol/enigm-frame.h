/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ENIGM_FRAME_MAX_MESSAGE:
 *
 * Bytes in a message, at most.
 */
#define ENIGM_FRAME_MAX_MESSAGE 4096

/**
 * ENIGM_FRAME_MAX_SIZE:
 *
 * Bytes in a frame, at most: the longest value an attribute can have (Bluetooth Core, volume 3,
 * part F, section 3.2.9).
 */
#define ENIGM_FRAME_MAX_SIZE 512

/**
 * ENIGM_FRAME_MIN_MTU:
 *
 * The least that frames are cut for: the MTU that every Bluetooth LE link has, 23, less the two
 * bytes that a key may have to leave free.
 */
#define ENIGM_FRAME_MIN_MTU 21

GPtrArray *enigm_frame_cut (GBytes *message, guint mtu);

/**
 * EnigmFrameJoiner:
 *
 * Puts one direction's frames together again. Between messages it holds nothing.
 */
typedef struct _EnigmFrameJoiner EnigmFrameJoiner;

EnigmFrameJoiner *enigm_frame_joiner_new (void);
void enigm_frame_joiner_free (EnigmFrameJoiner *self);
void enigm_frame_joiner_reset (EnigmFrameJoiner *self);
gboolean enigm_frame_joiner_push (EnigmFrameJoiner *self,
                                  const guint8 *frame,
                                  gsize len,
                                  GBytes **message_out,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmFrameJoiner, enigm_frame_joiner_free)

G_END_DECLS
