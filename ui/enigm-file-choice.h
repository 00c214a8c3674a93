/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*EnigmFileLate) (gpointer user_data);

/**
 * enigm_file_choice_async:
 * @window: the window that asks
 * @action: to open a file, or to save one
 * @title: the question's title
 * @accept: the label, with a mnemonic, of the button that chooses
 * @name: (nullable): what a file to save is called unless the person says otherwise
 * @on_late: called once, with @user_data, where a desktop's portal has handed over no file after
 * ten seconds; it still may
 * @cancellable: (nullable): gives the question up
 * @callback: called with the answer
 * @user_data: for @callback and @on_late
 *
 * Has the person choose a file: in a sandbox through the desktop's portal, which is never waited
 * for in a way that closes @window, and which alone can show files that people keep. Without the
 * portal GTK would show the sandbox's own.
 */
void enigm_file_choice_async (GtkWindow *window,
                              GtkFileChooserAction action,
                              const char *title,
                              const char *accept,
                              const char *name,
                              EnigmFileLate on_late,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * enigm_file_choice_finish:
 *
 * Returns: (transfer full): the file; else %NULL with %G_IO_ERROR_CANCELLED if the person chose
 * none or the question was given up, %ENIGM_ERROR_DESKTOP_MISSING if there is no portal to ask, or
 *   %ENIGM_ERROR_DESKTOP_REFUSED if the portal handed over no file
 */
GFile *enigm_file_choice_finish (GAsyncResult *result, GError **error);

G_END_DECLS
