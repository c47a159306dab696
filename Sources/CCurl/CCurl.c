#define _GNU_SOURCE
#include "CCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>

#define FUNCTIONS(with)                                                                                                  \
  with(global_init) with(easy_init) with(easy_setopt) with(easy_getinfo) with(easy_cleanup) with(easy_strerror)          \
    with(multi_init) with(multi_setopt) with(multi_add_handle) with(multi_remove_handle) with(multi_socket_action)       \
      with(multi_info_read) with(slist_append) with(slist_free_all)

// The wrappers that check setopt's arguments would name the functions of a linked library.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define DECLARE(name) __typeof__(curl_##name) *name;
static struct { FUNCTIONS(DECLARE) } curl;

static bool loaded = false;

const char *ccurl_problem(void) {
  if (loaded) return NULL;
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) return "libcurl.so.4 cannot be loaded (Debian package libcurl4)";
#define FIND(name)                                                                                                       \
  *(void **)&curl.name = dlsym(library, "curl_" #name);                                                                  \
  if (!curl.name) return "libcurl.so.4 lacks curl_" #name;
  FUNCTIONS(FIND)
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return "libcurl cannot be initialised";
  loaded = true;
  return NULL;
}

struct ccurl_client {
  CURLM *multi;
  struct ccurl_events events;
};

struct ccurl_transfer {
  CURL *easy;
  struct curl_slist *headers;
  void *context;
  int (*header)(void *context, const char *bytes, size_t count);
  int (*data)(void *context, const char *bytes, size_t count);
  char problem[CURL_ERROR_SIZE];
};

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *unused) {
  (void)easy, (void)unused;
  struct ccurl_client *client = context;
  int interest = what == CURL_POLL_REMOVE ? CCURL_REMOVE : what == CURL_POLL_INOUT ? CCURL_IN_OUT
    : what == CURL_POLL_IN                ? CCURL_IN
    : what == CURL_POLL_OUT               ? CCURL_OUT
                                          : CCURL_NONE;
  client->events.watch(client->events.context, fd, interest);
  return 0;
}

static int on_timer(CURLM *multi, long milliseconds, void *context) {
  (void)multi;
  struct ccurl_client *client = context;
  client->events.timer(client->events.context, milliseconds);
  return 0;
}

// Connections that wait for another request to the same host, and transfers that run at once.
#define CONNECTIONS_KEPT 16L
#define CONNECTIONS_MAX 256L

struct ccurl_client *ccurl_client_create(const struct ccurl_events *events) {
  struct ccurl_client *client = calloc(1, sizeof *client);
  if (!client) return NULL;
  client->events = *events;
  client->multi = curl.multi_init();
  if (!client->multi) {
    free(client);
    return NULL;
  }
  curl.multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl.multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
  curl.multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl.multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
  curl.multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
  curl.multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, CONNECTIONS_MAX);
  return client;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
  struct ccurl_transfer *transfer = context;
  return transfer->header(transfer->context, bytes, size * count) ? size * count : 0;
}

static size_t on_data(char *bytes, size_t size, size_t count, void *context) {
  struct ccurl_transfer *transfer = context;
  return transfer->data(transfer->context, bytes, size * count) ? size * count : (size_t)-1;
}

// Every option must be known: an unknown one would drop a limit without a word.
#define SET(option, value)                                                                                               \
  if (curl.easy_setopt(easy, option, value) != CURLE_OK) return false

static bool set_limits(CURL *easy, const struct ccurl_request *request) {
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
  SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  SET(CURLOPT_FOLLOWLOCATION, request->redirects_max > 0 ? 1L : 0L);
  SET(CURLOPT_MAXREDIRS, request->redirects_max);
  SET(CURLOPT_TIMEOUT_MS, request->timeout_milliseconds);
  SET(CURLOPT_CONNECTTIMEOUT_MS, request->timeout_milliseconds);
  return true;
}

static bool is(const char *text, const char *other) {
  while (*text && *text == *other) text++, other++;
  return *text == *other;
}

static bool set_method(CURL *easy, const struct ccurl_request *request) {
  if (request->body) {
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_count);
    SET(CURLOPT_COPYPOSTFIELDS, request->body);
  } else if (is(request->method, "POST")) {
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
    SET(CURLOPT_COPYPOSTFIELDS, "");
  }
  if (is(request->method, "HEAD")) {
    SET(CURLOPT_NOBODY, 1L);
  } else if (!is(request->method, "POST") && (request->body || !is(request->method, "GET"))) {
    SET(CURLOPT_CUSTOMREQUEST, request->method);
  }
  return true;
}

static bool set_headers(struct ccurl_transfer *transfer, const struct ccurl_request *request) {
  CURL *easy = transfer->easy;
  for (size_t index = 0; index < request->header_count; index++) {
    struct curl_slist *longer = curl.slist_append(transfer->headers, request->headers[index]);
    if (!longer) return false;
    transfer->headers = longer;
  }
  SET(CURLOPT_HTTPHEADER, transfer->headers);
  return true;
}

static bool set_up(struct ccurl_transfer *transfer, const struct ccurl_request *request) {
  CURL *easy = transfer->easy;
  if (!easy) return false;
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_PRIVATE, transfer);
  SET(CURLOPT_ERRORBUFFER, transfer->problem);
  SET(CURLOPT_HEADERFUNCTION, on_header);
  SET(CURLOPT_HEADERDATA, transfer);
  SET(CURLOPT_WRITEFUNCTION, on_data);
  SET(CURLOPT_WRITEDATA, transfer);
  SET(CURLOPT_USERAGENT, "apolune");
  // Every encoding that the library can undo; the size limit counts what comes out.
  SET(CURLOPT_ACCEPT_ENCODING, "");
  return set_limits(easy, request) && set_method(easy, request) && set_headers(transfer, request);
}

static void destroy(struct ccurl_transfer *transfer) {
  if (transfer->easy) curl.easy_cleanup(transfer->easy);
  curl.slist_free_all(transfer->headers);
  free(transfer);
}

struct ccurl_transfer *ccurl_start(struct ccurl_client *client, const struct ccurl_request *request) {
  struct ccurl_transfer *transfer = calloc(1, sizeof *transfer);
  if (!transfer) return NULL;
  transfer->context = request->context;
  transfer->header = request->header;
  transfer->data = request->data;
  transfer->easy = curl.easy_init();
  if (!set_up(transfer, request) || curl.multi_add_handle(client->multi, transfer->easy) != CURLM_OK) {
    destroy(transfer);
    return NULL;
  }
  return transfer;
}

void ccurl_finish(struct ccurl_client *client, struct ccurl_transfer *transfer) {
  curl.multi_remove_handle(client->multi, transfer->easy);
  destroy(transfer);
}

void ccurl_ready(struct ccurl_client *client, int fd, int readiness) {
  int running;
  int events = (readiness & CCURL_IN ? CURL_CSELECT_IN : 0) | (readiness & CCURL_OUT ? CURL_CSELECT_OUT : 0);
  curl.multi_socket_action(client->multi, fd, events, &running);
}

void ccurl_timeout(struct ccurl_client *client) {
  int running;
  curl.multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

int ccurl_next_result(struct ccurl_client *client, struct ccurl_result *result) {
  int left;
  CURLMsg *message;
  while ((message = curl.multi_info_read(client->multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode code = message->data.result;
    struct ccurl_transfer *transfer = NULL;
    curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    result->context = transfer->context;
    result->transfer = transfer;
    result->status = 0;
    curl.easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &result->status);
    result->timed_out = code == CURLE_OPERATION_TIMEDOUT;
    result->problem = code == CURLE_OK ? NULL : transfer->problem[0] ? transfer->problem : curl.easy_strerror(code);
    return 1;
  }
  return 0;
}
