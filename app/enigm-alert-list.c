/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-private.h"

/*
 * Which alerts this computer keeps. What the platform shows no more is let go at once, also by
 * whoever has it open; what is over its day is deleted here as there, with or without the network.
 */

static gboolean
is_active (gpointer alert)
{
  return enigm_alert_get_state (alert) == ENIGM_ALERT_STATE_ACTIVE;
}

/* So many that the file could not be read again: the oldest go, those under way last. */
static void
trim (GPtrArray *items)
{
  for (guint i = items->len; i-- > 0 && items->len > ENIGM_ALERTS_MAX;)
    if (!is_active (items->pdata[i]))
      g_ptr_array_remove_index (items, i);
  if (items->len > ENIGM_ALERTS_MAX)
    g_ptr_array_set_size (items, ENIGM_ALERTS_MAX);
}

/**
 * enigm_account_show_alerts:
 * @items: (element-type EnigmAlert): newest first
 *
 * Makes the model hold @items, and tells whoever has one that is not among them.
 */
void
enigm_account_show_alerts (EnigmAccount *self, GPtrArray *items)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) kept = g_hash_table_new (NULL, NULL);
  GListModel *model = G_LIST_MODEL (self->alerts);

  trim (items);
  for (guint i = 0; i < items->len; i++)
    g_hash_table_add (kept, items->pdata[i]);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EnigmAlert) then = g_list_model_get_item (model, i);

      if (!g_hash_table_contains (kept, then))
        g_ptr_array_add (gone, g_steal_pointer (&then));
    }
  enigm_account_splice_list (self->alerts, items);
  for (guint i = 0; i < gone->len; i++)
    {
      enigm_alert_let_go (gone->pdata[i]);
      enigm_account_set_item_json (gone->pdata[i], NULL);
      enigm_account_emit_alert_gone (self, gone->pdata[i]);
    }
}

static GPtrArray *
list_alerts (EnigmAccount *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->alerts)); i++)
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (self->alerts), i));
  return items;
}

/**
 * enigm_account_insert_alert:
 *
 * Newest first: of two in one second, the one that came later is the newer one.
 */
void
enigm_account_insert_alert (EnigmAccount *self, EnigmAlert *alert)
{
  g_autoptr (GPtrArray) items = list_alerts (self);
  guint place = 0;

  while (place < items->len &&
         enigm_alert_get_received (items->pdata[place]) > enigm_alert_get_received (alert))
    place++;
  g_ptr_array_insert (items, (gint) place, g_object_ref (alert));
  enigm_account_show_alerts (self, items);
}

/**
 * enigm_account_drop_alert:
 * @alert: one that was deleted
 */
void
enigm_account_drop_alert (EnigmAccount *self, EnigmAlert *alert)
{
  g_autoptr (GPtrArray) items = list_alerts (self);

  g_ptr_array_remove (items, alert);
  enigm_account_show_alerts (self, items);
}

static void
on_day_over (gpointer data)
{
  EnigmAccount *self = data;

  if (enigm_account_drop_alerts_over (self))
    enigm_account_save_cache (self);
}

/**
 * enigm_account_drop_alerts_over:
 *
 * While the platform cannot be asked, deletes here what it deletes on this day; and sees to it that
 * this is looked at again when the next one's day is over. While it can, its clock counts and not
 * this computer's, which may be wrong: it tells what is gone.
 *
 * Returns: whether there was anything
 */
gboolean
enigm_account_drop_alerts_over (EnigmAccount *self)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GPtrArray) items = list_alerts (self);
  const guint n = items->len;
  gint64 next = 0;

  for (guint i = items->len; i-- > 0;)
    {
      const gint64 day = enigm_alert_get_delete_on (items->pdata[i]);

      if (day != 0 && day <= now && self->unknown_since != 0)
        g_ptr_array_remove_index (items, i);
      else if (day > now && (next == 0 || day < next))
        next = day;
    }
  if (self->day_timer == NULL)
    self->day_timer = enigm_wall_timer_new (on_day_over, self);
  enigm_wall_timer_set (self->day_timer, next);
  if (items->len == n)
    return FALSE;
  enigm_account_show_alerts (self, items);
  return TRUE;
}
