#define _GNU_SOURCE
#include "CPlatformEvents.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

static uint32_t to_epoll(uint32_t readiness) {
  uint32_t events = 0;
  if (readiness & PLATFORM_READABLE) events |= EPOLLIN | EPOLLRDHUP;
  if (readiness & PLATFORM_WRITABLE) events |= EPOLLOUT;
  return events;
}

static uint32_t from_epoll(uint32_t events) {
  uint32_t readiness = 0;
  if (events & (EPOLLIN | EPOLLRDHUP)) readiness |= PLATFORM_READABLE;
  if (events & EPOLLOUT) readiness |= PLATFORM_WRITABLE;
  if (events & (EPOLLHUP | EPOLLERR)) readiness |= PLATFORM_HUNG_UP;
  return readiness;
}

static int control(int epoll, int operation, int fd, uint32_t readiness, uint64_t token) {
  struct epoll_event event = {.events = to_epoll(readiness), .data.u64 = token};
  return result(epoll_ctl(epoll, operation, fd, &event));
}

int platform_epoll_create(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

int platform_epoll_add(int epoll, int fd, uint32_t readiness, uint64_t token) {
  return control(epoll, EPOLL_CTL_ADD, fd, readiness, token);
}

int platform_epoll_change(int epoll, int fd, uint32_t readiness, uint64_t token) {
  return control(epoll, EPOLL_CTL_MOD, fd, readiness, token);
}

int platform_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

// More events than this are reported by the next wait.
#define EVENTS_MAX 64

int platform_epoll_wait(int epoll, struct platform_event *events, int capacity, int64_t timeout) {
  struct epoll_event raw[EVENTS_MAX];
  int room = capacity < EVENTS_MAX ? capacity : EVENTS_MAX;
  int count;
  if (timeout <= 0) {
    count = epoll_wait(epoll, raw, room, timeout < 0 ? -1 : 0);
  } else {
    struct timespec limit = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
    count = epoll_pwait2(epoll, raw, room, &limit, NULL);
    if (count < 0 && errno == ENOSYS) {
      int64_t milliseconds = (timeout + 999999) / 1000000;
      count = epoll_wait(epoll, raw, room, milliseconds > 3600000 ? 3600000 : (int)milliseconds);
    }
  }
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < count; i++) {
    events[i].token = raw[i].data.u64;
    events[i].readiness = from_epoll(raw[i].events);
  }
  return count;
}

void platform_signals_unblock(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

int platform_signals_open(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
  signal(SIGPIPE, SIG_IGN);
  return result(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int platform_signals_next(int fd) {
  struct signalfd_siginfo info;
  ssize_t count = read(fd, &info, sizeof info);
  if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
  return count == sizeof info ? (int)info.ssi_signo : 0;
}

int platform_become_subreaper(void) { return result(prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L)); }

static uint64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t platform_now(void) { return now(CLOCK_MONOTONIC); }

uint64_t platform_wall_clock(void) { return now(CLOCK_REALTIME); }

int platform_set_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return -errno;
  return result(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

int platform_is_listening(int fd) {
  int listening = 0;
  socklen_t size = sizeof listening;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0) return 0;
  return listening != 0;
}

int platform_accept(int fd) { return result(accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)); }

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int platform_free_port(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  struct sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  int port;
  if (bind(fd, (struct sockaddr *)&address, size) < 0 || getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
    port = -errno;
  } else {
    port = ntohs(address.sin_port);
  }
  close(fd);
  return port;
}

int platform_connect_loopback(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  struct sockaddr_in address = loopback(port);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
    int problem = errno;
    close(fd);
    return -problem;
  }
  return fd;
}

int platform_socket_error(int fd) {
  int problem = 0;
  socklen_t size = sizeof problem;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) < 0) return -errno;
  return -problem;
}
