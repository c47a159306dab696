#define _GNU_SOURCE
#include "CPlatformSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// Newer than the headers of the oldest supported system.
#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif

#define STACK_SIZE (64 * 1024)
#define TREE_DESCRIPTORS_MAX 16

struct order {
  const struct platform_spawn *spawn;
  // Written by the new process, which shares this memory until it runs its program.
  volatile int problem;
};

static int write_text(int fd, const char *text) {
  size_t size = strlen(text);
  return write(fd, text, size) == (ssize_t)size ? 0 : -1;
}

// Some systems forbid to raise it; the process is merely not preferred then.
static void raise_oom_score(int score) {
  char text[16];
  snprintf(text, sizeof text, "%d", score);
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!write_text(fd, text);
  close(fd);
}

static int join_groups(const struct platform_spawn *spawn) {
  for (int index = 0; index < spawn->group_count; index++)
    if (write_text(spawn->groups[index], "0") < 0) return -1;
  return 0;
}

// The sources are all above 3 (see `lift`), so that no step overwrites what a later one needs.
static int arrange_descriptors(const struct platform_spawn *spawn) {
  int input = open("/dev/null", O_RDONLY);
  if (input < 0) return -1;
  if (input != 0 && dup2(input, 0) < 0) return -1;
  if (dup2(spawn->output, 1) < 0 || dup2(spawn->output, 2) < 0 || dup2(spawn->listener, 3) < 0) return -1;
  return close_range(4, ~0u, 0);
}

static int limit(const struct platform_spawn *spawn) {
  struct rlimit none = {0, 0};
  struct rlimit data = {spawn->data_max, spawn->data_max};
  if (setrlimit(RLIMIT_CORE, &none) < 0) return -1;
  return spawn->data_max ? setrlimit(RLIMIT_DATA, &data) : 0;
}

// Runs in the new process, on memory that it shares with the caller: system calls only.
//
// Deeper isolation has its place here, between the limits and the descriptors: another user and group, namespaces of its own
// (unshare), no new privileges, a system call filter. It all holds for whatever the runner starts.
static int become(void *argument) {
  struct order *order = argument;
  const struct platform_spawn *spawn = order->spawn;
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
  umask(077);
  if (setsid() >= 0 && join_groups(spawn) == 0 && limit(spawn) == 0 && chdir(spawn->folder) == 0) {
    raise_oom_score(spawn->oom_score);
    if (arrange_descriptors(spawn) == 0) {
      sigset_t unblocked;
      sigemptyset(&unblocked);
      sigprocmask(SIG_SETMASK, &unblocked, NULL);
      execve(spawn->path, spawn->arguments, spawn->environment);
    }
  }
  order->problem = errno ? errno : EINVAL;
  _exit(127);
}

// A copy of `*fd` above the descriptors that the new process overwrites.
static int lift(int *fd) {
  int lifted = fcntl(*fd, F_DUPFD_CLOEXEC, 10);
  if (lifted < 0) return -errno;
  *fd = lifted;
  return 0;
}

static int run(struct order *order, int *pid, int *pidfd) {
  char *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return -errno;
  // No signal handler of ours may run in the process that shares our memory.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int child = clone(become, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, order, pidfd);
  int problem = child < 0 ? errno : order->problem;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  munmap(stack, STACK_SIZE);
  if (child >= 0 && problem) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    close(*pidfd);
  }
  if (problem) return -problem;
  *pid = child;
  return 0;
}

int platform_spawn(const struct platform_spawn *given, int *pid, int *pidfd) {
  struct platform_spawn spawn = *given;
  struct order order = {&spawn, 0};
  int problem = lift(&spawn.listener);
  if (problem) return problem;
  problem = lift(&spawn.output);
  if (problem == 0) {
    problem = run(&order, pid, pidfd);
    close(spawn.output);
  }
  close(spawn.listener);
  return problem;
}

int platform_reap(int pidfd, int *status, int *signal) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0)
    if (errno != EINTR) return -errno;
  int exited = info.si_code == CLD_EXITED;
  *status = exited ? info.si_status : 0;
  *signal = exited ? 0 : info.si_status;
  return 0;
}

int platform_pidfd_open(int pid) {
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  return fd < 0 ? -errno : fd;
}

int platform_pidfd_signal(int pidfd, int signal) {
  return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int platform_listen_unix(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(path, 0600) < 0 || listen(fd, 16) < 0) {
    int problem = -errno;
    close(fd);
    return problem;
  }
  return fd;
}

int platform_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0) {
    int problem = -errno;
    close(ends[0]);
    close(ends[1]);
    return problem;
  }
  return 0;
}

int platform_lock(int fd, int wait) {
  while (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) < 0)
    if (errno != EINTR) return -errno;
  return 0;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place) {
  (void)info, (void)kind, (void)place;
  return remove(path) == 0 || errno == ENOENT ? 0 : -errno;
}

int platform_remove_tree(const char *path) {
  int result = nftw(path, remove_entry, TREE_DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS);
  if (result == -1) return errno == ENOENT ? 0 : -errno;
  return result;
}

int platform_spawn_closing(posix_spawn_file_actions_t *actions, int first) {
  return -posix_spawn_file_actions_addclosefrom_np(actions, first);
}
