// What the host gets to know about a failure.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { MESSAGE_MAX = 64 << 10 };

static void set_message(clua_failure *failure, const char *prefix, const char *text, size_t length) {
  if (length > MESSAGE_MAX) length = MESSAGE_MAX;
  size_t start = strlen(prefix);
  char *message = malloc(start + length + 1);
  failure->message_length = 0;
  free(failure->message);
  failure->message = message;
  if (message == NULL) return;
  memcpy(message, prefix, start);
  memcpy(message + start, text, length);
  failure->message_length = start + length;
}

static bool ends_with(const char *text, size_t length, const char *end) {
  size_t count = strlen(end);
  return length >= count && memcmp(text + length - count, end, count) == 0;
}

static clua_failure_kind syntax_kind(const char *text, size_t length) {
  if (!ends_with(text, length, "<eof>")) return CLUA_FAILURE_SYNTAX;
  if (ends_with(text, length, "unfinished string near <eof>")) return CLUA_FAILURE_SYNTAX;
  return CLUA_FAILURE_INCOMPLETE;
}

static int to_text(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  return 1;
}

/// The text of any value, by its own `__tostring` where it has one: that is script code, so it is a run with the limits of a call.
static void convert(lua_State *L, clua_failure *failure) {
  lua_pushcfunction(L, clua_keep_traceback);
  lua_pushcfunction(L, to_text);
  lua_pushvalue(L, -3);
  if (clua_call(L, 1, 1) == LUA_OK) {
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    set_message(failure, "", text, length);
  } else {
    static const char unknown[] = "(an error value whose __tostring fails)";
    set_message(failure, "", unknown, sizeof unknown - 1);
  }
  lua_pop(L, 2);
}

static void describe_value(lua_State *L, clua_failure *failure) {
  size_t length;
  const char *text = clua_string(L, -1, &length);
  if (text != NULL) {
    set_message(failure, "", text, length);
  } else if (lua_checkstack(L, LUA_MINSTACK)) {
    convert(L, failure);
  }
  failure->is_table = lua_type(L, -1) == LUA_TTABLE;
}

static void describe_abort(clua_control *control, clua_abort abort, clua_failure *failure) {
  static const char *const texts[] = {"", "time limit exceeded", "interrupted", "cancelled"};
  static const clua_failure_kind kinds[] = {
      CLUA_FAILURE_RUNTIME, CLUA_FAILURE_TIME, CLUA_FAILURE_INTERRUPTED, CLUA_FAILURE_CANCELLED};
  failure->kind = kinds[abort];
  set_message(failure, control->abort_position, texts[abort], strlen(texts[abort]));
}

static void describe_status(lua_State *L, int status, clua_failure *failure) {
  failure->host_error = clua_host_error_at(L, -1);
  describe_value(L, failure);
  if (failure->host_error != NULL) {
    failure->kind = CLUA_FAILURE_HOST;
  } else if (status == LUA_ERRSYNTAX && failure->message != NULL) {
    failure->kind = syntax_kind(failure->message, failure->message_length);
  } else if (status == LUA_ERRMEM) {
    failure->kind = CLUA_FAILURE_MEMORY;
    set_message(failure, "", "memory limit exceeded", strlen("memory limit exceeded"));
  }
}

clua_failure clua_describe(lua_State *L, int status) {
  clua_control *control = clua_control_of(L);
  clua_failure failure = {.kind = CLUA_FAILURE_RUNTIME};
  const void *identity = lua_topointer(L, -1);
  if (identity != NULL && identity == control->traceback_error && control->traceback != NULL) {
    failure.traceback = control->traceback;
    failure.traceback_length = control->traceback_length;
    control->traceback = NULL;
  }
  control->traceback_error = NULL;
  clua_abort abort = control->entry.depth > 0 ? control->abort : control->ended_by;
  control->ended_by = CLUA_ABORT_NONE;
  if (abort != CLUA_ABORT_NONE) {
    describe_abort(control, abort, &failure);
  } else {
    describe_status(L, status, &failure);
  }
  return failure;
}

void clua_failure_free(clua_failure *failure) {
  free(failure->message);
  free(failure->traceback);
  failure->message = NULL;
  failure->traceback = NULL;
}
