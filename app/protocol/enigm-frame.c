/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-frame.h"

#include <string.h>

#include "enigm-error.h"

#define FRAME_FIRST 0x80
#define FRAME_LAST 0x40
#define FRAME_COUNTER 0x3f

/* What a write or a notification takes of the MTU for itself: opcode and attribute handle. */
#define ATT_HEADER 3

/* Control byte, and in a first frame the message's length. */
#define HEADER_SIZE 1
#define FIRST_HEADER_SIZE 3

struct _EnigmFrameJoiner
{
  guint8 message[ENIGM_FRAME_MAX_MESSAGE];
  gsize len;   /* how much of it is here */
  gsize total; /* how much there will be; 0 between messages */
  guint8 counter;
};

/**
 * enigm_frame_cut:
 * @message: 1 to %ENIGM_FRAME_MAX_MESSAGE bytes
 * @mtu: the link's MTU in bytes, at least %ENIGM_FRAME_MIN_MTU
 *
 * Cuts a message into frames, each at most @mtu − 3 and at most %ENIGM_FRAME_MAX_SIZE bytes
 * (PROTOCOL.md, section 2).
 *
 * Returns: (transfer full) (element-type GBytes): the frames, in the order they are sent
 */
GPtrArray *
enigm_frame_cut (GBytes *message, guint mtu)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint8 frame[ENIGM_FRAME_MAX_SIZE];
  const guint8 *data;
  gsize total, limit;
  gsize at = 0;
  guint8 counter = 0;

  g_return_val_if_fail (message != NULL, NULL);
  g_return_val_if_fail (mtu >= ENIGM_FRAME_MIN_MTU, NULL);
  data = g_bytes_get_data (message, &total);
  g_return_val_if_fail (total > 0 && total <= ENIGM_FRAME_MAX_MESSAGE, NULL);

  limit = MIN (mtu - ATT_HEADER, ENIGM_FRAME_MAX_SIZE);
  while (at < total)
    {
      gsize header = at == 0 ? FIRST_HEADER_SIZE : HEADER_SIZE;
      gsize payload = MIN (limit - header, total - at);

      frame[0] = counter;
      if (at == 0)
        {
          frame[0] |= FRAME_FIRST;
          frame[1] = total >> 8;
          frame[2] = total & 0xff;
        }
      if (at + payload == total)
        frame[0] |= FRAME_LAST;
      memcpy (frame + header, data + at, payload);
      g_ptr_array_add (frames, g_bytes_new (frame, header + payload));
      at += payload;
      counter = (counter + 1) & FRAME_COUNTER;
    }
  return g_steal_pointer (&frames);
}

/**
 * enigm_frame_joiner_new:
 *
 * Returns: (transfer full): a joiner that waits for a first frame
 */
EnigmFrameJoiner *
enigm_frame_joiner_new (void)
{
  return g_new0 (EnigmFrameJoiner, 1);
}

/**
 * enigm_frame_joiner_free:
 * @self: (transfer full): a joiner
 */
void
enigm_frame_joiner_free (EnigmFrameJoiner *self)
{
  g_free (self);
}

/**
 * enigm_frame_joiner_reset:
 * @self: a joiner
 *
 * Drops what was collected, as for a new connection.
 */
void
enigm_frame_joiner_reset (EnigmFrameJoiner *self)
{
  g_return_if_fail (self != NULL);

  self->len = 0;
  self->total = 0;
  self->counter = 0;
}

static gboolean
joiner_accept (EnigmFrameJoiner *self, const guint8 *frame, gsize len, GError **error)
{
  gboolean first, last;
  gsize header;

  if (len == 0 || len > ENIGM_FRAME_MAX_SIZE)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "frame: has another length");
      return FALSE;
    }
  first = (frame[0] & FRAME_FIRST) != 0;
  last = (frame[0] & FRAME_LAST) != 0;
  header = first ? FIRST_HEADER_SIZE : HEADER_SIZE;
  if (len <= header)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "frame: carries nothing");
      return FALSE;
    }
  if (first != (self->total == 0))
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           first ? "frame: a message begins within another"
                                 : "frame: the message's first frame is missing");
      return FALSE;
    }
  if ((frame[0] & FRAME_COUNTER) != self->counter)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "frame counter: is out of order");
      return FALSE;
    }
  if (first)
    {
      self->total = (gsize) frame[1] << 8 | frame[2];
      if (self->total == 0 || self->total > ENIGM_FRAME_MAX_MESSAGE)
        {
          g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                               "message length: is out of range");
          return FALSE;
        }
    }
  if (len - header > self->total - self->len)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "frame: carries more than the message's length");
      return FALSE;
    }
  memcpy (self->message + self->len, frame + header, len - header);
  self->len += len - header;
  self->counter = (self->counter + 1) & FRAME_COUNTER;
  if (last != (self->len == self->total))
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           last ? "frame: is the last, and the message is not complete"
                                : "frame: completes the message, and is not the last");
      return FALSE;
    }
  return TRUE;
}

/**
 * enigm_frame_joiner_push:
 * @self: a joiner
 * @frame: (array length=len) (nullable): one frame as it came; %NULL only if @len is 0
 * @len: its length in bytes
 * @message_out: (out) (transfer full) (nullable): the message if this was its last frame, or %NULL
 * @error: return location
 *
 * Takes the next frame. After an error what was collected is dropped, the frame that caused it
 * included, and @self waits for a first frame.
 *
 * Returns: %TRUE if the frame did fit, or %FALSE with %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_frame_joiner_push (EnigmFrameJoiner *self,
                         const guint8 *frame,
                         gsize len,
                         GBytes **message_out,
                         GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (frame != NULL || len == 0, FALSE);
  g_return_val_if_fail (message_out != NULL, FALSE);

  *message_out = NULL;
  if (!joiner_accept (self, frame, len, error))
    {
      enigm_frame_joiner_reset (self);
      return FALSE;
    }
  if (self->len == self->total)
    {
      *message_out = g_bytes_new (self->message, self->len);
      enigm_frame_joiner_reset (self);
    }
  return TRUE;
}
