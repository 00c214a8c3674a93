/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sends requests that somebody else has made over connections that stay open, for
 * bench-requests.py:
 *
 *   load PORT CA FILE CONNECTIONS      prints how many were answered 200, and in how many seconds
 *
 * FILE has the requests whole, each behind its length in four bytes, big-endian; each is sent once.
 * Nothing of libsoup or of this project is in it: what is measured may not measure itself. */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 64
#define ANSWER_SIZE 8192

static unsigned char **requests;
static size_t n_requests;
static atomic_size_t next_request, n_good;
static SSL_CTX *tls;
static struct sockaddr_in address = { .sin_family = AF_INET };

static void
stop (const char *why)
{
  fprintf (stderr, "load: %s\n", why);
  ERR_print_errors_fp (stderr);
  exit (1);
}

static uint32_t
get_length (const unsigned char *record)
{
  return ((uint32_t) record[0] << 24) | ((uint32_t) record[1] << 16) | ((uint32_t) record[2] << 8) |
         record[3];
}

static void
read_requests (const char *path)
{
  FILE *file = fopen (path, "rb");
  struct stat about;
  unsigned char *data;
  size_t size, at = 0;

  if (file == NULL || fstat (fileno (file), &about) != 0)
    stop ("the file cannot be read");
  size = (size_t) about.st_size;
  data = malloc (size);
  requests = calloc (size / 4 + 1, sizeof *requests);
  if (data == NULL || requests == NULL || fread (data, 1, size, file) != size)
    stop ("the file cannot be read");
  fclose (file);
  while (at + 4 <= size)
    {
      requests[n_requests++] = data + at;
      at += 4 + get_length (data + at);
    }
  if (at != size)
    stop ("the file is cut short");
}

/* Reads one answer whole, by its Content-Length; says whether it was a 200. */
static int
read_answer (SSL *connection)
{
  char answer[ANSWER_SIZE + 1];
  size_t have = 0, want = 0;

  while (want == 0 || have < want)
    {
      char *end, *field;
      int n = SSL_read (connection, answer + have, (int) (ANSWER_SIZE - have));

      if (n <= 0)
        stop ("a connection was closed");
      have += (size_t) n;
      answer[have] = '\0';
      end = strstr (answer, "\r\n\r\n");
      if (want != 0 || end == NULL)
        continue;
      field = strcasestr (answer, "\r\nContent-Length:");
      if (field == NULL || field > end)
        stop ("an answer has no length");
      want =
        (size_t) (end - answer) + 4 + strtoul (field + strlen ("\r\nContent-Length:"), NULL, 10);
      if (want > ANSWER_SIZE)
        stop ("an answer is too long");
    }
  return strncmp (answer, "HTTP/1.1 200 ", strlen ("HTTP/1.1 200 ")) == 0;
}

static void *
run (void *connection)
{
  size_t mine;

  while ((mine = atomic_fetch_add (&next_request, 1)) < n_requests)
    {
      const unsigned char *record = requests[mine];

      if (SSL_write (connection, record + 4, (int) get_length (record)) <= 0)
        stop ("a connection was closed");
      if (read_answer (connection))
        atomic_fetch_add (&n_good, 1);
    }
  return NULL;
}

static SSL *
connect_once (void)
{
  SSL *connection = SSL_new (tls);
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  if (connection == NULL || fd < 0 ||
      connect (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      SSL_set_fd (connection, fd) != 1 || SSL_set1_host (connection, "localhost") != 1 ||
      SSL_connect (connection) != 1)
    stop ("cannot connect");
  return connection;
}

int
main (int argc, char **argv)
{
  SSL *connections[MAX_CONNECTIONS];
  pthread_t threads[MAX_CONNECTIONS];
  struct timespec begun, ended;
  int n_connections = argc == 5 ? atoi (argv[4]) : 0;

  if (n_connections < 1 || n_connections > MAX_CONNECTIONS)
    stop ("PORT CA FILE CONNECTIONS");
  address.sin_port = htons ((uint16_t) atoi (argv[1]));
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  read_requests (argv[3]);
  tls = SSL_CTX_new (TLS_client_method ());
  if (tls == NULL || SSL_CTX_load_verify_locations (tls, argv[2], NULL) != 1)
    stop ("the CA cannot be read");
  SSL_CTX_set_verify (tls, SSL_VERIFY_PEER, NULL);

  for (int i = 0; i < n_connections; i++)
    connections[i] = connect_once ();
  clock_gettime (CLOCK_MONOTONIC, &begun);
  for (int i = 0; i < n_connections; i++)
    if (pthread_create (&threads[i], NULL, run, connections[i]) != 0)
      stop ("no thread");
  for (int i = 0; i < n_connections; i++)
    pthread_join (threads[i], NULL);
  clock_gettime (CLOCK_MONOTONIC, &ended);
  printf ("%zu %.6f\n", (size_t) n_good,
          (double) (ended.tv_sec - begun.tv_sec) + (double) (ended.tv_nsec - begun.tv_nsec) / 1e9);
  return 0;
}
