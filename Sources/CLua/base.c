// The sandbox's basic functions: liblua's own where they are safe, ours where a script could escape its limits through them.
#include "internal.h"

#include <string.h>

const char clua_open_key = 'o';

// MARK: pcall and xpcall

/// Nothing but unwinding is allowed after an abort; otherwise the results follow `skipped` values at the bottom of the stack.
static int finish_protected(lua_State *L, int status, lua_KContext skipped) {
  clua_control *control = clua_control_of(L);
  if (CLUA_UNLIKELY(control->abort != CLUA_ABORT_NONE)) clua_raise_abort(L);
  if (CLUA_UNLIKELY(status != LUA_OK && status != LUA_YIELD)) {
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
  }
  return lua_gettop(L) - (int)skipped;
}

static int protected_call(lua_State *L) {
  luaL_checkany(L, 1);
  clua_charge(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_protected);
  return finish_protected(L, status, 0);
}

/// Calls the script's handler (the upvalue), unless the error is an abort's: a handler could loop.
static int guard_handler(lua_State *L) {
  if (clua_aborted(L)) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

static int protected_call_with_handler(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  clua_charge(L, 1);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, guard_handler, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);  // function, handler, true, function, arguments
  int status = lua_pcallk(L, lua_gettop(L) - 4, LUA_MULTRET, 2, 2, finish_protected);
  return finish_protected(L, status, 2);
}

// MARK: setmetatable, collectgarbage

/// Refuses `__gc`: a finalizer runs outside every limit. liblua looks for it only when the metatable is set.
static int set_metatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  if (type == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "__gc is not available here");
  }
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

static int collect_garbage(lua_State *L) {
  const char *option = luaL_optstring(L, 1, "collect");
  if (strcmp(option, "count") != 0) return luaL_error(L, "collectgarbage: only \"count\" is available here");
  lua_pushnumber(L, (lua_Number)clua_control_of(L)->used / 1024);
  return 1;
}

// MARK: Opening

/// Copies functions of liblua's basic library from the table on top to the one below.
static void copy_functions(lua_State *L) {
  static const char *const names[] = {"assert", "error", "getmetatable", "ipairs", "next", "pairs", "rawequal", "rawget",
                                      "rawlen", "rawset", "select", "tonumber", "tostring", "type", "_VERSION"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    lua_getfield(L, -1, names[i]);
    lua_setfield(L, -3, names[i]);
  }
}

/// Calls one of liblua's openers and leaves its table on top; nothing stays in the registry.
static void open_stock(lua_State *L, lua_CFunction opener, const char *name) {
  lua_pushcfunction(L, opener);
  lua_pushstring(L, name);
  lua_call(L, 1, 1);
}

static void open_libraries(lua_State *L) {
  open_stock(L, luaopen_math, "math");
  lua_setfield(L, -2, "math");
  clua_open_coroutines(L);
  lua_setfield(L, -2, "coroutine");
  clua_open_tables(L);
  lua_setfield(L, -2, "table");
  clua_open_utf8(L);
  lua_setfield(L, -2, "utf8");
}

/// The library `string`, whose copy for methods (`("").rep`) no script can reach. It sets its own global.
static void open_strings(lua_State *L) {
  if (clua_open_strings != NULL) {
    clua_open_strings(L);
    return;
  }
  open_stock(L, luaopen_string, "string");
  lua_pushnil(L);
  lua_setfield(L, -2, "dump");
  lua_setglobal(L, "string");
}

void clua_open_base(lua_State *L) {
  static const luaL_Reg functions[] = {{"pcall", protected_call}, {"xpcall", protected_call_with_handler},
                                       {"setmetatable", set_metatable}, {"collectgarbage", collect_garbage}, {NULL, NULL}};
  lua_newtable(L);
  // liblua's own opener writes into the registry's table of globals: first a throw-away one.
  open_stock(L, luaopen_base, "_G");
  copy_functions(L);
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
  open_libraries(L);
  lua_pushvalue(L, -1);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  lua_pushvalue(L, -1);
  lua_rawseti(L, LUA_REGISTRYINDEX, CLUA_GLOBALS_SLOT);
  int top = lua_gettop(L);
  open_strings(L);
  lua_settop(L, top);
  clua_open_environments(L);
  lua_pop(L, 1);
}
