#define _GNU_SOURCE
#include "CPlatformChild.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

char **platform_environment(void) { return environ; }

// Runs in the new process. No other thread of the runner allocates, so that the allocator is usable after the fork. The
// reason of a failure goes through `report`.
static void become(
  int output, int errors, int report, pid_t parent, const char *folder, char *const arguments[], char *const environment[]) {
  sigset_t none;
  sigemptyset(&none);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
  // The parent may have died before the line above.
  if (getppid() != parent) _exit(127);
  int input = open("/dev/null", O_RDONLY);
  if (input >= 0 && dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(errors, 2) >= 0 && chdir(folder) == 0) {
    if (input > 2) close(input);
    // Whatever was inherited without close-on-exec (the listening socket, say) is not the program's.
    close_range(3, (unsigned)(report - 1), 0);
    close_range((unsigned)(report + 1), ~0u, 0);
    execvpe(arguments[0], arguments, environment);
  }
  int problem = errno;
  ssize_t written = write(report, &problem, sizeof problem);
  (void)written;
  _exit(127);
}

static void close_pair(int pair[2]) {
  if (pair[0] >= 0) close(pair[0]);
  if (pair[1] >= 0) close(pair[1]);
}

// `report` must be above the standard descriptors, which `become` overwrites.
static int open_pipes(int output[2], int errors[2], int report[2]) {
  if (pipe2(output, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0) return -errno;
  if (report[1] <= 3) return -EBADF;
  if (fcntl(output[0], F_SETFL, O_NONBLOCK) < 0 || fcntl(errors[0], F_SETFL, O_NONBLOCK) < 0) return -errno;
  return 0;
}

// PATH is looked up in the program's own environment, as a shell would.
static int start(
  struct platform_child *child, int output[2], int errors[2], int report[2], const char *folder, char *const arguments[],
  char *const environment[]) {
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid < 0) return -errno;
  if (pid == 0) {
    for (char *const *entry = environment; *entry; entry++)
      if (strncmp(*entry, "PATH=", 5) == 0) putenv(*entry);
    become(output[1], errors[1], report[1], parent, folder, arguments, environment);
  }
  close(report[1]);
  report[1] = -1;
  int problem = 0;
  ssize_t count;
  do count = read(report[0], &problem, sizeof problem);
  while (count < 0 && errno == EINTR);
  if (count == sizeof problem) {
    waitpid(pid, NULL, 0);
    return -problem;
  }
  child->pid = pid;
  child->output = output[0];
  child->errors = errors[0];
  output[0] = errors[0] = -1;
  return 0;
}

int platform_child_start(
  struct platform_child *child, const char *folder, char *const arguments[], char *const environment[]) {
  int output[2] = {-1, -1}, errors[2] = {-1, -1}, report[2] = {-1, -1};
  int problem = open_pipes(output, errors, report);
  if (problem == 0) problem = start(child, output, errors, report, folder, arguments, environment);
  close_pair(output);
  close_pair(errors);
  close_pair(report);
  return problem;
}

int platform_child_collect(int *status) {
  pid_t pid = waitpid(-1, status, WNOHANG);
  return pid < 0 ? -errno : pid;
}

int platform_child_exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

int platform_child_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

// The parent stands behind the name, which is in parentheses and may hold anything.
static pid_t parent_of(pid_t pid) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  if (count <= 0) return -1;
  text[count] = 0;
  char *end = strrchr(text, ')');
  int parent = -1;
  if (!end || sscanf(end + 1, " %*c %d", &parent) != 1) return -1;
  return parent;
}

int platform_children_kill(void) {
  DIR *processes = opendir("/proc");
  if (!processes) return 0;
  int found = 0;
  struct dirent *entry;
  while ((entry = readdir(processes))) {
    pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
    if (pid <= 0 || parent_of(pid) != getpid()) continue;
    kill(pid, SIGKILL);
    found++;
  }
  closedir(processes);
  return found;
}

void platform_group_kill(void) {
  if (getpgrp() == getpid()) kill(0, SIGKILL);
}
