// Strict environments: undefined names are not read, undeclared ones not written.
#include "internal.h"

const char clua_strict_key = 's';

static const char *name_of(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : luaL_typename(L, index);
}

static int refuse_read(lua_State *L) { return luaL_error(L, "undefined name '%s'", name_of(L, 2)); }

static int refuse_write(lua_State *L) {
  const char *name = name_of(L, 2);
  if (lua_type(L, 3) == LUA_TFUNCTION) {
    return luaL_error(L, "assignment to undeclared global '%s': write 'local function %s'", name, name);
  }
  return luaL_error(L, "assignment to undeclared global '%s': write 'local %s'", name, name);
}

static void add_rules(lua_State *L, const void *key, bool writable) {
  lua_newtable(L);
  lua_pushcfunction(L, refuse_read);
  lua_setfield(L, -2, "__index");
  if (!writable) {
    lua_pushcfunction(L, refuse_write);
    lua_setfield(L, -2, "__newindex");
  }
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

/// Gives the table on top the rules, and its own name `_G`.
static void make_environment(lua_State *L, const void *rules) {
  lua_pushliteral(L, "_G");
  lua_pushvalue(L, -2);
  lua_rawset(L, -3);
  lua_rawgetp(L, LUA_REGISTRYINDEX, rules);
  lua_setmetatable(L, -2);
}

/// Expects the table of globals on top, and leaves it there.
void clua_open_environments(lua_State *L) {
  add_rules(L, &clua_strict_key, false);
  add_rules(L, &clua_open_key, true);
  clua_open_loading(L);
  make_environment(L, &clua_strict_key);
}

static int push_environment(lua_State *L) {
  const bool *writable = lua_touserdata(L, 1);
  lua_newtable(L);
  clua_push_slot(L, CLUA_GLOBALS_SLOT);
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, 2);
  }
  lua_pop(L, 1);
  make_environment(L, *writable ? &clua_open_key : &clua_strict_key);
  return 1;
}

bool clua_push_environment(lua_State *L, bool writable) {
  if (clua_protect(L, push_environment, &writable, 1) == LUA_OK) return true;
  lua_pop(L, 1);
  return false;
}
