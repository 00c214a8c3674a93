/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <openssl/crypto.h>
#include <string.h>

#include "enigm-account-private.h"
#include "enigm-place.h"
#include "enigm-platform-private.h"
#include "enigm-secret-json.h"
#include "protocol/enigm-text.h"

#define FILES_KEY_SIZE 32
#define TOKEN_MAX 256
#define COMPUTER_NAME_MAX 64

typedef enum
{
  PLACE,
  FILES_KEY,
  STORE_FILES_KEY,
  STORE_COMPUTER,
  SEND,
  DROP_SECRETS,
  STORE_SESSION,
  SAVE,
  REFRESH,
  DONE,
} Step;

typedef struct
{
  Step step;
  gboolean is_new;
  EnigmPlatform *platform;
  gchar *user;
  EnigmSecret *password;
  EnigmSecret *pin;
  gchar *computer_name;
  EnigmSecret *files_key;
  EnigmP256Key *computer_key;
  gchar *contact_id;
  gchar *computer_id;
  GError *error;
} SignIn;

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  g_clear_object (&sign_in->platform);
  g_free (sign_in->user);
  g_clear_pointer (&sign_in->password, enigm_secret_unref);
  g_clear_pointer (&sign_in->pin, enigm_secret_unref);
  g_free (sign_in->computer_name);
  g_clear_pointer (&sign_in->files_key, enigm_secret_unref);
  g_clear_pointer (&sign_in->computer_key, enigm_p256_key_unref);
  g_free (sign_in->contact_id);
  g_free (sign_in->computer_id);
  g_clear_error (&sign_in->error);
  g_free (sign_in);
}

gboolean
enigm_account_check_user (const gchar *user, GError **error)
{
  gsize len = user != NULL ? strlen (user) : 0;

  if (len >= 3 && len <= 64 && strspn (user, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len)
    return TRUE;
  g_set_error_literal (
    error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
    _ ("A user name has 3 to 64 of the characters a to z, 0 to 9, dot, hyphen and "
       "underscore. Nothing was sent."));
  return FALSE;
}

gboolean
enigm_account_check_password (EnigmSecret *password, GError **error)
{
  gsize len;
  const gchar *text = (const gchar *) enigm_secret_peek (password, &len);

  if (len >= 8 && len <= 256 && g_utf8_validate_len (text, len, NULL))
    return TRUE;
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       _ ("A password has at least 8 characters, and at most 256. Nothing was "
                          "sent."));
  return FALSE;
}

gboolean
enigm_account_check_pin (EnigmSecret *pin, GError **error)
{
  gsize len;
  const guint8 *text = enigm_secret_peek (pin, &len);
  gboolean digits = len == 6;

  for (gsize i = 0; digits && i < len; i++)
    digits = g_ascii_isdigit (text[i]);
  if (digits)
    return TRUE;
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       _ ("A PIN has six digits. Nothing was sent."));
  return FALSE;
}

static GBytes *
build_body (SignIn *sign_in)
{
  GByteArray *body = enigm_secret_json_begin ();
  g_autofree gchar *point = enigm_base64url_encode (
    enigm_p256_key_get_point (sign_in->computer_key), ENIGM_P256_POINT_SIZE);

  enigm_secret_json_add_text (body, "user", sign_in->user);
  enigm_secret_json_add_secret (body, "password", sign_in->password);
  if (sign_in->is_new)
    enigm_secret_json_add_secret (body, "pin", sign_in->pin);
  enigm_secret_json_open (body, "computer");
  enigm_secret_json_add_text (body, "name", sign_in->computer_name);
  enigm_secret_json_add_text (body, "public_key", point);
  enigm_secret_json_close (body);
  return enigm_secret_json_end (body);
}

static void advance (GTask *task);

static void
on_cleaned (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);
  g_autofree gchar *place = enigm_account_get_place_path (self);

  /* What could not be removed opens nothing: no account was made with it. */
  enigm_keyring_clear_all_finish (ENIGM_KEYRING (object), result, NULL);
  /* A store that was given up may still be done, and is found only by its place: by the next try,
   * and by whoever signs out then. */
  if (sign_in->step != STORE_FILES_KEY && sign_in->step != STORE_COMPUTER)
    g_unlink (place);
  g_task_return_error (task, g_steal_pointer (&sign_in->error));
}

/* Where nothing was signed in before, nothing is left behind. */
static void
fail (GTask *task, GError *error)
{
  EnigmAccount *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);

  /* Before it has its place, nothing is in the keyring, and nothing could be looked for there. */
  if (self->state != ENIGM_ACCOUNT_STATE_SIGNED_OUT || sign_in->step == PLACE ||
      sign_in->step > SEND)
    {
      g_task_return_error (task, error);
      return;
    }
  sign_in->error = error;
  enigm_keyring_clear_all_async (self->keyring, NULL, on_cleaned, g_object_ref (task));
}

static void
next (GTask *task, Step step)
{
  SignIn *sign_in = g_task_get_task_data (task);

  sign_in->step = step;
  advance (task);
}

static void
on_place_ensured (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  g_autofree gchar *place = NULL;
  GError *error = NULL;

  place = enigm_place_ensure_finish (result, &error);
  if (place == NULL)
    {
      fail (task, error);
      return;
    }
  enigm_keyring_set_place (self->keyring, place);
  next (task, FILES_KEY);
}

static void
on_files_key_found (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  SignIn *sign_in = g_task_get_task_data (task);
  GError *error = NULL;

  sign_in->files_key = enigm_keyring_lookup_finish (ENIGM_KEYRING (object), result, &error);
  if (error == NULL && sign_in->files_key != NULL &&
      enigm_secret_get_length (sign_in->files_key) == FILES_KEY_SIZE)
    {
      next (task, STORE_COMPUTER);
      return;
    }
  g_clear_pointer (&sign_in->files_key, enigm_secret_unref);
  if (error == NULL)
    sign_in->files_key = enigm_secret_new_random (FILES_KEY_SIZE, &error);
  if (error != NULL)
    fail (task, error);
  else
    next (task, STORE_FILES_KEY);
}

static void
on_stored (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  SignIn *sign_in = g_task_get_task_data (task);
  GError *error = NULL;

  if (!enigm_keyring_store_finish (ENIGM_KEYRING (object), result, &error))
    fail (task, error);
  else
    next (task, sign_in->step + 1);
}

static gboolean
read_answer (SignIn *sign_in, JsonObject *json, GError **error)
{
  JsonObject *account;
  JsonObject *computer;
  JsonObject *session;
  g_autofree gchar *token = NULL;
  g_autoptr (GBytes) identity = NULL;
  g_autoptr (EnigmSecret) secret = NULL;

  if (!enigm_json_read_object (json, "account", &account, error) ||
      !enigm_model_read_contact_id (account, "contact_id", &sign_in->contact_id, error) ||
      !enigm_json_read_object (json, "computer", &computer, error) ||
      !enigm_json_read_hex (computer, "id", 32, &sign_in->computer_id, error) ||
      !enigm_json_read_object (json, "session", &session, error) ||
      !enigm_json_read_string (session, "token", TOKEN_MAX, &token, error) ||
      !enigm_json_read_bytes (json, "identity", ENIGM_P256_POINT_SIZE, ENIGM_P256_POINT_SIZE,
                              &identity, error))
    return FALSE;
  if (!enigm_p256_check_point (g_bytes_get_data (identity, NULL), ENIGM_P256_POINT_SIZE, NULL))
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER,
                   _ ("What answers at %s is not an Enigm platform, or not one that this version "
                      "understands. You are not signed in. Check the address."),
                   enigm_platform_get_host (sign_in->platform));
      return FALSE;
    }
  secret = enigm_secret_new_copy ((const guint8 *) token, strlen (token));
  OPENSSL_cleanse (token, strlen (token));
  enigm_platform_set_identity (sign_in->platform, identity);
  enigm_platform_set_session (sign_in->platform, secret);
  enigm_platform_set_computer (sign_in->platform, sign_in->computer_id, sign_in->computer_key);
  return TRUE;
}

static void
on_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  SignIn *sign_in = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (answer == NULL || !read_answer (sign_in, json_node_get_object (answer), &error))
    fail (task, error);
  else
    next (task, DROP_SECRETS);
}

/* The account becomes the one that answered; what belonged to another one goes. */
static gboolean
take_over (EnigmAccount *self, SignIn *sign_in)
{
  gboolean same =
    g_str_equal (self->contact_id, sign_in->contact_id) &&
    g_str_equal (enigm_account_get_origin (self), enigm_platform_get_origin (sign_in->platform));
  g_autofree gchar *path = enigm_account_get_file_path (self);

  if (!same)
    enigm_account_forget (self);
  g_clear_object (&self->file);
  self->file = enigm_sealed_file_new (path, sign_in->files_key);
  g_free (self->computer_id);
  self->computer_id = g_strdup (sign_in->computer_id);
  enigm_account_take_platform (self, sign_in->platform);
  enigm_account_take_names (self, sign_in->user, sign_in->contact_id);
  enigm_keyring_set_scope (self->keyring, enigm_account_get_origin (self), self->user);
  self->heard = g_get_real_time () / G_USEC_PER_SEC;
  return same;
}

static void
on_secrets_dropped (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (!enigm_keyring_clear_finish (ENIGM_KEYRING (object), result, &error))
    fail (task, error);
  else
    next (task, STORE_SESSION);
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (!enigm_account_save_finish (ENIGM_ACCOUNT (object), result, &error))
    fail (task, error);
  else
    next (task, REFRESH);
}

static void
on_refreshed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  /* Signed in is signed in; what could not be asked for is shown as not known. */
  if (!enigm_account_refresh_finish (ENIGM_ACCOUNT (object), result, &error))
    g_info ("Signed in, but not everything could be asked for: %s", error->message);
  next (task, DONE);
}

static void
advance (GTask *task)
{
  EnigmAccount *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);
  /* Once the platform has answered, this computer exists there: it is kept, come what may. */
  GCancellable *cancellable = sign_in->step <= SEND ? g_task_get_cancellable (task) : NULL;
  g_autoptr (EnigmSecret) pem = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree gchar *path = NULL;
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      fail (task, error);
      return;
    }
  switch (sign_in->step)
    {
    case PLACE:
      /* It names this data folder in the keyring; without an account there is no need for it. */
      path = enigm_account_get_place_path (self);
      enigm_place_ensure_async (path, cancellable, on_place_ensured, g_object_ref (task));
      break;
    case FILES_KEY:
      enigm_keyring_lookup_async (self->keyring, ENIGM_KEYRING_FILES, NULL, cancellable,
                                  on_files_key_found, g_object_ref (task));
      break;
    case STORE_FILES_KEY:
      enigm_keyring_store_async (self->keyring, ENIGM_KEYRING_FILES, NULL, sign_in->files_key,
                                 cancellable, on_stored, g_object_ref (task));
      break;
    case STORE_COMPUTER:
      sign_in->computer_key = enigm_p256_key_generate (&error);
      if (sign_in->computer_key == NULL)
        {
          fail (task, error);
          return;
        }
      pem = enigm_p256_key_to_pem (sign_in->computer_key);
      enigm_keyring_store_async (self->keyring, ENIGM_KEYRING_COMPUTER, NULL, pem, cancellable,
                                 on_stored, g_object_ref (task));
      break;
    case SEND:
      body = build_body (sign_in);
      enigm_platform_send_async (
        sign_in->platform, "POST", sign_in->is_new ? "/v1/accounts" : "/v1/sessions", body,
        ENIGM_PLATFORM_CALL_NONE, NULL, cancellable, on_sent, g_object_ref (task));
      break;
    case DROP_SECRETS:
      if (take_over (self, sign_in))
        next (task, STORE_SESSION);
      else
        enigm_keyring_clear_async (self->keyring, ENIGM_KEYRING_KEY, NULL, cancellable,
                                   on_secrets_dropped, g_object_ref (task));
      break;
    case STORE_SESSION:
      enigm_keyring_store_async (self->keyring, ENIGM_KEYRING_SESSION, NULL,
                                 enigm_platform_get_session (self->platform), cancellable,
                                 on_stored, g_object_ref (task));
      break;
    case SAVE:
      enigm_account_save_async (self, cancellable, on_saved, g_object_ref (task));
      break;
    case REFRESH:
      enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_SIGNED_IN);
      enigm_account_refresh_async (self, cancellable, on_refreshed, g_object_ref (task));
      break;
    case DONE:
      g_task_return_boolean (task, TRUE);
      break;
    default:
      g_assert_not_reached ();
    }
}

static gchar *
default_computer_name (void)
{
  g_autofree gchar *name = g_utf8_make_valid (g_get_host_name (), -1);

  return g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), COMPUTER_NAME_MAX / 4));
}

static void
begin (EnigmAccount *self,
       GTask *task,
       const gchar *origin,
       EnigmTrust *trust,
       const gchar *user,
       EnigmSecret *password,
       EnigmSecret *pin,
       const gchar *computer_name)
{
  SignIn *sign_in = g_new0 (SignIn, 1);
  GError *error = NULL;

  g_task_set_task_data (task, sign_in, sign_in_free);
  sign_in->is_new = pin != NULL;
  sign_in->user = g_strdup (user);
  sign_in->password = enigm_secret_ref (password);
  sign_in->pin = pin != NULL ? enigm_secret_ref (pin) : NULL;
  sign_in->computer_name =
    computer_name != NULL ? g_strdup (computer_name) : default_computer_name ();

  if (self->state == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    error =
      g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_IN_USE,
                           _ ("This computer is signed in already. Nothing was sent. Sign out "
                              "first."));
  else if (strlen (sign_in->computer_name) == 0 ||
           strlen (sign_in->computer_name) > COMPUTER_NAME_MAX)
    error = g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                                 _ ("This computer's name is too long. Nothing was sent. Choose a "
                                    "shorter one."));
  if (error != NULL || !enigm_account_check_user (user, &error) ||
      !enigm_account_check_password (password, &error) ||
      (pin != NULL && !enigm_account_check_pin (pin, &error)))
    {
      g_task_return_error (task, error);
      return;
    }
  sign_in->platform = enigm_platform_new (origin, trust);
  enigm_keyring_set_scope (self->keyring, origin, user);
  advance (task);
}

EnigmTrust *
enigm_account_get_kept_trust (EnigmAccount *self, const gchar *origin)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && origin != NULL, NULL);
  return self->state == ENIGM_ACCOUNT_STATE_SESSION_ENDED && self->platform != NULL &&
             g_str_equal (enigm_platform_get_origin (self->platform), origin)
           ? enigm_platform_get_trust (self->platform)
           : NULL;
}

void
enigm_account_sign_up_async (EnigmAccount *self,
                             const gchar *origin,
                             EnigmTrust *trust,
                             const gchar *user,
                             EnigmSecret *password,
                             EnigmSecret *pin,
                             const gchar *computer_name,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && origin != NULL && ENIGM_IS_TRUST (trust));
  g_return_if_fail (user != NULL && password != NULL && pin != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_sign_up_async);
  begin (self, task, origin, trust, user, password, pin, computer_name);
}

gboolean
enigm_account_sign_up_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_account_sign_in_async (EnigmAccount *self,
                             const gchar *origin,
                             EnigmTrust *trust,
                             const gchar *user,
                             EnigmSecret *password,
                             const gchar *computer_name,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && origin != NULL && ENIGM_IS_TRUST (trust));
  g_return_if_fail (user != NULL && password != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_sign_in_async);
  begin (self, task, origin, trust, user, password, NULL, computer_name);
}

gboolean
enigm_account_sign_in_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
