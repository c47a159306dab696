// Values and tables for the host, by raw access.
#include "internal.h"

const char *clua_string(lua_State *L, int index, size_t *length) {
  if (lua_type(L, index) != LUA_TSTRING) return NULL;
  return lua_tolstring(L, index, length);  // raises only where it converts a number
}

static const char fallback_null;

static void *null_sentinel(void) { return clua_json_null != NULL ? clua_json_null() : (void *)&fallback_null; }

void clua_push_null(lua_State *L) { lua_pushlightuserdata(L, null_sentinel()); }

bool clua_is_null(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TLIGHTUSERDATA && lua_touserdata(L, index) == null_sentinel();
}

const char *clua_type_name(lua_State *L, int index) {
  if (lua_type(L, index) == LUA_TNONE) return "no value";
  if (clua_is_null(L, index)) return "null";
  if (clua_host_error_at(L, index) != NULL) return "error";
  return lua_typename(L, lua_type(L, index));
}

int clua_get_field(lua_State *L, int index, const void *key, size_t length) {
  index = lua_absindex(L, index);
  if (!clua_push_string(L, key, length)) return CLUA_NONE;
  return lua_rawget(L, index);
}

int clua_get_index(lua_State *L, int index, long long key) { return lua_rawgeti(L, index, key); }

int clua_get_value(lua_State *L, int index) { return lua_rawget(L, index); }

static int set_value(lua_State *L) {
  lua_rawset(L, 2);
  return 0;
}

int clua_set_value(lua_State *L, int index) {
  index = lua_absindex(L, index);
  if (!lua_checkstack(L, 2)) return LUA_ERRMEM;
  lua_pushvalue(L, index);
  lua_rotate(L, -3, 1);
  return clua_protect_with(L, set_value, NULL, 3, 0);
}

size_t clua_length(lua_State *L, int index) { return lua_rawlen(L, index); }

bool clua_next(lua_State *L, int index) { return lua_next(L, index) != 0; }

void clua_set_metatable(lua_State *L, int index) { lua_setmetatable(L, index); }

int clua_function_line(lua_State *L, int index, char *source, size_t capacity) {
  lua_Debug info;
  lua_pushvalue(L, index);
  lua_getinfo(L, ">S", &info);
  snprintf(source, capacity, "%s", info.short_src);
  return info.linedefined > 0 ? info.linedefined : info.linedefined == 0 ? 1 : -1;
}

int clua_position(lua_State *L, int level, char *source, size_t capacity) {
  lua_Debug frame;
  if (!lua_getstack(L, level, &frame)) return -1;
  lua_getinfo(L, "Sl", &frame);
  snprintf(source, capacity, "%s", frame.short_src);
  return frame.currentline;
}
