#ifndef CPLATFORM_CHILD_H
#define CPLATFORM_CHILD_H

// The program of a command app.

struct platform_child {
  int pid;
  // The reading ends of its standard output and error; non-blocking, closed on exec.
  int output;
  int errors;
};

// The environment of this process: "NAME=value" each, ended by NULL.
char **platform_environment(void);

// Starts `arguments[0]` (looked up in PATH of `environment`) in `folder`, in this process's group, with an empty standard
// input and default signals. It dies with the thread that starts it. Returns 0, or -errno of what failed, exec included.
int platform_child_start(
  struct platform_child *child, const char *folder, char *const arguments[], char *const environment[]);

// The next child that has ended: its pid, 0 when none has, -errno (ECHILD: there is none). `*status` as of waitpid.
int platform_child_collect(int *status);

// The exit status, or -1 when a signal ended it; `platform_child_signal` says which.
int platform_child_exit_code(int status);
int platform_child_signal(int status);

// Kills every process whose parent is this one; returns how many there were.
int platform_children_kill(void);

// Kills the whole process group, this process included, when this process leads it. Returns when it does not.
void platform_group_kill(void);

#endif
