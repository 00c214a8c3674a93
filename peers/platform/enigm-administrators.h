/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-request.h"

G_BEGIN_DECLS

/* How long an administrator's session lasts, in seconds. It cannot be renewed. */
#define ENIGM_ADMINISTRATOR_SECONDS (6 * 60 * 60)

/**
 * EnigmRole:
 * @ENIGM_ROLE_VIEWER: sees keys and the audit
 * @ENIGM_ROLE_OPERATOR: also changes keys, and sees events where that is configured
 * @ENIGM_ROLE_OWNER: also sees and changes administrators
 *
 * What an administrator may do; each may do what those before may. The numbers are stored: never
 * renumber.
 */
typedef enum
{
  ENIGM_ROLE_VIEWER = 1,
  ENIGM_ROLE_OPERATOR = 2,
  ENIGM_ROLE_OWNER = 3,
} EnigmRole;

/**
 * EnigmAdministrator:
 * @id: administrator ID
 * @role: what they may do, now
 *
 * Who asks. Read anew for each request: who is demoted in between may do less at once.
 */
typedef struct
{
  guint8 id[ENIGM_ID_SIZE];
  EnigmRole role;
} EnigmAdministrator;

typedef void (*EnigmAdministratorAllowed) (EnigmPlatformState *state,
                                           EnigmRequest *request,
                                           gpointer user_data);

const gchar *enigm_role_name (EnigmRole role);
gboolean enigm_role_parse (const gchar *name, EnigmRole *role);

gboolean enigm_administrators_authenticate (EnigmPlatformState *state,
                                            EnigmRequest *request,
                                            GBytes *token,
                                            GError **error);
gboolean enigm_administrators_require (EnigmPlatformState *state,
                                       EnigmRequest *request,
                                       EnigmRole role,
                                       EnigmAdministrator *who,
                                       GError **error);
void enigm_administrators_ask_pin (EnigmPlatformState *state,
                                   EnigmRequest *request,
                                   EnigmSecret *pin,
                                   EnigmAdministratorAllowed allowed,
                                   gpointer user_data,
                                   GDestroyNotify destroy);
gboolean
enigm_administrators_read_dry_run (EnigmRequest *request, gboolean *dry_run, GError **error);
gboolean enigm_administrators_audit (EnigmPlatformState *state,
                                     const guint8 administrator[ENIGM_ID_SIZE],
                                     const char *did,
                                     gboolean security,
                                     GError **error);
gboolean enigm_administrators_audit_key (EnigmPlatformState *state,
                                         const guint8 administrator[ENIGM_ID_SIZE],
                                         const guint8 pseudonym[ENIGM_PSEUDONYM_SIZE],
                                         const char *did,
                                         GError **error);

gboolean enigm_administrators_put (EnigmPlatformState *state,
                                   const guint8 id[ENIGM_ID_SIZE],
                                   const gchar *name,
                                   EnigmRole role,
                                   const gchar *password_hash,
                                   const gchar *pin_hash,
                                   GError **error);
gboolean enigm_administrators_set_role (EnigmPlatformState *state,
                                        const guint8 id[ENIGM_ID_SIZE],
                                        EnigmRole role,
                                        GError **error);
gboolean enigm_administrators_remove (EnigmPlatformState *state,
                                      const guint8 id[ENIGM_ID_SIZE],
                                      GError **error);
gboolean enigm_administrators_set_secret (EnigmPlatformState *state,
                                          const guint8 id[ENIGM_ID_SIZE],
                                          const guint8 session[ENIGM_ID_SIZE],
                                          gboolean is_pin,
                                          const gchar *hash,
                                          GError **error);
gboolean enigm_administrators_check_name (const gchar *name, GError **error);

G_END_DECLS
