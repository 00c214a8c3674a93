/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-cli-list.h"

#include <glib/gi18n-lib.h>

#include "enigm-readiness.h"

/**
 * enigm_cli_list_is_known:
 *
 * Returns: whether lists hold what the platform says now
 */
gboolean
enigm_cli_list_is_known (EnigmCli *self)
{
  return enigm_account_get_unknown_since (enigm_cli_get_account (self)) == 0;
}

/**
 * enigm_cli_begin_list:
 *
 * Tells a person how old a list is that could not be asked for.
 */
void
enigm_cli_begin_list (EnigmCli *self)
{
  const gint64 heard = enigm_account_get_heard (enigm_cli_get_account (self));
  g_autofree char *age = NULL;

  if (enigm_cli_list_is_known (self))
    return;
  age = enigm_describe_age (heard, g_get_real_time () / G_USEC_PER_SEC);
  /* Translators: %s is an age, such as “2 hours ago” */
  enigm_cli_print (self, _ ("The platform cannot be reached. This was known %s:"), age);
}

/**
 * enigm_cli_date_list:
 * @answer: the list for a script
 *
 * Adds whether it is known now, and when it was known (Unix seconds, 0: never).
 */
void
enigm_cli_date_list (EnigmCli *self, JsonObject *answer)
{
  json_object_set_boolean_member (answer, "known", enigm_cli_list_is_known (self));
  json_object_set_int_member (answer, "known_at",
                              enigm_account_get_heard (enigm_cli_get_account (self)));
}

/**
 * enigm_cli_end_list:
 * @answer: (transfer full): the list for a script
 *
 * Says a list to a script and ends the run, with the code for a platform that is away if the list
 * is only what was known.
 */
void
enigm_cli_end_list (EnigmCli *self, JsonObject *answer)
{
  enigm_cli_date_list (self, answer);
  enigm_cli_print_json (self, answer);
  enigm_cli_end (self, enigm_cli_list_is_known (self) ? ENIGM_CLI_OK : ENIGM_CLI_AWAY);
}
