/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Preloaded (LD_PRELOAD) into the programs of a private world, which know nothing of it. It stands
 * between them and the libraries they speak through, and tells the test what each is about to do,
 * before it does it:
 *
 *   reads hello          the app reads the key hello                       GDBus
 *   sends TYPE           the app or the key sends a message over Bluetooth GDBus
 *   sends POST /v1/…     the app or the key sends a request                GnuTLS
 *   sends 200            the platform sends an answer                      GnuTLS
 *   renames FILE         a file is replaced as a whole                     libc
 *   syncs FILE           what was appended to a file is made to last       libc
 *   keeps a secret       the app has the keyring store one                 libsecret
 *   drops a secret       or drop it                                        libsecret
 *
 * Each waits until the test says go on, so that a test may kill any of the programs there. The
 * test listens on the socket that ENIGM_WITNESS names; where it names none, nobody is told. */

#include "weather.h"

#include <dlfcn.h>
#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_SIZE 256
#define MESSAGE_START 3 /* after a first frame's control byte and length */
#define TYPE_SEALED 5
#define GNUTLS_E_PUSH_ERROR -53

typedef ssize_t (*RecordSend) (void *session, const void *data, size_t size);
typedef int (*Rename) (const char *from, const char *to);
typedef int (*RenameAt) (int from_folder, const char *from, int to_folder, const char *to);
typedef int (*Sync) (int fd);
typedef void (*ProxyCall) (GDBusProxy *,
                           const char *,
                           GVariant *,
                           GDBusCallFlags,
                           int,
                           GCancellable *,
                           GAsyncReadyCallback,
                           gpointer);
typedef gboolean (*EmitSignal) (GDBusConnection *,
                                const char *,
                                const char *,
                                const char *,
                                const char *,
                                GVariant *,
                                GError **);
typedef void (*SecretStore) (const void *,
                             GHashTable *,
                             const char *,
                             const char *,
                             void *,
                             GCancellable *,
                             GAsyncReadyCallback,
                             gpointer);
typedef void (
  *SecretClear) (const void *, GHashTable *, GCancellable *, GAsyncReadyCallback, gpointer);

ssize_t gnutls_record_send (void *session, const void *data, size_t size);
void secret_password_storev_binary (const void *schema,
                                    GHashTable *attributes,
                                    const char *collection,
                                    const char *label,
                                    void *value,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void secret_password_clearv (const void *schema,
                             GHashTable *attributes,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/* The function that would have been called without this library. */
#define NEXT(type, name) ((type) dlsym (RTLD_NEXT, name))

static int
connect_to_test (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, g_getenv ("ENIGM_WITNESS"), sizeof address.sun_path);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    _exit (70); /* without its test it is nothing */
  return fd;
}

/* One at a time, from whatever thread. A program whose test has gone goes too. */
static void
tell (const char *format, ...)
{
  static GMutex mutex;
  static int fd = -1;
  char line[LINE_MAX_SIZE];
  char go;
  va_list args;
  gsize length;

  if (g_getenv ("ENIGM_WITNESS") == NULL)
    return;
  va_start (args, format);
  vsnprintf (line, sizeof line - 1, format, args);
  va_end (args);
  length = strlen (line);
  line[length++] = '\n';

  g_mutex_lock (&mutex);
  if (fd < 0)
    fd = connect_to_test ();
  if (send (fd, line, length, MSG_NOSIGNAL) != (gssize) length || recv (fd, &go, 1, 0) != 1)
    _exit (70);
  g_mutex_unlock (&mutex);
}

/* Bluetooth */

static void
tell_frame (GVariant *value)
{
  gsize size;
  const guint8 *frame = g_variant_get_fixed_array (value, &size, 1);
  guint8 type;

  /* The first frame of a message: its length, then an array, whose first element is the type. */
  if (size < MESSAGE_START + 2 || !(frame[0] & 0x80))
    return;
  type = frame[MESSAGE_START + 1];
  if (type == TYPE_SEALED)
    tell ("sends sealed");
  else
    tell ("sends %u", type);
}

void
g_dbus_proxy_call (GDBusProxy *proxy,
                   const char *method,
                   GVariant *parameters,
                   GDBusCallFlags flags,
                   int timeout,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  static ProxyCall next;

  if (next == NULL)
    next = NEXT (ProxyCall, "g_dbus_proxy_call");
  if (g_str_equal (method, "ReadValue"))
    tell ("reads hello");
  else if (g_str_equal (method, "WriteValue"))
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (parameters, 0);

      tell_frame (value);
    }
  next (proxy, method, parameters, flags, timeout, cancellable, callback, user_data);
}

gboolean
g_dbus_connection_emit_signal (GDBusConnection *connection,
                               const char *destination,
                               const char *path,
                               const char *interface,
                               const char *name,
                               GVariant *parameters,
                               GError **error)
{
  static EmitSignal next;

  if (next == NULL)
    next = NEXT (EmitSignal, "g_dbus_connection_emit_signal");
  if (g_str_has_suffix (path, "/outbox") && g_str_equal (name, "PropertiesChanged"))
    {
      g_autoptr (GVariant) changed = g_variant_get_child_value (parameters, 1);
      g_autoptr (GVariant) value =
        g_variant_lookup_value (changed, "Value", G_VARIANT_TYPE_BYTESTRING);

      tell_frame (value);
    }
  return next (connection, destination, path, interface, name, parameters, error);
}

/* HTTPS */

ssize_t
gnutls_record_send (void *session, const void *data, size_t size)
{
  static RecordSend next;
  static const char *const starts[] = { "GET ", "POST ", "PUT ", "DELETE ", "HTTP/1.1 " };
  g_autofree char *line = g_strndup (data != NULL ? data : "", MIN (size, LINE_MAX_SIZE / 2));
  char *end;

  if (next == NULL)
    /* GIO's TLS is a module, whose libraries RTLD_NEXT does not see. */
    next = (RecordSend) dlsym (dlopen ("libgnutls.so.30", RTLD_LAZY), "gnutls_record_send");
  line[strcspn (line, "\r\n")] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_str_has_prefix (line, starts[i]))
      {
        const char *said =
          g_str_has_prefix (line, "HTTP/1.1 ") ? line + strlen ("HTTP/1.1 ") : line;

        /* Of a request its method and path, of an answer its number. */
        end = said == line ? strstr (line, " HTTP/1.1") : strchr (said, ' ');
        if (end != NULL)
          *end = '\0';
        tell ("sends %s", said);
      }
  return weather_has_no_network () ? GNUTLS_E_PUSH_ERROR : next (session, data, size);
}

/* Files. Folders are synced for a power cut's sake alone, which is not told. */

static void
tell_file (const char *what, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  tell ("%s %s", what, name);
}

static void
tell_sync (int fd)
{
  char link[64], path[4096];
  struct stat info;
  gssize length;

  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  if (length < 0 || fstat (fd, &info) < 0 || !S_ISREG (info.st_mode))
    return;
  path[length] = '\0';
  tell_file ("syncs", path);
}

int
fsync (int fd)
{
  static Sync next;

  if (next == NULL)
    next = NEXT (Sync, "fsync");
  tell_sync (fd);
  return next (fd);
}

int
fdatasync (int fd)
{
  static Sync next;

  if (next == NULL)
    next = NEXT (Sync, "fdatasync");
  tell_sync (fd);
  return next (fd);
}

int
rename (const char *from, const char *to)
{
  static Rename next;

  if (next == NULL)
    next = NEXT (Rename, "rename");
  tell_file ("renames", to);
  return next (from, to);
}

int
renameat (int from_folder, const char *from, int to_folder, const char *to)
{
  static RenameAt next;

  if (next == NULL)
    next = NEXT (RenameAt, "renameat");
  tell_file ("renames", to);
  return next (from_folder, from, to_folder, to);
}

/* The keyring */

void
secret_password_storev_binary (const void *schema,
                               GHashTable *attributes,
                               const char *collection,
                               const char *label,
                               void *value,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  static SecretStore next;

  if (next == NULL)
    next = NEXT (SecretStore, "secret_password_storev_binary");
  tell ("keeps a secret");
  next (schema, attributes, collection, label, value, cancellable, callback, user_data);
}

void
secret_password_clearv (const void *schema,
                        GHashTable *attributes,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  static SecretClear next;

  if (next == NULL)
    next = NEXT (SecretClear, "secret_password_clearv");
  tell ("drops a secret");
  next (schema, attributes, cancellable, callback, user_data);
}
