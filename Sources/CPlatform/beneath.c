#define _GNU_SOURCE
#include "CPlatformBeneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int flags_of(int how) {
  switch (how) {
    case PLATFORM_OPEN_CREATE: return O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY;
    case PLATFORM_OPEN_FOLDER: return O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    // A named pipe must not make the runner wait.
    default: return O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  }
}

// For kernels and sandboxes without openat2: follows no link at all, one name at a time.
static int walk(int root, const char *path, int flags, mode_t mode) {
  char name[256];
  int folder = dup(root);
  while (folder >= 0) {
    path += strspn(path, "/");
    size_t length = strcspn(path, "/");
    int last = path[length + strspn(path + length, "/")] == 0;
    int next;
    if (length >= sizeof name) {
      next = -1, errno = ENAMETOOLONG;
    } else {
      memcpy(name, path, length);
      name[length] = 0;
      if (strcmp(name, "..") == 0) {
        next = -1, errno = EXDEV;
      } else {
        next = openat(
          folder, length == 0 ? "." : name, (last ? flags : O_PATH | O_DIRECTORY | O_CLOEXEC) | O_NOFOLLOW, mode);
      }
    }
    int problem = errno;
    close(folder);
    errno = problem == ELOOP ? EXDEV : problem;
    if (next < 0 || last) return next < 0 ? -errno : next;
    folder = next;
    path += length;
  }
  return -errno;
}

int platform_open_beneath(int root, const char *path, int how) {
  struct open_how request = {
    .flags = (uint64_t)flags_of(how),
    .mode = how == PLATFORM_OPEN_CREATE ? 0644 : 0,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
  };
  long fd = syscall(SYS_openat2, root, path, &request, sizeof request);
  if (fd < 0 && (errno == ENOSYS || errno == EPERM)) return walk(root, path, flags_of(how), 0644);
  return fd < 0 ? -errno : (int)fd;
}

int platform_open_root(const char *path) {
  int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

int platform_status(int fd, struct platform_status *status) {
  struct stat raw;
  if (fstat(fd, &raw) < 0) return -errno;
  status->kind = S_ISREG(raw.st_mode) ? PLATFORM_FILE : S_ISDIR(raw.st_mode) ? PLATFORM_FOLDER : PLATFORM_OTHER;
  status->size = raw.st_size;
  return 0;
}

int platform_rename(int folder, const char *from, const char *to) {
  return renameat(folder, from, folder, to) < 0 ? -errno : 0;
}

int platform_unlink(int folder, const char *name) { return unlinkat(folder, name, 0) < 0 ? -errno : 0; }

int platform_make_folder(int folder, const char *name) { return mkdirat(folder, name, 0755) < 0 ? -errno : 0; }
