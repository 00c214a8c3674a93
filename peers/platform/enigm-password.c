/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-password.h"

#include <crypt.h>
#include <string.h>

/* yescrypt at libcrypt's own default cost: about 0.1 s and 16 MiB, in a thread of GLib's pool. */
#define METHOD "$y$"
#define RANDOM_SIZE 16
/* What is checked where there is nobody: it costs what a real one does, and nothing fits it. */
#define NOBODY METHOD "j9T$zzzzzzzzzzzzzzzzzzzzz/$"

typedef struct
{
  EnigmSecret *password;
  gchar *setting;
} Work;

/* Only the main loop looks at it. */
static guint waiting;

static void
work_free (Work *work)
{
  enigm_secret_unref (work->password);
  g_free (work->setting);
  g_free (work);
}

static gchar *
run (const Work *work, GError **error)
{
  struct crypt_data *data = g_new0 (struct crypt_data, 1);
  const gchar *password = (const gchar *) enigm_secret_peek (work->password, NULL);
  const gchar *hash = crypt_rn (password, work->setting, data, sizeof *data);
  gchar *copy = g_strdup (hash);

  explicit_bzero (data, sizeof *data);
  g_free (data);
  if (copy == NULL)
    g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "crypt: yescrypt failed");
  return copy;
}

static void
hash_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  gchar *hash = run (task_data, &error);

  if (hash != NULL)
    g_task_return_pointer (task, hash, g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
check_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Work *work = task_data;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *hash = run (work, &error);

  if (hash == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task,
                           strlen (hash) == strlen (work->setting) &&
                             enigm_bytes_equal_constant_time (hash, work->setting, strlen (hash)));
}

static void
start (GTask *task, EnigmSecret *password, gchar *setting, GTaskThreadFunc func)
{
  Work *work = g_new0 (Work, 1);

  waiting++;
  work->password = enigm_secret_ref (password);
  work->setting = setting;
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  g_task_run_in_thread (task, func);
}

static void
note_finished (GAsyncResult *result)
{
  if (g_task_get_task_data (G_TASK (result)) != NULL)
    waiting--;
}

/**
 * enigm_password_take_text:
 * @text: a password or PIN, as it came
 *
 * Returns: (transfer full): its bytes and the zero at their end
 */
EnigmSecret *
enigm_password_take_text (const gchar *text)
{
  return enigm_secret_new_copy ((const guint8 *) text, strlen (text) + 1);
}

/**
 * enigm_password_get_waiting:
 *
 * Returns: how many passwords are being hashed, or wait for it: whose callback is yet to come
 */
guint
enigm_password_get_waiting (void)
{
  return waiting;
}

/**
 * enigm_password_hash_async:
 * @password: text from enigm_password_take_text()
 * @cancellable: (nullable): a cancellable
 * @callback: called with the result
 * @user_data: passed to it
 *
 * Hashes a password or PIN with yescrypt and a new salt, in a thread.
 */
void
enigm_password_hash_async (EnigmSecret *password,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  guint8 random[RANDOM_SIZE];
  gchar setting[CRYPT_GENSALT_OUTPUT_SIZE];

  g_task_set_source_tag (task, enigm_password_hash_async);
  if (!enigm_random_bytes (random, sizeof random, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (crypt_gensalt_rn (METHOD, 0, (const char *) random, sizeof random, setting, sizeof setting) ==
      NULL)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "crypt: no yescrypt here");
      return;
    }
  start (task, password, g_strdup (setting), hash_in_thread);
}

/**
 * enigm_password_hash_finish:
 * @result: what the callback was given
 * @error: why it could not be done
 *
 * Returns: (transfer full) (nullable): method, salt and hash in one text, for crypt(3)
 */
gchar *
enigm_password_hash_finish (GAsyncResult *result, GError **error)
{
  note_finished (result);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * enigm_password_check_async:
 * @password: text from enigm_password_take_text()
 * @hash: (nullable): what enigm_password_hash_finish() gave, or %NULL where there is no account: it
 *   takes as long and never fits
 * @cancellable: (nullable): a cancellable
 * @callback: called with the result
 * @user_data: passed to it
 */
void
enigm_password_check_async (EnigmSecret *password,
                            const gchar *hash,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, enigm_password_check_async);
  start (task, password, g_strdup (hash != NULL ? hash : NOBODY), check_in_thread);
}

/**
 * enigm_password_check_finish:
 * @result: what the callback was given
 * @error: (nullable): why it could not be done
 *
 * Returns: whether the password fits
 */
gboolean
enigm_password_check_finish (GAsyncResult *result, GError **error)
{
  note_finished (result);
  return g_task_propagate_boolean (G_TASK (result), error);
}
