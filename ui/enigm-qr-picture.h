/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * EnigmQrPicture:
 *
 * A text as a QR code, dark on light with its quiet zone, for another device's camera.
 */
#define ENIGM_TYPE_QR_PICTURE (enigm_qr_picture_get_type ())
G_DECLARE_FINAL_TYPE (EnigmQrPicture, enigm_qr_picture, ENIGM, QR_PICTURE, GtkWidget)

GtkWidget *enigm_qr_picture_new (const char *text);

G_END_DECLS
