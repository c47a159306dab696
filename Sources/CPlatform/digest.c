#define _GNU_SOURCE
#include "CPlatformDigest.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/random.h>

// Of libcrypto 3; declared here so that neither building nor starting needs it.
static struct {
  const void *(*digest_by_name)(const char *name);
  int (*digest)(const void *data, size_t count, uint8_t *output, unsigned *length, const void *type, void *engine);
  uint8_t *(*hmac)(
    const void *type, const void *key, int key_count, const uint8_t *data, size_t count, uint8_t *output,
    unsigned *length);
} crypto;

static bool loaded = false;

static bool find(void *library, const char *name, void *target) {
  *(void **)target = dlsym(library, name);
  return *(void **)target != NULL;
}

const char *platform_digest_problem(void) {
  if (loaded) return NULL;
  void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
  if (!library) return "libcrypto.so.3 cannot be loaded (Debian package libssl3)";
  if (!find(library, "EVP_get_digestbyname", &crypto.digest_by_name) || !find(library, "EVP_Digest", &crypto.digest)
      || !find(library, "HMAC", &crypto.hmac))
    return "libcrypto.so.3 lacks a function that is needed";
  loaded = true;
  return NULL;
}

size_t platform_digest(const char *algorithm, const uint8_t *data, size_t count, uint8_t digest[PLATFORM_DIGEST_MAX]) {
  const void *type = crypto.digest_by_name(algorithm);
  unsigned length = 0;
  if (!type || crypto.digest(data, count, digest, &length, type, NULL) != 1) return 0;
  return length;
}

size_t platform_hmac(
  const char *algorithm, const uint8_t *key, size_t key_count, const uint8_t *data, size_t count,
  uint8_t digest[PLATFORM_DIGEST_MAX]) {
  const void *type = crypto.digest_by_name(algorithm);
  unsigned length = 0;
  if (!type || key_count > INT_MAX || !crypto.hmac(type, key, (int)key_count, data, count, digest, &length)) return 0;
  return length;
}

int platform_random(uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t got = getrandom(bytes, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -errno;
    bytes += got;
    count -= (size_t)got;
  }
  return 0;
}
