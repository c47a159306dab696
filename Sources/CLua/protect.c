// Protected bodies for the host's own operations.
#include "internal.h"

int clua_protect(lua_State *L, lua_CFunction body, void *argument, int results) {
  return clua_protect_with(L, body, argument, 0, results);
}

int clua_protect_with(lua_State *L, lua_CFunction body, void *argument, int arguments, int results) {
  if (!lua_checkstack(L, 4)) {
    lua_settop(L, -arguments - 1);
    lua_pushnil(L);  // liblua keeps a few slots beyond every limit
    return LUA_ERRMEM;
  }
  lua_pushcfunction(L, body);
  lua_pushlightuserdata(L, argument);
  lua_rotate(L, -arguments - 2, 2);
  clua_control *control = clua_control_of(L);
  size_t cap = control->cap;
  int status = lua_pcall(L, arguments + 1, results, 0);
  control->cap = cap;
  return status;
}
