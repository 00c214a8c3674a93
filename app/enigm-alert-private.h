/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-alert.h"

G_BEGIN_DECLS

/* Shared by enigm-alert.c and enigm-alert-parse.c. */
struct _EnigmAlert
{
  GObject parent;
  gchar *id;
  EnigmAlertKind kind;
  EnigmAlertRole role;
  EnigmAlertState state;
  gint64 pressed;
  gint64 received;
  gint64 ended_time;
  gchar *ended_by;
  gboolean has_position;
  gdouble latitude;
  gdouble longitude;
  gdouble accuracy;
  gint64 position_time;
  gchar *from_contact_id;
  gchar *from_label;
  gchar *binding;
  GListStore *stages;
  GListStore *positions;
  gboolean has_positions; /* @positions are those up to @positions_time */
  gint64 positions_time;
  gchar *stopped;
  gint64 delete_on;
  gboolean waiting;
  gboolean gone;
};

#define ENIGM_ALERT_MAX_ACCURACY 1000000

G_END_DECLS
