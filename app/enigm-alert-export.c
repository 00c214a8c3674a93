/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-private.h"

static void
add_label (JsonArray *array, guint i, JsonNode *node, gpointer data)
{
  EnigmAccount *self = data;
  JsonObject *contact = json_node_get_object (node);
  const gchar *label =
    enigm_account_find_label (self, json_object_get_string_member (contact, "contact_id"));

  if (*label != '\0')
    json_object_set_string_member (contact, "label", label);
}

static JsonNode *
export_one (EnigmAccount *self, EnigmAlert *alert)
{
  g_autoptr (JsonNode) known =
    json_node_init_object (json_node_alloc (), enigm_account_get_item_json (alert));
  g_autofree gchar *text = json_to_string (known, FALSE);
  /* Not the account's own: that one is what is kept. */
  JsonNode *copy = json_from_string (text, NULL);

  json_array_foreach_element (
    json_object_get_array_member (json_node_get_object (copy), "contacts"), add_label, self);
  return copy;
}

gchar *
enigm_account_export_alerts (EnigmAccount *self, EnigmAlert *alert)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new ();
  JsonArray *events = json_array_new ();
  GListModel *alerts;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  g_return_val_if_fail (alert == NULL || ENIGM_IS_ALERT (alert), NULL);

  json_node_take_object (node, root);
  json_object_set_int_member (root, "exported", g_get_real_time () / G_USEC_PER_SEC);
  json_object_set_array_member (root, "events", events);
  alerts = enigm_account_get_alerts (self);
  for (guint i = g_list_model_get_n_items (alerts); i-- > 0;)
    {
      g_autoptr (EnigmAlert) own = g_list_model_get_item (alerts, i);

      if (enigm_alert_get_role (own) == ENIGM_ALERT_ROLE_OWNER && (alert == NULL || own == alert))
        json_array_add_element (events, export_one (self, own));
    }
  return json_to_string (node, TRUE);
}
