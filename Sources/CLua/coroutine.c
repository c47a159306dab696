// The library `coroutine`, so that host waits, ends of slices and aborts pass through nested coroutines.
#include "internal.h"

/// What `resume_once` did, beside a number of results.
enum { FAILED = -1, LEFT = -2 };

static lua_State *coroutine_at(lua_State *L, int index) {
  lua_State *co = lua_tothread(L, index);
  luaL_argexpected(L, co != NULL, index, "coroutine");
  return co;
}

static int fail(lua_State *L, const char *message) {
  lua_pushstring(L, message);
  return FAILED;
}

/// Moves what a coroutine gave to `L`: its results, or its error.
static int take_results(lua_State *L, lua_State *co, int status, int results) {
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(co, L, 1);
    return FAILED;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(co, results);
    return fail(L, "too many results to resume");
  }
  lua_xmove(co, L, results);
  return results;
}

/// Resumes `co` with the top `arguments` values of `L`. `LEFT`: it is on its way out to the driver, and `L` has to follow it.
static int resume_once(lua_State *L, lua_State *co, int arguments, bool goes_on) {
  clua_control *control = clua_control_of(L);
  clua_charge(L, 1);
  if (!goes_on && (*clua_extra(co) & CLUA_COROUTINE_MASK) != 0) return fail(L, "cannot resume a coroutine of a task that waits");
  if (!lua_checkstack(co, arguments)) return fail(L, "too many arguments to resume");
  if (clua_stack_is_low()) return fail(L, "C stack overflow");
  lua_xmove(L, co, arguments);
  bool can_wait = control->can_wait;
  control->can_wait = can_wait && lua_isyieldable(L);
  *clua_extra(co) &= ~(uintptr_t)CLUA_COROUTINE_LEFT;
  clua_switch(control, co);
  int results = 0;
  int status = lua_resume(co, L, arguments, &results);
  clua_switch(control, L);
  control->can_wait = can_wait;
  if (control->abort != CLUA_ABORT_NONE) clua_raise_abort(L);
  control->cap = control->limit;
  if (status == LUA_YIELD && control->leave != CLUA_LEAVE_NOT) return LEFT;
  return take_results(L, co, status, results);
}

static int leave_with(lua_State *L, lua_KFunction continuation) {
  *clua_extra(L) |= CLUA_COROUTINE_LEFT;
  return lua_yieldk(L, 0, 0, continuation);
}

// MARK: resume

static int go_on_resume(lua_State *L, int status, lua_KContext context);

static int finish_resume(lua_State *L, int results) {
  if (results == LEFT) return leave_with(L, go_on_resume);
  lua_pushboolean(L, results != FAILED);
  int count = results == FAILED ? 1 : results;
  lua_insert(L, -count - 1);
  return count + 1;
}

/// The driver came back: what it brought goes on to the coroutine that had left, below the coroutine at index 1.
static int go_on_resume(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  *clua_extra(L) &= ~(uintptr_t)CLUA_COROUTINE_LEFT;
  return finish_resume(L, resume_once(L, lua_tothread(L, 1), lua_gettop(L) - 1, true));
}

static int resume(lua_State *L) {
  lua_State *co = coroutine_at(L, 1);
  return finish_resume(L, resume_once(L, co, lua_gettop(L) - 1, false));
}

// MARK: close

/// Runs the pending `__close` metamethods of `co`. Returns its status, with the error on top of `co`.
///
/// liblua 5.4.4 does not count nested closes, so the C stack is measured here.
static int close_one(lua_State *L, lua_State *co) {
  clua_control *control = clua_control_of(L);
  if (clua_stack_is_low()) {
    luaL_error(L, "C stack overflow");
  }
  bool can_wait = control->can_wait;
  control->can_wait = false;
  clua_switch(control, co);
  int status = lua_resetthread(co);
  clua_switch(control, L);
  control->can_wait = can_wait;
  if (control->abort != CLUA_ABORT_NONE) clua_raise_abort(L);
  control->cap = control->limit;
  return status;
}

static const char *status_name(lua_State *L, lua_State *co);

static int close_coroutine(lua_State *L) {
  lua_State *co = coroutine_at(L, 1);
  clua_charge(L, 1);
  const char *status = status_name(L, co);
  if (*status != 's' && *status != 'd') return luaL_error(L, "cannot close a %s coroutine", status);
  if (close_one(L, co) == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(co, L, 1);
  return 2;
}

// MARK: wrap

static int go_on_wrap(lua_State *L, int status, lua_KContext context);

static int finish_wrap(lua_State *L, lua_State *co, int results) {
  if (results >= 0) return results;
  if (results == LEFT) return leave_with(L, go_on_wrap);
  int status = lua_status(co);
  if (status != LUA_OK && status != LUA_YIELD) {  // it failed: what it left open is closed
    close_one(L, co);
    lua_xmove(co, L, 1);
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int go_on_wrap(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  *clua_extra(L) &= ~(uintptr_t)CLUA_COROUTINE_LEFT;
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  return finish_wrap(L, co, resume_once(L, co, lua_gettop(L), true));
}

static int call_wrapped(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  return finish_wrap(L, co, resume_once(L, co, lua_gettop(L), false));
}

static int create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  clua_charge(L, 1);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
}

static int wrap(lua_State *L) {
  create(L);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

// MARK: The rest

/// A task's own coroutine is the main one for the script in it.
static bool is_main(lua_State *L) {
  return L == clua_control_of(L)->main || (*clua_extra(L) & CLUA_COROUTINE_TASK) != 0;
}

static int yield(lua_State *L) {
  if (is_main(L)) return luaL_error(L, "attempt to yield from outside a coroutine");
  return lua_yield(L, lua_gettop(L));
}

static const char *status_name(lua_State *L, lua_State *co) {
  if (co == L) return "running";
  if ((*clua_extra(co) & CLUA_COROUTINE_MASK) != 0) return "normal";
  lua_Debug frame;
  switch (lua_status(co)) {
    case LUA_YIELD: return "suspended";
    case LUA_OK:
      if (lua_getstack(co, 0, &frame)) return "normal";
      return lua_gettop(co) == 0 ? "dead" : "suspended";
    default: return "dead";
  }
}

static int status(lua_State *L) {
  lua_pushstring(L, status_name(L, coroutine_at(L, 1)));
  return 1;
}

static int is_yieldable(lua_State *L) {
  lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
  lua_pushboolean(L, !is_main(co) && lua_isyieldable(co));
  return 1;
}

static int running(lua_State *L) {
  lua_pushthread(L);
  lua_pushboolean(L, is_main(L));
  return 2;
}

void clua_open_coroutines(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"create", create}, {"resume", resume}, {"wrap", wrap}, {"yield", yield}, {"status", status},
      {"isyieldable", is_yieldable}, {"running", running}, {"close", close_coroutine}, {NULL, NULL}};
  luaL_newlib(L, functions);
}
