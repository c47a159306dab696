// Host functions: one trampoline for all of them. A host frame never sees an error or a yield: both leave from here, after it.
#include "internal.h"

#include <stdlib.h>

const char clua_function_key = 'f';

static int release(lua_State *L) {
  void **block = lua_touserdata(L, 1);
  void *object = *block;
  *block = NULL;
  if (object != NULL) clua_control_of(L)->host.release(object);
  return 0;
}

void clua_open_functions(lua_State *L) {
  lua_newtable(L);
  lua_pushcfunction(L, release);
  lua_setfield(L, -2, "__gc");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &clua_function_key);
}

/// The host's frame may have used memory up to the hard limit.
static void check_memory(lua_State *L, clua_control *control) {
  if (CLUA_LIKELY(control->used <= control->limit)) return;
  lua_gc(L, LUA_GCCOLLECT);
  if (control->used > control->limit) clua_raise_memory(L);
}

/// A host function that waited goes on here, with its results on the stack or an error in the control block.
static int go_on(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  clua_control *control = clua_control_of(L);
  *clua_extra(L) &= ~(uintptr_t)CLUA_COROUTINE_LEFT;
  clua_check(L);
  check_memory(L, control);
  if (control->host_error != NULL) clua_raise_host_error(L, 1);
  return lua_gettop(L);
}

static int finish_call(lua_State *L, clua_control *control, int results) {
  clua_check(L);
  check_memory(L, control);
  if (results == CLUA_RAISE) clua_raise_host_error(L, 1);
  if (results == CLUA_WAIT) {
    lua_settop(L, 0);
    control->leave = CLUA_LEAVE_WAIT;
    *clua_extra(L) |= CLUA_COROUTINE_LEFT;
    return lua_yieldk(L, 0, 0, go_on);
  }
  return results;
}

static int trampoline(lua_State *L) {
  clua_control *control = clua_control_of(L);
  void *const *block = lua_touserdata(L, lua_upvalueindex(1));
  control->cap = control->hard;
  int results = control->host.call(*block, L);
  control->cap = control->limit;
  if (CLUA_UNLIKELY(results < 0 || control->used > control->limit || clua_is_requested(control))) {
    return finish_call(L, control, results);
  }
  return results;
}

void clua_new_function(lua_State *L, const void *object) {
  void **block = lua_newuserdatauv(L, sizeof *block, 0);
  *block = NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_function_key);
  lua_setmetatable(L, -2);
  lua_pushcclosure(L, trampoline, 1);
  *block = (void *)object;
}

static int push_function(lua_State *L) {
  clua_new_function(L, lua_touserdata(L, 1));
  return 1;
}

int clua_push_function(lua_State *L, const void *object) {
  int status = clua_protect(L, push_function, (void *)object, 1);
  if (status != LUA_OK) clua_control_of(L)->host.release(object);
  return status;
}

bool clua_can_wait(lua_State *L) { return clua_control_of(L)->can_wait && lua_isyieldable(L); }
