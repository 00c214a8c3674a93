/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-router.h"

static void
get_about (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree gchar *identity =
    enigm_base64url_encode (enigm_p256_key_get_point (state->identity), ENIGM_P256_POINT_SIZE);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, "enigm-platform");
  json_builder_set_member_name (builder, "version");
  json_builder_add_string_value (builder, PACKAGE_VERSION);
  json_builder_set_member_name (builder, "time");
  json_builder_add_int_value (builder, enigm_platform_state_now (state));
  json_builder_set_member_name (builder, "identity");
  json_builder_add_string_value (builder, identity);
  json_builder_end_object (builder);
  enigm_request_reply_json (request, SOUP_STATUS_OK, json_builder_get_root (builder));
}

const EnigmRoute enigm_about_routes[] = {
  { "GET", "/v1", ENIGM_ROUTE_OPEN, get_about },
  { 0 },
};
