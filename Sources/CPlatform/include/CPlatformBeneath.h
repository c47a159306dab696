#ifndef CPLATFORM_BENEATH_H
#define CPLATFORM_BENEATH_H

#include <stdint.h>

#define PLATFORM_OPEN_READ 0
#define PLATFORM_OPEN_CREATE 1
#define PLATFORM_OPEN_FOLDER 2

// Opens `path`, relative and below the folder `root`: neither ".." nor a symbolic link leads out of it. A file that is
// created is empty, must not exist before, and gets mode 0644. Returns a descriptor (closed on exec) or -errno; -EXDEV for a path that leads out.
int platform_open_beneath(int root, const char *path, int how);

int platform_open_root(const char *path);

enum platform_kind { PLATFORM_FILE = 0, PLATFORM_FOLDER = 1, PLATFORM_OTHER = 2 };

struct platform_status {
  enum platform_kind kind;
  int64_t size;
};

int platform_status(int fd, struct platform_status *status);

// Moves `from` over `to`, both names in `folder`.
int platform_rename(int folder, const char *from, const char *to);
int platform_unlink(int folder, const char *name);
int platform_make_folder(int folder, const char *name);

#endif
