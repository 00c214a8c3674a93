/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-qr-picture.h"

#include <glib/gi18n.h>

#include "enigm-qr.h"

/* Light modules around the code, as cameras need them. */
#define QUIET_ZONE 4
#define MODULE_PIXELS 6

struct _EnigmQrPicture
{
  GtkWidget parent_instance;

  EnigmQr qr;
};

G_DEFINE_FINAL_TYPE (EnigmQrPicture, enigm_qr_picture, GTK_TYPE_WIDGET)

static void
enigm_qr_picture_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  *minimum = *natural = (ENIGM_QR_PICTURE (widget)->qr.size + 2 * QUIET_ZONE) * MODULE_PIXELS;
}

/* Black on white whatever the theme: cameras expect dark modules on light ground. */
static void
enigm_qr_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const GdkRGBA black = { 0, 0, 0, 1 };
  static const GdkRGBA white = { 1, 1, 1, 1 };
  const EnigmQr *qr = &ENIGM_QR_PICTURE (widget)->qr;
  const float side = (qr->size + 2 * QUIET_ZONE) * MODULE_PIXELS;

  gtk_snapshot_append_color (snapshot, &white, &GRAPHENE_RECT_INIT (0, 0, side, side));
  for (guint row = 0; row < qr->size; row++)
    for (guint column = 0; column < qr->size; column++)
      if (qr->dark[row][column])
        gtk_snapshot_append_color (snapshot, &black,
                                   &GRAPHENE_RECT_INIT ((column + QUIET_ZONE) * MODULE_PIXELS,
                                                        (row + QUIET_ZONE) * MODULE_PIXELS,
                                                        MODULE_PIXELS, MODULE_PIXELS));
}

static void
enigm_qr_picture_class_init (EnigmQrPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = enigm_qr_picture_measure;
  widget_class->snapshot = enigm_qr_picture_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
enigm_qr_picture_init (EnigmQrPicture *self)
{
}

GtkWidget *
enigm_qr_picture_new (const char *text)
{
  EnigmQrPicture *self = g_object_new (ENIGM_TYPE_QR_PICTURE, NULL);

  if (!enigm_qr_encode (text, &self->qr))
    g_return_val_if_reached (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Your contact ID as a QR code"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  return GTK_WIDGET (self);
}
