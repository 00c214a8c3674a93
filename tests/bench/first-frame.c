/* SPDX-License-Identifier: GPL-3.0-or-later */
/* first-frame PROGRAM [ARGUMENT…]: starts a program and prints, in milliseconds and kibibytes, the
 * time from its start to its first drawing in a mapped window, and the most memory it has held by
 * then and once its windows have been quiet for half a second. Speaks to the X server, so the
 * program is not changed for it. */
#include <X11/Xlib.h>
#include <X11/extensions/Xdamage.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 30000
#define QUIET_MS 500

static gint64
read_peak_kib (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) pid);
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents (path, &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");
  return line != NULL ? g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) : 0;
}

/* Whether an event came within @timeout_ms. */
static gboolean
await_event (Display *display, int timeout_ms)
{
  struct pollfd descriptor = { .fd = ConnectionNumber (display), .events = POLLIN };

  return XPending (display) > 0 || poll (&descriptor, 1, timeout_ms) > 0;
}

int
main (int argc, char *argv[])
{
  Display *display = XOpenDisplay (NULL);
  int damage_base, error_base;
  gint64 started, first = 0;
  pid_t pid;

  if (argc < 2 || display == NULL || !XDamageQueryExtension (display, &damage_base, &error_base))
    {
      fprintf (stderr,
               "first-frame: give a program, and an X server that has the DAMAGE extension\n");
      return 2;
    }
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  XSync (display, False);

  started = g_get_monotonic_time ();
  pid = fork ();
  if (pid == 0)
    {
      execvp (argv[1], argv + 1);
      _exit (127);
    }
  while (await_event (display, first == 0 ? PATIENCE_MS : QUIET_MS))
    {
      XEvent event;

      XNextEvent (display, &event);
      if (event.type == MapNotify)
        XDamageCreate (display, event.xmap.window, XDamageReportRawRectangles);
      else if (event.type == damage_base + XDamageNotify && first == 0)
        first = g_get_monotonic_time ();
    }
  printf ("%.1f %" G_GINT64_FORMAT "\n", (first - started) / 1000.0, read_peak_kib (pid));
  kill (pid, SIGTERM);
  waitpid (pid, NULL, 0);
  XCloseDisplay (display);
  return first == 0;
}
