/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>
#include <openssl/crypto.h>
#include <string.h>

#include "enigm-json.h"
#include "enigm-keyring.h"
#include "enigm-portal.h"

/* Seconds the keyring service has to answer, and a person to answer its prompt. */
#define SERVICE_SECONDS 10
#define PROMPT_SECONDS 120

static const SecretSchema schema = {
  .name = APPLICATION_ID,
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "place", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "origin", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "binding", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

static const gchar *const kind_names[] = { "session", "computer", "key", "files" };

struct _EnigmKeyring
{
  GObject parent;
  gchar *place;
  gchar *origin;
  gchar *user;
};

G_DEFINE_TYPE (EnigmKeyring, enigm_keyring, G_TYPE_OBJECT)

typedef enum
{
  STORE,
  LOOKUP,
  CLEAR,
  LIST,
  UNLOCK,
} Action;

/* What one call wants, and who may end it before there is an answer: the clock, and the caller.
 *
 * Such a call ends at once, and what comes of it later is dropped. libsecret is never told to give
 * up, since it does not survive that: 0.20 returns some of its tasks twice, and 0.21 frees a
 * collection that is still in use. */
typedef struct
{
  Action action;
  GHashTable *attributes;
  gchar *label;
  SecretValue *value;
  guint timeout_id;
  GSource *cancelled;
  gboolean asks; /* the service asks the person first */
  gboolean over;
  SecretService *service;
} Call;

static void
call_end (Call *call)
{
  call->over = TRUE;
  g_clear_handle_id (&call->timeout_id, g_source_remove);
  if (call->cancelled != NULL)
    g_source_destroy (call->cancelled);
  g_clear_pointer (&call->cancelled, g_source_unref);
  g_clear_pointer (&call->value, secret_value_unref);
}

static void
call_free (gpointer data)
{
  Call *call = data;

  call_end (call);
  g_clear_pointer (&call->attributes, g_hash_table_unref);
  g_clear_object (&call->service);
  g_free (call->label);
  g_free (call);
}

static void
enigm_keyring_finalize (GObject *object)
{
  EnigmKeyring *self = ENIGM_KEYRING (object);

  g_free (self->place);
  g_free (self->origin);
  g_free (self->user);
  G_OBJECT_CLASS (enigm_keyring_parent_class)->finalize (object);
}

static void
enigm_keyring_class_init (EnigmKeyringClass *class)
{
  G_OBJECT_CLASS (class)->finalize = enigm_keyring_finalize;
}

static void
enigm_keyring_init (EnigmKeyring *self)
{
}

EnigmKeyring *
enigm_keyring_new (void)
{
  return g_object_new (ENIGM_TYPE_KEYRING, NULL);
}

void
enigm_keyring_set_place (EnigmKeyring *self, const gchar *place)
{
  g_return_if_fail (ENIGM_IS_KEYRING (self) && place != NULL);

  g_free (self->place);
  self->place = g_strdup (place);
}

void
enigm_keyring_set_scope (EnigmKeyring *self, const gchar *origin, const gchar *user)
{
  g_return_if_fail (ENIGM_IS_KEYRING (self));

  g_free (self->origin);
  self->origin = g_strdup (origin);
  g_free (self->user);
  self->user = g_strdup (user);
}

/* In a sandbox libsecret keeps a file of its own, sealed with a key from the Secret portal, and
 * there is no service to ask; the environment variable asks for the same outside of one. */
static gboolean
has_service (void)
{
  return g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") != 0 && !enigm_portal_is_needed ();
}

/* What libsecret makes of a Secret portal that answers "no": a word of its own has it none. */
static gboolean
is_portals_refusal (const GError *error)
{
  return enigm_portal_is_needed () && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED) ||
                                       g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

/* What is said of a collection that is not there. */
static gboolean
is_absence (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT);
}

static void
return_locked (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  call_end (call);
  g_task_return_new_error (
    task, ENIGM_ERROR, ENIGM_ERROR_KEYRING_LOCKED, "%s",
    call->asks && call->action == STORE
      ? _ ("There is no keyring yet to keep secrets in. Nothing was changed. Try again, and choose "
           "a password for a new keyring when your desktop asks for one.")
    : enigm_portal_is_needed ()
      ? _ ("Your keyring is locked, or your desktop keeps it closed to Enigm App. Nothing was "
           "changed, and your key goes on working. Enigm App cannot unlock it from its sandbox: "
           "unlock it in your desktop's program for passwords, and try again.")
      : _ ("Your keyring is locked. Nothing was changed, and your key goes on "
           "working. Unlock the keyring to go on."));
}

static void
return_missing (GTask *task)
{
  call_end (g_task_get_task_data (task));
  g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_KEYRING_MISSING, "%s",
                           _ ("No keyring answers on this computer. Nothing was changed, and your "
                              "key goes on working. Start or install a keyring, such as GNOME "
                              "Keyring or KWallet, and try again."));
}

/* The one place where errors of libsecret and D-Bus become ours. */
static void
return_mapped (GTask *task, const GError *error)
{
  Call *call = g_task_get_task_data (task);

  if (error->domain == SECRET_ERROR || is_portals_refusal (error) ||
      (call->asks && is_absence (error)))
    /* A collection that is locked after all or was not made, or in a sandbox a portal that refused.
     */
    return_locked (task);
  else
    return_missing (task);
}

static gboolean
on_time_up (gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);

  if (call->asks)
    return_locked (task);
  else
    return_missing (task);
  return G_SOURCE_REMOVE;
}

static void
set_clock (GTask *task, guint seconds)
{
  Call *call = g_task_get_task_data (task);

  g_clear_handle_id (&call->timeout_id, g_source_remove);
  call->timeout_id = g_timeout_add_seconds (seconds, on_time_up, task);
}

static void
expect_prompt (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  call->asks = TRUE;
  set_clock (task, PROMPT_SECONDS);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  GTask *task = data;

  call_end (g_task_get_task_data (task));
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static EnigmSecret *
decode (SecretValue *value)
{
  gsize len;
  const gchar *text = secret_value_get (value, &len);
  EnigmSecret *secret = NULL;
  guint8 *data;

  if (len == 0 || len > ENIGM_KEYRING_MAX_SECRET * 2 || text[len] != '\0')
    return NULL;
  data = g_base64_decode (text, &len);
  if (len > 0 && len <= ENIGM_KEYRING_MAX_SECRET)
    secret = enigm_secret_new_copy (data, len);
  OPENSSL_cleanse (data, len);
  g_free (data);
  return secret;
}

static GStrv
list_bindings (GList *items)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (GList *l = items; l != NULL; l = l->next)
    {
      g_autoptr (GHashTable) attributes = secret_retrievable_get_attributes (l->data);
      const gchar *binding = g_hash_table_lookup (attributes, "binding");

      if (binding != NULL && enigm_is_hex (binding, 32))
        g_strv_builder_add (builder, binding);
    }
  return g_strv_builder_end (builder);
}

static void
on_answered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean done = TRUE;
  SecretValue *value = NULL;
  GList *items = NULL;

  if (call->over)
    return;
  call_end (call);
  switch (call->action)
    {
    case STORE:
      done = secret_password_store_finish (result, &error);
      break;
    case LOOKUP:
      value = secret_password_lookup_binary_finish (result, &error);
      break;
    case CLEAR:
      secret_password_clear_finish (result, &error);
      break;
    case LIST:
      items = secret_password_search_finish (result, &error);
      break;
    case UNLOCK:
      done = secret_service_unlock_finish (call->service, result, NULL, &error) > 0;
      break;
    default:
      g_assert_not_reached ();
    }

  if (error != NULL)
    return_mapped (task, error);
  else if (!done)
    return_locked (task);
  else if (call->action == LOOKUP)
    g_task_return_pointer (task, value != NULL ? decode (value) : NULL,
                           (GDestroyNotify) enigm_secret_unref);
  else if (call->action == LIST)
    g_task_return_pointer (task, list_bindings (items), (GDestroyNotify) g_strfreev);
  else
    g_task_return_boolean (task, TRUE);
  g_clear_pointer (&value, secret_value_unref);
  g_list_free_full (items, g_object_unref);
}

static void
run (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  switch (call->action)
    {
    case STORE:
      secret_password_storev_binary (&schema, call->attributes, SECRET_COLLECTION_DEFAULT,
                                     call->label, call->value, NULL, on_answered,
                                     g_object_ref (task));
      break;
    case LOOKUP:
      secret_password_lookupv (&schema, call->attributes, NULL, on_answered, g_object_ref (task));
      break;
    case CLEAR:
      secret_password_clearv (&schema, call->attributes, NULL, on_answered, g_object_ref (task));
      break;
    case LIST:
      secret_password_searchv (&schema, call->attributes, SECRET_SEARCH_ALL, NULL, on_answered,
                               g_object_ref (task));
      break;
    case UNLOCK:
      /* Where there is no service, or no keyring yet, there is nothing to unlock. */
      call_end (call);
      g_task_return_boolean (task, TRUE);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
on_collection_got (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_finish (result, &error);

  if (call->over)
    return;
  if (error != NULL)
    return_mapped (task, error);
  else if (collection == NULL)
    {
      /* To store, one is made, for which the service asks the person for a password. */
      if (call->action == STORE)
        expect_prompt (task);
      run (task);
    }
  /* A look-up in a locked collection finds nothing and says nothing, so it is asked first. */
  else if (!secret_collection_get_locked (collection))
    run (task);
  else if (call->action == UNLOCK)
    {
      GList objects = { .data = collection };

      expect_prompt (task);
      secret_service_unlock (call->service, &objects, NULL, on_answered, g_object_ref (task));
    }
  else
    return_locked (task);
}

static void
on_service_got (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  call->service = secret_service_get_finish (result, &error);
  if (call->over)
    return;
  if (call->service == NULL)
    return_mapped (task, error);
  else
    secret_collection_for_alias (call->service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                 NULL, on_collection_got, g_object_ref (task));
}

/* In a sandbox libsecret begins by asking the Secret portal, and waits for its first answer where
 * it is called; afterwards it keeps what it was given, and asks no more. So it begins in a thread,
 * with a look-up that finds nothing. An answer that comes too late counts the next time.
 *
 * Nothing else is asked of it meanwhile, since it is not made for two threads: what waits for it
 * here runs once it is open. */
static GQueue waiting = G_QUEUE_INIT;
static gint64 opening_since; /* monotonic microseconds; 0 where it is not being opened */
static gboolean backend_is_open;

static void
open_backend (GTask *opening, gpointer object, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  secret_password_free (
    secret_password_lookup_sync (&schema, NULL, &error, "kind", "nothing", NULL));
  if (error == NULL)
    g_task_return_boolean (opening, TRUE);
  else
    g_task_return_error (opening, error);
}

static void
on_backend_opened (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GTask *task;

  opening_since = 0;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    backend_is_open = TRUE;
  while ((task = g_queue_pop_head (&waiting)) != NULL)
    {
      Call *call = g_task_get_task_data (task);

      if (!call->over && error == NULL)
        run (task);
      else if (!call->over)
        return_mapped (task, error);
      g_object_unref (task);
    }
}

static void
on_portal_probed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GTask) opening = NULL;
  g_autoptr (GError) error = NULL;
  guint version = enigm_portal_probe_finish (result, &error);

  if (call->over)
    return;
  if (version == 0)
    return_mapped (task, error);
  else if (backend_is_open)
    run (task);
  else
    {
      g_queue_push_tail (&waiting, g_object_ref (task));
      /* One that had no answer in time is left alone: the portal may have lost the question. */
      if (opening_since != 0 && now - opening_since < SERVICE_SECONDS * G_USEC_PER_SEC)
        return;
      opening_since = now;
      opening = g_task_new (NULL, NULL, on_backend_opened, NULL);
      g_task_run_in_thread (opening, open_backend);
    }
}

static GTask *
begin (EnigmKeyring *self,
       Action action,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data,
       gpointer tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, call, call_free);
  call->action = action;
  if (cancellable != NULL)
    {
      call->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (call->cancelled, G_SOURCE_FUNC (on_cancelled), task, NULL);
      g_source_attach (call->cancelled, NULL);
    }
  set_clock (task, SERVICE_SECONDS);
  return task;
}

static void
start (GTask *task)
{
  if (has_service ())
    secret_service_get (SECRET_SERVICE_NONE, NULL, on_service_got, g_object_ref (task));
  else if (enigm_portal_is_needed () && !backend_is_open)
    /* Without the portal libsecret would look for a service, which a sandbox should not have. */
    enigm_portal_probe_async ("org.freedesktop.portal.Secret", NULL, on_portal_probed,
                              g_object_ref (task));
  else
    run (task);
}

/* The attributes that find one item; more of them say what it belongs to. */
static GHashTable *
build_attributes (EnigmKeyring *self, EnigmKeyringKind kind, const gchar *binding, gboolean store)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  g_assert (self->place != NULL);

  g_hash_table_insert (attributes, (gpointer) "kind", g_strdup (kind_names[kind]));
  g_hash_table_insert (attributes, (gpointer) "place", g_strdup (self->place));
  if (binding != NULL)
    g_hash_table_insert (attributes, (gpointer) "binding", g_strdup (binding));
  if (store && kind != ENIGM_KEYRING_FILES && self->origin != NULL)
    g_hash_table_insert (attributes, (gpointer) "origin", g_strdup (self->origin));
  if (store && kind != ENIGM_KEYRING_FILES && self->user != NULL)
    g_hash_table_insert (attributes, (gpointer) "user", g_strdup (self->user));
  return attributes;
}

static gchar *
describe_item (EnigmKeyringKind kind)
{
  switch (kind)
    {
    case ENIGM_KEYRING_SESSION:
      return g_strdup (_ ("Enigm App: session"));
    case ENIGM_KEYRING_COMPUTER:
      return g_strdup (_ ("Enigm App: this computer’s signing key"));
    case ENIGM_KEYRING_KEY:
      return g_strdup (_ ("Enigm App: management secret of an Enigm Key"));
    case ENIGM_KEYRING_FILES:
      return g_strdup (_ ("Enigm App: key of the files on this computer"));
    default:
      g_assert_not_reached ();
    }
}

void
enigm_keyring_store_async (EnigmKeyring *self,
                           EnigmKeyringKind kind,
                           const gchar *binding_hex,
                           EnigmSecret *secret,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;
  const guint8 *data;
  gsize len;
  gchar *text;

  g_return_if_fail (ENIGM_IS_KEYRING (self) && self->place != NULL && secret != NULL);
  g_return_if_fail ((kind == ENIGM_KEYRING_KEY) == (binding_hex != NULL));

  task = begin (self, STORE, cancellable, callback, user_data, enigm_keyring_store_async);
  call = g_task_get_task_data (task);
  data = enigm_secret_peek (secret, &len);
  g_return_if_fail (len > 0 && len <= ENIGM_KEYRING_MAX_SECRET);
  /* As text, because not every keyring keeps a zero byte. */
  text = g_base64_encode (data, len);
  call->value = secret_value_new (text, (gssize) strlen (text), "text/plain");
  OPENSSL_cleanse (text, strlen (text));
  g_free (text);
  call->label = describe_item (kind);
  call->attributes = build_attributes (self, kind, binding_hex, TRUE);
  start (task);
}

gboolean
enigm_keyring_store_finish (EnigmKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_keyring_lookup_async (EnigmKeyring *self,
                            EnigmKeyringKind kind,
                            const gchar *binding_hex,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (ENIGM_IS_KEYRING (self) && self->place != NULL);
  g_return_if_fail ((kind == ENIGM_KEYRING_KEY) == (binding_hex != NULL));

  task = begin (self, LOOKUP, cancellable, callback, user_data, enigm_keyring_lookup_async);
  call = g_task_get_task_data (task);
  call->attributes = build_attributes (self, kind, binding_hex, FALSE);
  start (task);
}

EnigmSecret *
enigm_keyring_lookup_finish (EnigmKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
enigm_keyring_clear_async (EnigmKeyring *self,
                           EnigmKeyringKind kind,
                           const gchar *binding_hex,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (ENIGM_IS_KEYRING (self) && self->place != NULL);
  g_return_if_fail (kind == ENIGM_KEYRING_KEY || binding_hex == NULL);

  task = begin (self, CLEAR, cancellable, callback, user_data, enigm_keyring_clear_async);
  call = g_task_get_task_data (task);
  call->attributes = build_attributes (self, kind, binding_hex, FALSE);
  start (task);
}

gboolean
enigm_keyring_clear_finish (EnigmKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_keyring_clear_all_async (EnigmKeyring *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (ENIGM_IS_KEYRING (self) && self->place != NULL);

  task = begin (self, CLEAR, cancellable, callback, user_data, enigm_keyring_clear_all_async);
  call = g_task_get_task_data (task);
  call->attributes = build_attributes (self, ENIGM_KEYRING_FILES, NULL, FALSE);
  g_hash_table_remove (call->attributes, "kind");
  start (task);
}

gboolean
enigm_keyring_clear_all_finish (EnigmKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_keyring_list_bindings_async (EnigmKeyring *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (ENIGM_IS_KEYRING (self) && self->place != NULL);

  task = begin (self, LIST, cancellable, callback, user_data, enigm_keyring_list_bindings_async);
  call = g_task_get_task_data (task);
  call->attributes = build_attributes (self, ENIGM_KEYRING_KEY, NULL, FALSE);
  start (task);
}

GStrv
enigm_keyring_list_bindings_finish (EnigmKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
enigm_keyring_unlock_async (EnigmKeyring *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_KEYRING (self));

  task = begin (self, UNLOCK, cancellable, callback, user_data, enigm_keyring_unlock_async);
  start (task);
}

gboolean
enigm_keyring_unlock_finish (EnigmKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
