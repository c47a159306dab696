#ifndef CPLATFORM_EVENTS_H
#define CPLATFORM_EVENTS_H

#include <stdint.h>

// epoll, signalfd and prctl for Swift, which cannot call variadic functions nor use the macros behind signal sets.
// Every function returns -errno when it fails.

#define PLATFORM_READABLE 1u
#define PLATFORM_WRITABLE 2u
// The other side is gone or the descriptor is broken. Always reported.
#define PLATFORM_HUNG_UP 4u

struct platform_event {
  uint64_t token;
  uint32_t readiness;
};

int platform_epoll_create(void);
int platform_epoll_add(int epoll, int fd, uint32_t readiness, uint64_t token);
int platform_epoll_change(int epoll, int fd, uint32_t readiness, uint64_t token);
int platform_epoll_remove(int epoll, int fd);

// Waits up to `timeout` nanoseconds (for ever when negative). Returns how many events were stored.
int platform_epoll_wait(int epoll, struct platform_event *events, int capacity, int64_t timeout);

// Unblocks every signal of this thread. Whoever starts a process from a worker thread of a dispatch queue passes on a mask
// that blocks them all, the one that stops endless scripts included.
void platform_signals_unblock(void);

// Blocks SIGTERM, SIGINT and SIGCHLD for the process and returns a descriptor that reports them.
int platform_signals_open(void);

// The next signal's number, 0 when there is none.
int platform_signals_next(int fd);

// Orphans of this process's descendants become its children, so that they can be collected.
int platform_become_subreaper(void);

// The monotonic clock, in nanoseconds.
uint64_t platform_now(void);

// Nanoseconds since 1970.
uint64_t platform_wall_clock(void);

int platform_set_nonblocking(int fd);

// Whether `fd` is a stream socket that listens.
int platform_is_listening(int fd);

// Accepts a connection, non-blocking and closed on exec.
int platform_accept(int fd);

// A port of 127.0.0.1 that nobody listened on a moment ago.
int platform_free_port(void);

// Starts to connect to a port of 127.0.0.1: returns a non-blocking socket that is writable once it is connected.
int platform_connect_loopback(int port);

// 0 when the socket's connection stands, -errno otherwise.
int platform_socket_error(int fd);

#endif
