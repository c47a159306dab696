// The script's global `json`.
#include "internal.h"
#include "walk.h"

// Work on this many bytes costs a script one unit of its time.
enum { BYTES_PER_UNIT = 16 };

static int encode_body(lua_State *L) {
  Walk *walk = lua_touserdata(L, 2);
  lua_settop(L, 1);
  if (!clua_walk(walk)) return 0;
  clua_charge(L, walk->out.length / BYTES_PER_UNIT);
  lua_pushlstring(L, (const char *)walk->out.data, walk->out.length);
  return 1;
}

// json.encode(value [, {pretty = true}])
static int encode(lua_State *L) {
  clua_issue issue = {0};
  Walk walk = {.L = L, .issue = &issue, .charged = true};
  luaL_checkany(L, 1);
  if (!lua_isnoneornil(L, 2)) {
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_pushliteral(L, "pretty");
    lua_rawget(L, 2);
    walk.pretty = lua_toboolean(L, -1);
  }
  walk.out.limit = (size_t)INT32_MAX;
  walk.out.L = L;
  lua_settop(L, 1);
  lua_pushcfunction(L, encode_body);
  lua_insert(L, 1);
  lua_pushlightuserdata(L, &walk);
  int status = lua_pcall(L, 2, 1, 0);
  clua_bytes_release(&walk.out);
  if (status != LUA_OK) return lua_error(L);
  if (issue.code == CLUA_DATA_OK) return 1;
  if (issue.code == CLUA_DATA_MEMORY) clua_raise_memory(L);
  return luaL_error(L, "json.encode: %s", issue.message);
}

// json.decode(text)
static int decode(lua_State *L) {
  size_t length;
  clua_issue issue = {0};
  const char *text = luaL_checklstring(L, 1, &length);
  clua_charge(L, length / BYTES_PER_UNIT);
  int code = clua_json_push(L, text, length, &issue);
  if (code == CLUA_DATA_OK) return 1;
  if (code == CLUA_DATA_RAISED) return lua_error(L);
  if (code == CLUA_DATA_MEMORY) clua_raise_memory(L);
  return luaL_error(L, "json.decode: line %d, column %d: %s", (int)issue.line, (int)issue.column, issue.message);
}

// json.array([table]): marks a table, so that it is written as an array even when empty, and returns it.
static int array(lua_State *L) {
  lua_settop(L, 1);
  if (lua_isnil(L, 1)) {
    lua_newtable(L);
    lua_replace(L, 1);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  if (lua_getmetatable(L, 1)) {
    clua_push_array_mark(L);
    luaL_argcheck(L, lua_rawequal(L, -1, -2), 1, "the table has a metatable of its own");
    lua_settop(L, 1);
  }
  clua_push_array_mark(L);
  lua_setmetatable(L, 1);
  return 1;
}

void clua_open_json(lua_State *L) {
  static const luaL_Reg functions[] = {{"encode", encode}, {"decode", decode}, {"array", array}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_pushlightuserdata(L, clua_json_null());
  lua_setfield(L, -2, "null");
}
