/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The second half of what is preloaded: circumstances that a program has to live with, as the
 * kernel would present them. The test changes them at any time in the file that ENIGM_WEATHER
 * names, which all of them map. */

#include "weather.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

typedef struct
{
  gint64 clock;      /* seconds by which the wall clock is off */
  gint32 disk_full;  /* no file grows any more */
  gint32 no_network; /* nothing is sent, and nothing connects */
} Weather;

#define NEXT(type, name) ((type) dlsym (RTLD_NEXT, name))

static const Weather *
look (void)
{
  static const Weather fair;
  static const Weather *weather;
  const char *path;
  void *map;
  int fd;

  if (weather != NULL)
    return weather;
  path = getenv ("ENIGM_WEATHER");
  fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  map = fd >= 0 ? mmap (NULL, sizeof (Weather), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
  if (fd >= 0)
    close (fd);
  return weather = map != MAP_FAILED ? map : &fair;
}

/* The clock on the wall */

int
clock_gettime (clockid_t clock, struct timespec *now)
{
  static int (*next) (clockid_t, struct timespec *);
  int result;

  if (next == NULL)
    next = NEXT (int (*) (clockid_t, struct timespec *), "clock_gettime");
  result = next (clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += look ()->clock;
  return result;
}

int
gettimeofday (struct timeval *restrict now, void *restrict zone)
{
  struct timespec time;

  clock_gettime (CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t
time (time_t *result)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  if (result != NULL)
    *result = now.tv_sec;
  return now.tv_sec;
}

/* A time of day, by the clock that the program sees. */
int
timerfd_settime (int fd, int flags, const struct itimerspec *when, struct itimerspec *before)
{
  static int (*next) (int, int, const struct itimerspec *, struct itimerspec *);
  struct itimerspec real = *when;

  if (next == NULL)
    next =
      NEXT (int (*) (int, int, const struct itimerspec *, struct itimerspec *), "timerfd_settime");
  if ((flags & TFD_TIMER_ABSTIME) && when->it_value.tv_sec != 0)
    real.it_value.tv_sec = MAX (1, when->it_value.tv_sec - look ()->clock);
  return next (fd, flags, &real, before);
}

/* The disk */

static gboolean
is_out_of_space (int fd)
{
  struct stat info;

  return look ()->disk_full && fstat (fd, &info) == 0 && S_ISREG (info.st_mode);
}

ssize_t
write (int fd, const void *data, size_t size)
{
  static ssize_t (*next) (int, const void *, size_t);

  if (next == NULL)
    next = NEXT (ssize_t (*) (int, const void *, size_t), "write");
  if (is_out_of_space (fd))
    {
      errno = ENOSPC;
      return -1;
    }
  return next (fd, data, size);
}

ssize_t
pwrite64 (int fd, const void *data, size_t size, off64_t offset)
{
  static ssize_t (*next) (int, const void *, size_t, off64_t);

  if (next == NULL)
    next = NEXT (ssize_t (*) (int, const void *, size_t, off64_t), "pwrite64");
  if (is_out_of_space (fd))
    {
      errno = ENOSPC;
      return -1;
    }
  return next (fd, data, size, offset);
}

/* The network. Buses and the test's own socket are on this computer. */

gboolean
weather_has_no_network (void)
{
  return look ()->no_network;
}

int
connect (int fd, const struct sockaddr *address, socklen_t size)
{
  static int (*next) (int, const struct sockaddr *, socklen_t);

  if (next == NULL)
    next = NEXT (int (*) (int, const struct sockaddr *, socklen_t), "connect");
  if (look ()->no_network && address->sa_family != AF_UNIX)
    {
      errno = ENETUNREACH;
      return -1;
    }
  return next (fd, address, size);
}
