#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>
#include <stdint.h>

// libcurl's multi interface for Swift: typed functions instead of variadic ones. The library is loaded on first use, so
// that a runner whose script makes no requests neither maps nor starts it. Nothing here blocks.

struct ccurl_client;
struct ccurl_transfer;

enum ccurl_interest { CCURL_NONE = 0, CCURL_IN = 1, CCURL_OUT = 2, CCURL_IN_OUT = 3, CCURL_REMOVE = 4 };

struct ccurl_events {
  void *context;
  // Watch `fd` from now on; `CCURL_REMOVE` to stop.
  void (*watch)(void *context, int fd, int interest);
  // Call `ccurl_timeout` after that many milliseconds; -1 to forget it.
  void (*timer)(void *context, long milliseconds);
};

struct ccurl_request {
  void *context;
  const char *url;
  const char *method;
  // "name: value" each.
  const char *const *headers;
  size_t header_count;
  // NULL for none; copied.
  const uint8_t *body;
  size_t body_count;
  long timeout_milliseconds;
  long redirects_max;
  // Pieces as they come; 0 ends the transfer with an error.
  int (*header)(void *context, const char *bytes, size_t count);
  int (*data)(void *context, const char *bytes, size_t count);
};

// Loads libcurl if need be. NULL when it can be used, else why not.
const char *ccurl_problem(void);

// NULL when libcurl refuses.
struct ccurl_client *ccurl_client_create(const struct ccurl_events *events);

// NULL when the request cannot even be started.
struct ccurl_transfer *ccurl_start(struct ccurl_client *client, const struct ccurl_request *request);

// Frees a transfer, finished or not. Its functions are not called any more.
void ccurl_finish(struct ccurl_client *client, struct ccurl_transfer *transfer);

// Something happened on `fd` (interest flags), or the timer ran out.
void ccurl_ready(struct ccurl_client *client, int fd, int readiness);
void ccurl_timeout(struct ccurl_client *client);

struct ccurl_result {
  void *context;
  struct ccurl_transfer *transfer;
  // HTTP status; 0 without an answer.
  long status;
  int timed_out;
  // NULL for success. Valid until `ccurl_finish`.
  const char *problem;
};

// The next transfer that is over; 0 when there is none.
int ccurl_next_result(struct ccurl_client *client, struct ccurl_result *result);

#endif
