// Deadlines without a hook: one thread for the process measures runs and, when one is over its time, signals the thread that the run
// is on; the signal's handler arms the VM's hook. An entry into the VM costs a few plain stores, no system call and no clock.
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
  /// How often the watchdog looks for new runs, in nanoseconds: the precision of a limit.
  TICK = 2000000,
  /// No look comes sooner than this after the last, in nanoseconds.
  TICK_MIN = 250000,
  /// After so many looks without a run the watchdog sleeps until an entry wakes it.
  IDLE_TICKS = 25,
  /// Without membarrier(2) an entry may miss that the watchdog fell asleep: it then looks this often, in nanoseconds.
  DOZE = 10000000,
};

_Atomic int clua_watchdog_sleeps;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static clua_control *watched;
static bool is_started;
static bool has_barrier;
static struct sigaction previous_action;

static int64_t monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static long futex(int operation, int value, const struct timespec *timeout) {
  return syscall(SYS_futex, &clua_watchdog_sleeps, operation | FUTEX_PRIVATE_FLAG, value, timeout, NULL, 0);
}

// MARK: Requests

bool clua_request(clua_control *control, uint64_t sequence, unsigned bits) {
  if ((sequence & 1) == 0) return false;
  uint64_t old = atomic_load_explicit(&control->request, memory_order_relaxed);
  uint64_t wanted;
  do {
    uint64_t kept = (old >> CLUA_REQUEST_BITS) == sequence ? old & CLUA_REQUEST_MASK : 0;
    wanted = sequence << CLUA_REQUEST_BITS | kept | bits;
  } while (!atomic_compare_exchange_weak_explicit(
      &control->request, &old, wanted, memory_order_release, memory_order_relaxed));
  return true;
}

void clua_signal(clua_control *control) {
  pid_t thread = atomic_load_explicit(&control->thread, memory_order_relaxed);
  syscall(SYS_tgkill, getpid(), thread, SIGURG);  // a thread that is gone meanwhile has no run to stop
}

/// Runs on the thread of the run; only plain memory and `lua_sethook`, as lua.c does it.
static void handle_signal(int number, siginfo_t *info, void *context) {
  for (clua_control *control = clua_this_thread.current; control != NULL; control = control->outer) {
    if (!clua_is_requested(control)) continue;
    clua_arm(control, atomic_load_explicit(&control->running, memory_order_relaxed));
  }
  if ((previous_action.sa_flags & SA_SIGINFO) != 0) {
    if (previous_action.sa_sigaction != NULL) previous_action.sa_sigaction(number, info, context);
  } else if (previous_action.sa_handler != SIG_DFL && previous_action.sa_handler != SIG_IGN) {
    previous_action.sa_handler(number);
  }
}

static void install_handler(void) {
  struct sigaction action = {0};
  action.sa_sigaction = handle_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGURG, &action, &previous_action);
}

// MARK: The thread

static void shorten(int64_t *next, int64_t moment) {
  if (moment < *next) *next = moment;
}

/// Looks at one state and asks its run to leave when its time is over. Returns whether a run is on.
static bool examine(clua_control *control, int64_t now, int64_t *next) {
  uint64_t sequence = atomic_load_explicit(&control->sequence, memory_order_acquire);
  if ((sequence & 1) == 0) return false;
  int64_t budget = atomic_load_explicit(&control->run_budget, memory_order_relaxed);
  int64_t slice = atomic_load_explicit(&control->run_slice, memory_order_relaxed);
  int64_t start = atomic_load_explicit(&control->run_start, memory_order_relaxed);
  atomic_thread_fence(memory_order_acquire);
  if (atomic_load_explicit(&control->sequence, memory_order_relaxed) != sequence) return true;
  if (control->watched_sequence != sequence) {
    control->watched_sequence = sequence;
    control->watched_since = start != 0 ? start : now;
  }
  int64_t elapsed = now - control->watched_since;
  unsigned bits = 0;
  if (budget != 0 && elapsed >= budget) bits |= CLUA_REQUEST_TIME;
  if (slice != 0 && elapsed >= slice) bits |= CLUA_REQUEST_SLICE;
  if (budget != 0 && elapsed < budget) shorten(next, control->watched_since + budget);
  if (slice != 0 && elapsed < slice) shorten(next, control->watched_since + slice);
  // Sent again at every look for as long as the run goes on, so that none can be lost.
  if (bits != 0 && clua_request(control, sequence, bits)) clua_signal(control);
  return true;
}

static bool examine_all(int64_t now, int64_t *next) {
  bool is_busy = false;
  pthread_mutex_lock(&lock);
  for (clua_control *control = watched; control != NULL; control = control->watched_next) {
    is_busy |= examine(control, now, next);
  }
  pthread_mutex_unlock(&lock);
  return is_busy;
}

static void sleep_until(int64_t moment) {
  struct timespec time = {.tv_sec = moment / 1000000000, .tv_nsec = moment % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) continue;
}

/// Sleeps until an entry wakes the watchdog. The barrier makes the order of an entry's "store the sequence, then look whether the
/// watchdog sleeps" hold on every processor, at no cost to the entry.
static void sleep_idle(void) {
  atomic_store(&clua_watchdog_sleeps, 1);
  if (has_barrier) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
  int64_t next = INT64_MAX;
  struct timespec doze = {.tv_nsec = DOZE};
  if (!examine_all(monotonic(), &next)) futex(FUTEX_WAIT, 1, has_barrier ? NULL : &doze);
  atomic_store(&clua_watchdog_sleeps, 0);
}

static void *watch(void *argument) {
  (void)argument;
  pthread_setname_np(pthread_self(), "lua-watchdog");
  // A thread that nearly always sleeps may go first; where that is not permitted, deadlines are a little less sharp.
  setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), -10);
  int idle = 0;
  for (;;) {
    int64_t now = monotonic();
    int64_t next = now + TICK;
    idle = examine_all(now, &next) ? 0 : idle + 1;
    if (idle > IDLE_TICKS) {
      sleep_idle();
      idle = 0;
    } else {
      sleep_until(next < now + TICK_MIN ? now + TICK_MIN : next);
    }
  }
  return NULL;
}

__attribute__((preserve_most, cold)) void clua_watchdog_wake(void) {
  atomic_store_explicit(&clua_watchdog_sleeps, 0, memory_order_relaxed);
  futex(FUTEX_WAKE, 1, NULL);
}

static void start(void) {
  install_handler();
  has_barrier = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

static bool start_thread(void) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // the watchdog takes no signals of the process
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 128 << 10);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  bool worked = pthread_create(&thread, &attributes, watch, NULL) == 0;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return worked;
}

bool clua_watch(clua_control *control) {
  pthread_once(&once, start);
  pthread_mutex_lock(&lock);
  if (!is_started) is_started = start_thread();
  bool worked = is_started;
  if (worked) {
    control->watched_next = watched;
    watched = control;
    control->is_watched = true;
  }
  pthread_mutex_unlock(&lock);
  return worked;
}

void clua_unwatch(clua_control *control) {
  if (!control->is_watched) return;
  pthread_mutex_lock(&lock);
  clua_control **link = &watched;
  while (*link != control) link = &(*link)->watched_next;
  *link = control->watched_next;
  control->is_watched = false;
  pthread_mutex_unlock(&lock);
}
