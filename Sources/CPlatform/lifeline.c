#define _GNU_SOURCE
#include "CPlatformLifeline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "CPlatformChild.h"

// The loop notices a closed connection first when it can, and ends in order; this long it is given.
#define HEAD_START_NANOSECONDS 500000000

static void *hold(void *argument) {
  int socket = (int)(intptr_t)argument;
  struct pollfd watched = {.fd = socket, .events = POLLRDHUP};
  while (poll(&watched, 1, -1) < 0 && errno == EINTR) continue;
  struct timespec pause = {.tv_nsec = HEAD_START_NANOSECONDS};
  nanosleep(&pause, NULL);
  platform_group_kill();
  kill(getpid(), SIGKILL);
  return NULL;
}

int platform_lifeline_start(int socket) {
  // A descriptor of its own: the loop may close the socket and its number may be used again.
  int own = fcntl(socket, F_DUPFD_CLOEXEC, 3);
  if (own < 0) return -errno;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 65536);
  // Signals are the loop's.
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  pthread_t thread;
  int problem = pthread_create(&thread, &attributes, hold, (void *)(intptr_t)own);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  pthread_attr_destroy(&attributes);
  if (problem != 0) close(own);
  return -problem;
}
