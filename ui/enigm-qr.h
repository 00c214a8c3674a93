/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Versions 1 to 5 have at most this many modules a side. */
#define ENIGM_QR_MAX_SIZE 37
/* Most bytes that fit: version 5, level M, byte mode. */
#define ENIGM_QR_MAX_BYTES 84

/**
 * EnigmQr:
 * @size: modules a side, without the quiet zone
 * @dark: whether each is dark, row by row
 *
 * A QR code.
 */
typedef struct
{
  guint size;
  guint8 dark[ENIGM_QR_MAX_SIZE][ENIGM_QR_MAX_SIZE];
} EnigmQr;

/**
 * enigm_qr_encode:
 * @text: at most 84 bytes
 * @qr: (out): where the code goes
 *
 * Encodes in byte mode with error correction level M, in the smallest version that fits, with the
 * mask that scores best (ISO/IEC 18004).
 *
 * Returns: %FALSE if @text is too long
 */
gboolean enigm_qr_encode (const char *text, EnigmQr *qr);

G_END_DECLS
