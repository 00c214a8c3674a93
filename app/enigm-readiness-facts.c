/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-readiness.h"

/* How well a binding protects; of two alike, the later one. */
static gint
rank_key (EnigmKey *key)
{
  switch (enigm_key_get_state (key))
    {
    case ENIGM_KEY_STATE_TRUSTED:
      return 4;
    case ENIGM_KEY_STATE_RESTRICTED:
      return 3;
    case ENIGM_KEY_STATE_PENDING:
      return 2;
    case ENIGM_KEY_STATE_REVOKED:
    case ENIGM_KEY_STATE_REPLACED:
    case ENIGM_KEY_STATE_RETIRED:
      return 1;
    case ENIGM_KEY_STATE_CANCELLED:
    case ENIGM_KEY_STATE_EXPIRED:
    default:
      return 0;
    }
}

EnigmKey *
enigm_readiness_find_key (EnigmAccount *account)
{
  GListModel *keys;
  EnigmKey *best = NULL; /* The account keeps it. */

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (account), NULL);

  keys = enigm_account_get_keys (account);
  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);
      const gint rank = rank_key (key);
      const gint before = best != NULL ? rank_key (best) : 0;

      if (rank > before || (rank == before && best != NULL &&
                            enigm_key_get_since (key) > enigm_key_get_since (best)))
        best = key;
    }
  return best;
}

EnigmAlert *
enigm_readiness_find_own_alert (EnigmAccount *account)
{
  GListModel *alerts;
  EnigmAlert *own = NULL; /* The account keeps it. */

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (account), NULL);

  alerts = enigm_account_get_alerts (account);
  for (guint i = 0; i < g_list_model_get_n_items (alerts); i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (alerts, i);

      if (enigm_alert_get_role (alert) != ENIGM_ALERT_ROLE_OWNER ||
          enigm_alert_get_state (alert) != ENIGM_ALERT_STATE_ACTIVE)
        continue;
      if (own == NULL || (enigm_alert_get_kind (own) == ENIGM_ALERT_KIND_DRILL &&
                          enigm_alert_get_kind (alert) == ENIGM_ALERT_KIND_ALERT))
        own = alert;
    }
  return own;
}

static void
take_keys (EnigmReadinessFacts *facts, GListModel *keys)
{
  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      facts->waiting_to_revoke |= enigm_key_get_waiting_to_revoke (key);
    }
}

static void
take_key (EnigmReadinessFacts *facts, EnigmKey *key)
{
  facts->has_key = TRUE;
  facts->key_state = enigm_key_get_state (key);
  facts->key_reasons = enigm_key_get_reasons (key);
  facts->proved_time = enigm_key_get_proved_time (key);
  facts->proved_by = enigm_key_get_proved_by (key);
  facts->restored = enigm_key_get_restored (key);
  facts->battery = enigm_key_get_battery (key);
  facts->battery_time = enigm_key_get_battery_time (key);
  facts->drill_time = enigm_key_get_drill_time (key);
  facts->drill_reached = enigm_key_get_drill_reached (key);
  facts->drill_last = enigm_key_get_drill_last (key);
}

static gboolean
was_reached (GPtrArray *drill_contacts, const gchar *contact_id)
{
  for (guint i = 0; drill_contacts != NULL && i < drill_contacts->len; i++)
    {
      const EnigmDrillContact *reached = drill_contacts->pdata[i];

      if (g_str_equal (reached->contact_id, contact_id))
        return reached->notified >= 0 || reached->seen >= 0;
    }
  return FALSE;
}

static void
take_contacts (EnigmReadinessFacts *facts, GListModel *contacts, GPtrArray *drill_contacts)
{
  facts->contacts = g_list_model_get_n_items (contacts);
  for (guint i = 0; i < facts->contacts; i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (contacts, i);

      if (enigm_contact_get_state (contact) != ENIGM_CONTACT_STATE_ELIGIBLE)
        continue;
      facts->eligible++;
      facts->drill_kept += was_reached (drill_contacts, enigm_contact_get_contact_id (contact));
    }
}

EnigmReadiness *
enigm_readiness_new (EnigmAccount *account, gint64 now)
{
  EnigmReadinessFacts facts = { .battery = ENIGM_KEY_BATTERY_UNKNOWN,
                                .trouble = ENIGM_ERROR_PLATFORM_AWAY };
  GPtrArray *drill_contacts = NULL;
  g_autofree gchar *words = NULL;
  const GError *trouble;
  EnigmAlert *own;
  EnigmKey *key;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (account), NULL);

  facts.state = enigm_account_get_state (account);
  facts.unknown_since = enigm_account_get_unknown_since (account);
  trouble = enigm_account_get_trouble (account);
  if (trouble != NULL)
    {
      facts.trouble = (EnigmError) trouble->code;
      facts.trouble_words = trouble->message;
    }
  facts.heard = enigm_account_get_heard (account);
  facts.pairing_unfinished = enigm_account_get_pairing_unfinished (account);
  take_keys (&facts, enigm_account_get_keys (account));
  key = enigm_readiness_find_key (account);
  if (key != NULL)
    {
      take_key (&facts, key);
      drill_contacts = enigm_account_get_drill_contacts (account, enigm_key_get_binding (key));
      facts.drill_words = words =
        enigm_account_describe_drill (account, enigm_key_get_binding (key));
    }
  take_contacts (&facts, enigm_account_get_contacts (account), drill_contacts);
  own = enigm_readiness_find_own_alert (account);
  if (own != NULL)
    {
      facts.own_active = TRUE;
      facts.own_is_drill = enigm_alert_get_kind (own) == ENIGM_ALERT_KIND_DRILL;
      facts.own_told = enigm_alert_count_stages (own, NULL, NULL, &facts.own_seen);
    }
  return enigm_readiness_new_from_facts (&facts, now);
}
