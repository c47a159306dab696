#ifndef CPLATFORM_DIGEST_H
#define CPLATFORM_DIGEST_H

#include <stddef.h>
#include <stdint.h>

// Digests by OpenSSL's libcrypto, which is loaded on first use: a script that hashes nothing pays nothing.

#define PLATFORM_DIGEST_MAX 64

// Loads the library if need be. NULL when it can be used, else why not.
const char *platform_digest_problem(void);

// The digest's length, 0 for an algorithm that the library does not know.
size_t platform_digest(const char *algorithm, const uint8_t *data, size_t count, uint8_t digest[PLATFORM_DIGEST_MAX]);

size_t platform_hmac(
  const char *algorithm, const uint8_t *key, size_t key_count, const uint8_t *data, size_t count,
  uint8_t digest[PLATFORM_DIGEST_MAX]);

// Random bytes from the kernel; 0 or -errno.
int platform_random(uint8_t *bytes, size_t count);

#endif
