/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A small HTTPS server in the test's own process, whose certificate is what the test wants. */
typedef enum
{
  TLS_SERVER_GOOD,
  TLS_SERVER_EXPIRED,
  TLS_SERVER_OTHER_NAME,
  TLS_SERVER_SELF_SIGNED,
} TlsServerKind;

/* Says what a request gets; it counts them all. */
typedef void (*TlsServerHandler) (SoupServerMessage *message, const char *path, gpointer user_data);

typedef struct
{
  SoupServer *soup;
  char *origin;
  GBytes *ca;
  guint8 pin[32];
  guint n_requests;
  guint n_handshakes;
  TlsServerHandler handler;
  gpointer user_data;
} TlsServer;

TlsServer *tls_server_new (TlsServerKind kind);
void tls_server_free (TlsServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsServer, tls_server_free)

G_END_DECLS
