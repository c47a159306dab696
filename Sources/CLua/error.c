// Error objects: a host's error keeps its identity on its way through Lua.
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Text in an error is cut at this many bytes: an error is for people.
enum { TRACEBACK_MAX = 16 << 10, MESSAGE_MAX = 64 << 10 };

const char clua_error_key = 'e';

typedef struct {
  void *object;
  uint32_t cell;
  /// Where the Lua code that called the host function was; line 0: unknown.
  int line;
  char source[LUA_IDSIZE];
} host_error;

// MARK: The metatable

static int release(lua_State *L) {
  host_error *error = lua_touserdata(L, 1);
  uint32_t cell = error->cell;
  error->object = NULL;
  error->cell = 0;
  clua_empty_cell(clua_control_of(L), cell);
  return 0;
}

static host_error *error_at(lua_State *L, int index) {
  return clua_host_error_at(L, index) != NULL ? lua_touserdata(L, index) : NULL;
}

/// Pushes the error's text. It is made when somebody asks: many errors are only caught.
static void push_text(lua_State *L, const host_error *error) {
  clua_control *control = clua_control_of(L);
  control->host.describe(error->object, L);
  lua_pushlstring(L, control->text, control->text_length);
}

/// Pushes the text behind its position.
static void push_message(lua_State *L, const host_error *error) {
  if (error->line > 0) {
    lua_pushfstring(L, "%s:%d: ", error->source, error->line);
  } else {
    lua_pushliteral(L, "");
  }
  push_text(L, error);
  lua_concat(L, 2);
}

static int describe_object(lua_State *L) {
  const host_error *error = error_at(L, 1);
  luaL_argexpected(L, error != NULL, 1, "error");
  push_message(L, error);
  return 1;
}

static int concatenate(lua_State *L) {
  luaL_checkany(L, 2);
  for (int index = 1; index <= 2; index++) {
    const host_error *error = error_at(L, index);
    if (error != NULL) {
      push_message(L, error);
    } else {
      luaL_checkstring(L, index);
      lua_pushvalue(L, index);
    }
  }
  lua_concat(L, 2);
  return 1;
}

static int field(lua_State *L) {
  const char *name = luaL_checkstring(L, 2);
  const host_error *error = error_at(L, 1);
  if (error == NULL || strcmp(name, "message") != 0) return 0;
  push_text(L, error);
  return 1;
}

void clua_open_errors(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"__gc", release}, {"__tostring", describe_object}, {"__concat", concatenate}, {"__index", field}, {NULL, NULL}};
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_pushliteral(L, "error");
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &clua_error_key);
}

void *clua_host_error_at(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_error_key);
  bool is_error = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return is_error ? ((host_error *)lua_touserdata(L, index))->object : NULL;
}

// MARK: Raising

void clua_set_host_error(lua_State *L, const void *error) {
  clua_control *control = clua_control_of(L);
  if (control->host_error != NULL) control->host.release(control->host_error);
  control->host_error = (void *)error;
}

void clua_set_text(lua_State *L, const void *bytes, size_t length) {
  clua_control *control = clua_control_of(L);
  if (length > MESSAGE_MAX) length = MESSAGE_MAX;
  char *text = realloc(control->text, length + 1);
  control->text_length = 0;
  if (text == NULL) return;
  control->text = text;
  if (length > 0) memcpy(text, bytes, length);
  control->text_length = length;
}

static void find_position(lua_State *L, int level, host_error *error) {
  lua_Debug frame;
  error->line = 0;
  if (!lua_getstack(L, level, &frame)) return;
  lua_getinfo(L, "Sl", &frame);
  error->line = frame.currentline;
  memcpy(error->source, frame.short_src, sizeof error->source);
}

_Noreturn void clua_raise_host_error(lua_State *L, int level) {
  clua_control *control = clua_control_of(L);
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  if (!clua_reserve_cell(control)) clua_raise_memory(L);
  host_error *error = lua_newuserdatauv(L, sizeof *error, 0);
  error->object = NULL;
  error->cell = 0;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_error_key);
  lua_setmetatable(L, -2);
  find_position(L, level, error);
  // From here on nothing can fail: the object owns the error. Had anything failed before, the control block would still own it.
  error->object = control->host_error;
  error->cell = clua_fill_cell(control, control->host_error);
  control->host_error = NULL;
  lua_error(L);
  abort();
}

// MARK: Tracebacks

static void keep(clua_control *control, const void *identity, const char *text, size_t length) {
  if (length > TRACEBACK_MAX) length = TRACEBACK_MAX;
  char *copy = realloc(control->traceback, length + 1);
  if (copy == NULL) return;
  memcpy(copy, text, length);
  control->traceback = copy;
  control->traceback_length = length;
  control->traceback_error = identity;
}

/// Keeps the traceback of the place where an error came up first: a rethrown one has been seen already.
int clua_keep_traceback(lua_State *L) {
  clua_control *control = clua_control_of(L);
  const void *identity = lua_topointer(L, 1);
  if (control->abort != CLUA_ABORT_NONE) return 1;
  if (identity != NULL && identity == control->traceback_error) return 1;
  if (!lua_checkstack(L, 32)) return 1;  // 5.4.4's traceback reserves too little itself
  luaL_traceback(L, L, NULL, 1);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  keep(control, identity, text, length);
  lua_settop(L, 1);
  return 1;
}

/// An abort is raised again at every `pcall` on its way out, so its traceback is taken where it hits. May raise.
void clua_keep_abort_traceback(lua_State *L) {
  luaL_checkstack(L, 32, NULL);
  luaL_traceback(L, L, NULL, 0);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  keep(clua_control_of(L), &clua_error_key, text, length);
  lua_pop(L, 1);
}

typedef struct {
  lua_State *task;
  const void *identity;
} trace_request;

static int trace_task(lua_State *L) {
  const trace_request *request = lua_touserdata(L, 1);
  luaL_checkstack(L, 32, NULL);
  luaL_traceback(L, request->task, NULL, 0);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  keep(clua_control_of(L), request->identity, text, length);
  return 0;
}

void clua_keep_task_traceback(lua_State *L, lua_State *task) {
  trace_request request = {task, lua_topointer(L, -1)};
  if (request.identity != NULL && request.identity == clua_control_of(L)->traceback_error) return;
  if (clua_protect(L, trace_task, &request, 0) != LUA_OK) lua_pop(L, 1);  // no memory for it: the error goes without
}
