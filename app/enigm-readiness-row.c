/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-readiness-private.h"

struct _EnigmReadinessRow
{
  GObject parent;
  const gchar *id;
  gchar *what;
  gchar *how;
  gint64 age;
  gint64 limit;
  EnigmReadinessLevel level;
  gchar *remedy;
};

G_DEFINE_TYPE (EnigmReadinessRow, enigm_readiness_row, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_WHAT,
  PROP_HOW,
  PROP_AGE,
  PROP_LIMIT,
  PROP_LEVEL,
  PROP_REMEDY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
enigm_readiness_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmReadinessRow *self = ENIGM_READINESS_ROW (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_static_string (value, self->id);
      break;
    case PROP_WHAT:
      g_value_set_string (value, self->what);
      break;
    case PROP_HOW:
      g_value_set_string (value, self->how);
      break;
    case PROP_AGE:
      g_value_set_int64 (value, self->age);
      break;
    case PROP_LIMIT:
      g_value_set_int64 (value, self->limit);
      break;
    case PROP_LEVEL:
      g_value_set_enum (value, self->level);
      break;
    case PROP_REMEDY:
      g_value_set_string (value, self->remedy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_readiness_row_finalize (GObject *object)
{
  EnigmReadinessRow *self = ENIGM_READINESS_ROW (object);

  g_free (self->what);
  g_free (self->how);
  g_free (self->remedy);
  G_OBJECT_CLASS (enigm_readiness_row_parent_class)->finalize (object);
}

static void
enigm_readiness_row_class_init (EnigmReadinessRowClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = enigm_readiness_row_get_property;
  object_class->finalize = enigm_readiness_row_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_WHAT] = g_param_spec_string ("what", NULL, NULL, NULL, flags);
  properties[PROP_HOW] = g_param_spec_string ("how", NULL, NULL, NULL, flags);
  properties[PROP_AGE] = g_param_spec_int64 ("age", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_LIMIT] = g_param_spec_int64 ("limit", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_LEVEL] = g_param_spec_enum ("level", NULL, NULL, ENIGM_TYPE_READINESS_LEVEL,
                                              ENIGM_READINESS_LEVEL_OK, flags);
  properties[PROP_REMEDY] = g_param_spec_string ("remedy", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
enigm_readiness_row_init (EnigmReadinessRow *self)
{
}

EnigmReadinessRow *
enigm_readiness_row_new (const gchar *id,
                         const gchar *what,
                         const gchar *how,
                         gint64 age,
                         gint64 limit,
                         EnigmReadinessLevel level,
                         const gchar *remedy)
{
  EnigmReadinessRow *self = g_object_new (ENIGM_TYPE_READINESS_ROW, NULL);

  self->id = id;
  self->what = g_strdup (what);
  self->how = g_strdup (how);
  self->age = age;
  self->limit = limit;
  self->level = level;
  self->remedy = g_strdup (level == ENIGM_READINESS_LEVEL_OK ? "" : remedy);
  return self;
}

const gchar *
enigm_readiness_row_get_id (EnigmReadinessRow *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS_ROW (self), NULL);
  return self->id;
}

const gchar *
enigm_readiness_row_get_what (EnigmReadinessRow *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS_ROW (self), NULL);
  return self->what;
}

const gchar *
enigm_readiness_row_get_how (EnigmReadinessRow *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS_ROW (self), NULL);
  return self->how;
}

gint64
enigm_readiness_row_get_age (EnigmReadinessRow *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS_ROW (self), -1);
  return self->age;
}

gint64
enigm_readiness_row_get_limit (EnigmReadinessRow *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS_ROW (self), 0);
  return self->limit;
}

EnigmReadinessLevel
enigm_readiness_row_get_level (EnigmReadinessRow *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS_ROW (self), ENIGM_READINESS_LEVEL_NOT_KNOWN);
  return self->level;
}

const gchar *
enigm_readiness_row_get_remedy (EnigmReadinessRow *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS_ROW (self), NULL);
  return self->remedy;
}

#define DAY (24 * 60 * 60)

static gchar *
describe_limit (EnigmReadinessRow *self)
{
  const gint n = (gint) (self->limit < DAY ? self->limit / 60 : self->limit / DAY);

  if (self->limit < DAY)
    return g_strdup_printf (ngettext ("counts for %d minute", "counts for %d minutes", (gulong) n),
                            n);
  return g_strdup_printf (ngettext ("counts for %d day", "counts for %d days", (gulong) n), n);
}

gchar *
enigm_readiness_row_describe_basis (EnigmReadinessRow *self)
{
  g_autofree gchar *limit = NULL;
  g_autofree gchar *counts = NULL;

  g_return_val_if_fail (ENIGM_IS_READINESS_ROW (self), NULL);

  limit = describe_limit (self);
  /* What was replaced by something newer is stale at any age. */
  if (self->level == ENIGM_READINESS_LEVEL_STALE && self->age > self->limit)
    /* Translators: %s is “counts for 30 days” */
    counts = g_strdup_printf (_ ("too old: %s"), limit);
  else if (self->level == ENIGM_READINESS_LEVEL_OK)
    counts = g_steal_pointer (&limit);
  else
    return g_strdup (self->how);
  return g_strjoin (strchr (self->how, '\n') != NULL ? "\n" : " · ", self->how, counts, NULL);
}
