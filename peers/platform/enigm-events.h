/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform-state.h"

G_BEGIN_DECLS

/**
 * EnigmEventKind:
 * @ENIGM_EVENT_ALERT: somebody needs help
 * @ENIGM_EVENT_DRILL: a practice alert
 *
 * What an event is.
 */
typedef enum
{
  ENIGM_EVENT_ALERT,
  ENIGM_EVENT_DRILL,
} EnigmEventKind;

/**
 * EnigmEventEnder:
 * @ENIGM_EVENT_ENDED_BY_KEY: a long press
 * @ENIGM_EVENT_ENDED_BY_APP: the owner, in the app
 * @ENIGM_EVENT_ENDED_BY_REVOCATION: the key that raised it was revoked
 *
 * Who or what ended an event.
 */
typedef enum
{
  ENIGM_EVENT_ENDED_BY_KEY,
  ENIGM_EVENT_ENDED_BY_APP,
  ENIGM_EVENT_ENDED_BY_REVOCATION,
} EnigmEventEnder;

/**
 * EnigmEventPosition:
 * @latitude: in millionths of a degree, ±90·10⁶
 * @longitude: in millionths of a degree, ±180·10⁶
 * @accuracy: in metres, up to 10⁶
 * @time: when it was taken, Unix seconds
 *
 * Where a key was.
 */
typedef struct
{
  gint32 latitude;
  gint32 longitude;
  guint32 accuracy;
  gint64 time;
} EnigmEventPosition;

gboolean enigm_events_raise (EnigmPlatformState *state,
                             const guint8 account_id[ENIGM_ID_SIZE],
                             const guint8 binding_id[ENIGM_ID_SIZE],
                             const guint8 event_id[ENIGM_ID_SIZE],
                             EnigmEventKind kind,
                             gint64 pressed,
                             const EnigmEventPosition *position,
                             GError **error);
gboolean enigm_events_add_position (EnigmPlatformState *state,
                                    const guint8 binding_id[ENIGM_ID_SIZE],
                                    const guint8 event_id[ENIGM_ID_SIZE],
                                    const EnigmEventPosition *position,
                                    GError **error);
gboolean enigm_events_end (EnigmPlatformState *state,
                           const guint8 binding_id[ENIGM_ID_SIZE],
                           const guint8 event_id[ENIGM_ID_SIZE],
                           EnigmEventEnder ended_by,
                           gint64 ended,
                           GError **error);
gboolean enigm_events_move (EnigmPlatformState *state,
                            const guint8 from[ENIGM_ID_SIZE],
                            const guint8 to[ENIGM_ID_SIZE],
                            GError **error);
gint enigm_events_count_open (EnigmPlatformState *state,
                              const guint8 binding_id[ENIGM_ID_SIZE],
                              GError **error);

gboolean
enigm_events_tell (EnigmPlatformState *state, const guint8 event_id[ENIGM_ID_SIZE], GError **error);
gboolean enigm_events_tell_stage (EnigmPlatformState *state,
                                  const guint8 event_id[ENIGM_ID_SIZE],
                                  const guint8 contact[ENIGM_ID_SIZE],
                                  GError **error);
gboolean enigm_events_forget (EnigmPlatformState *state,
                              const guint8 event_id[ENIGM_ID_SIZE],
                              GError **error);
gboolean enigm_events_delete_over (EnigmPlatformState *state, GError **error);

G_END_DECLS
