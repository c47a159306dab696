#ifndef CPLATFORM_SPAWN_H
#define CPLATFORM_SPAWN_H

#include <spawn.h>
#include <stdint.h>

// Starting, watching and ending runners. Every function returns -errno when it fails, unless it says otherwise.

#define PLATFORM_GROUPS_MAX 4

struct platform_spawn {
  const char *path;
  char *const *arguments;
  char *const *environment;
  // Working folder of the new process.
  const char *folder;
  // Becomes descriptor 3.
  int listener;
  // Becomes standard output and error.
  int output;
  // Open `cgroup.procs` or `tasks` files of cgroups that the process joins before it runs anything.
  int groups[PLATFORM_GROUPS_MAX];
  int group_count;
  // Bytes of data that each process may have (RLIMIT_DATA); 0: no limit of its own.
  uint64_t data_max;
  // The higher, the sooner the system ends this process rather than others when memory is short.
  int oom_score;
};

// Starts a process in a session of its own, with an empty standard input, descriptors 0 to 3 and no others, default
// signals, umask 077 and no core dumps. The address space is not copied, so that the size of the caller does not matter.
// Failures within the new process are returned too, those of exec included: then there is no process.
int platform_spawn(const struct platform_spawn *spawn, int *pid, int *pidfd);

// Takes the exit of a child whose pidfd is readable. `*signal` is the signal that ended it, or 0, and `*status` what it returned.
int platform_reap(int pidfd, int *status, int *signal);

int platform_pidfd_open(int pid);
int platform_pidfd_signal(int pidfd, int signal);

// A listening stream socket, bound to `path`, closed on exec.
int platform_listen_unix(const char *path);

// A pipe, both ends closed on exec; the reading end does not block.
int platform_pipe(int ends[2]);

// Takes the lock of an open file for as long as it is open. Without `wait`, -EWOULDBLOCK when somebody else has it.
int platform_lock(int fd, int wait);

// Removes a folder with everything below it, following no link.
int platform_remove_tree(const char *path);

// Has the new process close every descriptor from `first` on: what a library opened without close-on-exec (a port that this
// process listens on) must not live on in a child.
int platform_spawn_closing(posix_spawn_file_actions_t *actions, int first);

#endif
