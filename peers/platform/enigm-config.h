/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-error.h"

G_BEGIN_DECLS

/**
 * EnigmCommandSees:
 * @ENIGM_COMMAND_SEES_NOTHING: no events
 * @ENIGM_COMMAND_SEES_EVENTS: that they are, and since when
 * @ENIGM_COMMAND_SEES_POSITIONS: also where, while they are active
 *
 * What administrators are authorised to see of events.
 */
typedef enum
{
  ENIGM_COMMAND_SEES_NOTHING,
  ENIGM_COMMAND_SEES_EVENTS,
  ENIGM_COMMAND_SEES_POSITIONS,
} EnigmCommandSees;

/**
 * EnigmConfig:
 * @origin: `https://host` or `https://host:port`, lower case; what keys are bound to
 * @port: TCP port to listen on; 0 lets the system choose one
 * @database: path of the SQLite database
 * @journal: path of the append-only journal beside it
 * @ca: path of the authority that signed the server's certificate, PEM; for people to import
 * @certificate: path of the server's certificate, PEM
 * @key: path of its private key, PEM
 * @reserve_key: path of the private key of the certificate after this one, PEM
 * @identity_key: path of the key that signs offers, receipts, releases and orders, PEM
 * @secrets: path of the secrets that no one outside may know (see enigm-platform-state.c)
 * @maker_ca: path of the authorities whose keys are genuine, PEM
 * @retention_days: days after which an ended event is deleted
 * @command_sees: what administrators see of events: nothing, that they are, or positions as well
 * @audit_days: days after which an audit record is deleted; a security event goes after 30
 *
 * The platform's one configuration file, `platform.conf`, read into types. Paths in the file are
 * relative to its folder; here they are absolute.
 */
typedef struct
{
  gchar *origin;
  guint16 port;
  gchar *database;
  gchar *journal;
  gchar *ca;
  gchar *certificate;
  gchar *key;
  gchar *reserve_key;
  gchar *identity_key;
  gchar *secrets;
  gchar *maker_ca;
  guint retention_days;
  guint audit_days;
  EnigmCommandSees command_sees;
} EnigmConfig;

#define ENIGM_CONFIG_RETENTION_DAYS 30
#define ENIGM_CONFIG_AUDIT_DAYS 365

EnigmConfig *enigm_config_load (const gchar *path, GError **error);
gboolean enigm_config_write (const gchar *path, const gchar *origin, guint16 port, GError **error);
void enigm_config_free (EnigmConfig *self);

gboolean enigm_config_parse_origin (const gchar *origin, gchar **host, gint *port, GError **error);
const gchar *enigm_config_get_authority (const EnigmConfig *self);
void enigm_config_take_bound_port (EnigmConfig *self, guint16 port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmConfig, enigm_config_free)

G_END_DECLS
