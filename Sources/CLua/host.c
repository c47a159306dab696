// Host functions: one trampoline for all of them. A host frame never sees an error or a yield: both leave from here, after it.
#include "internal.h"

#include <stdlib.h>

const char clua_function_key = 'f';

typedef struct {
  const void *object;
  uint32_t cell;
} host_function;

static int release(lua_State *L) {
  host_function *function = lua_touserdata(L, 1);
  uint32_t cell = function->cell;
  function->object = NULL;
  function->cell = 0;
  clua_empty_cell(clua_control_of(L), cell);
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
  if (control->wakes_with_error) {
    control->wakes_with_error = false;
    clua_raise_host_error(L, 1);
  }
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
  const host_function *function = lua_touserdata(L, lua_upvalueindex(1));
  control->cap = control->hard;
  int results = control->host.call(function->object, L);
  control->cap = control->limit;
  if (CLUA_UNLIKELY(results < 0 || control->used > control->limit || clua_is_requested(control))) {
    return finish_call(L, control, results);
  }
  return results;
}

/// Takes the object over only when nothing can fail any more.
void clua_new_function(lua_State *L, const void *object) {
  clua_control *control = clua_control_of(L);
  if (!clua_reserve_cell(control)) clua_raise_memory(L);
  host_function *function = lua_newuserdatauv(L, sizeof *function, 0);
  function->object = NULL;
  function->cell = 0;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_function_key);
  lua_setmetatable(L, -2);
  lua_pushcclosure(L, trampoline, 1);
  function->object = object;
  function->cell = clua_fill_cell(control, (void *)object);
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
