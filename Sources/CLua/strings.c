// The private library `string`. Every function pays for the bytes it touches, and what cannot fit the memory limit is refused before
// the work is done: results are allocated first.
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "patterns.h"

enum {
  BYTES_PER_UNIT = 16,
  CHUNK = 1 << 20,  // bytes between two looks at the deadline: well below a millisecond
  SIZE_MAX_STRING = INT_MAX,
};

static int length_of(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  lua_pushinteger(L, (lua_Integer)length);
  return 1;
}

static int sub(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  size_t start = clua_string_start(luaL_checkinteger(L, 2), length), end = clua_string_end(luaL_optinteger(L, 3, -1), length);
  if (start > end) {
    lua_pushliteral(L, "");
    return 1;
  }
  clua_charge(L, (end - start) / BYTES_PER_UNIT);
  lua_pushlstring(L, text + start - 1, end - start + 1);
  return 1;
}

// Runs `change` over a string in chunks.
static int changed(lua_State *L, void (*change)(char *to, const char *text, size_t from, size_t to_end, size_t length)) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  luaL_Buffer buffer;
  char *result = luaL_buffinitsize(L, &buffer, length);
  for (size_t from = 0; from < length; from += CHUNK) {
    clua_charge(L, CHUNK / BYTES_PER_UNIT);
    change(result, text, from, length - from < CHUNK ? length : from + CHUNK, length);
  }
  luaL_pushresultsize(&buffer, length);
  return 1;
}

static void to_upper(char *to, const char *text, size_t from, size_t end, size_t length) {
  (void)length;
  for (size_t i = from; i < end; i++) to[i] = (char)toupper((unsigned char)text[i]);
}

static void to_lower(char *to, const char *text, size_t from, size_t end, size_t length) {
  (void)length;
  for (size_t i = from; i < end; i++) to[i] = (char)tolower((unsigned char)text[i]);
}

static void to_reverse(char *to, const char *text, size_t from, size_t end, size_t length) {
  for (size_t i = from; i < end; i++) to[i] = text[length - 1 - i];
}

static int upper(lua_State *L) { return changed(L, to_upper); }
static int lower(lua_State *L) { return changed(L, to_lower); }
static int reverse(lua_State *L) { return changed(L, to_reverse); }

static int rep(lua_State *L) {
  size_t length, gap;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer count = luaL_checkinteger(L, 2);
  const char *separator = luaL_optlstring(L, 3, "", &gap);
  if (count <= 0 || length + gap == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  if (length + gap < length || length + gap > (size_t)SIZE_MAX_STRING / (size_t)count) {
    return luaL_error(L, "resulting string too large");
  }
  size_t unit = length + gap, total = unit * (size_t)count - gap;
  luaL_Buffer buffer;
  char *result = luaL_buffinitsize(L, &buffer, total + gap);
  memcpy(result, text, length);
  memcpy(result + length, separator, gap);
  // Doubles what is there, by whole units and about a chunk at a time.
  for (size_t done = unit; done < unit * (size_t)count;) {
    size_t most = done < CHUNK ? done : unit > CHUNK ? unit : CHUNK / unit * unit;
    size_t left = unit * (size_t)count - done, step = left < most ? left : most;
    clua_charge(L, step / BYTES_PER_UNIT);
    memcpy(result + done, result, step);
    done += step;
  }
  luaL_pushresultsize(&buffer, total);
  return 1;
}

static int byte(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer first = luaL_optinteger(L, 2, 1);
  size_t start = clua_string_start(first, length), end = clua_string_end(luaL_optinteger(L, 3, first), length);
  if (start > end) return 0;
  if (end - start >= (size_t)INT_MAX) return luaL_error(L, "string slice too long");
  int count = (int)(end - start) + 1;
  luaL_checkstack(L, count, "string slice too long");
  clua_charge(L, (size_t)count);
  for (int i = 0; i < count; i++) lua_pushinteger(L, (unsigned char)text[start - 1 + (size_t)i]);
  return count;
}

static int character(lua_State *L) {
  int count = lua_gettop(L);
  luaL_Buffer buffer;
  char *result = luaL_buffinitsize(L, &buffer, (size_t)count);
  for (int i = 1; i <= count; i++) {
    lua_Unsigned code = (lua_Unsigned)luaL_checkinteger(L, i);
    luaL_argcheck(L, code <= UCHAR_MAX, i, "value out of range");
    result[i - 1] = (char)code;
  }
  luaL_pushresultsize(&buffer, (size_t)count);
  return 1;
}

// Runs liblua's own function, which is the first upvalue, in this very call, so that its errors name the right function and line.
// Its work is bounded by its arguments and, for what it pads, by the memory limit.
static int stock(lua_State *L) {
  size_t bytes = 0;
  for (int i = 1; i <= lua_gettop(L); i++) bytes += lua_type(L, i) == LUA_TSTRING ? lua_rawlen(L, i) : 8;
  clua_charge(L, bytes / BYTES_PER_UNIT);
  lua_CFunction function = lua_tocfunction(L, lua_upvalueindex(1));
  return function(L);
}

static const luaL_Reg functions[] = {
  {"byte", byte}, {"char", character}, {"find", clua_string_find}, {"format", clua_string_format}, {"gmatch", clua_string_gmatch},
  {"gsub", clua_string_gsub}, {"len", length_of}, {"lower", lower}, {"match", clua_string_match}, {"rep", rep},
  {"reverse", reverse}, {"sub", sub}, {"upper", upper}, {NULL, NULL},
};

// Pushes a new table with the functions; liblua's library is at `library`.
static void push_library(lua_State *L, int library) {
  static const char *const taken[] = {"pack", "unpack", "packsize"};
  luaL_newlib(L, functions);
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
    lua_getfield(L, library, taken[i]);
    lua_pushcclosure(L, stock, 1);
    lua_setfield(L, -2, taken[i]);
  }
}

// Pushes a metatable for strings with the arithmetic of liblua's, and methods from a library that no script can reach.
static void push_metatable(lua_State *L, int library, int stock_metatable) {
  lua_newtable(L);
  lua_pushnil(L);
  while (lua_next(L, stock_metatable)) {
    lua_pushvalue(L, -2);
    lua_rotate(L, -2, 1);
    lua_rawset(L, -4);
  }
  push_library(L, library);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
}

void clua_open_strings(lua_State *L) {
  int base = lua_gettop(L);
  lua_pushcfunction(L, luaopen_string);
  lua_call(L, 0, 1);
  lua_pushliteral(L, "");
  if (!lua_getmetatable(L, -1)) luaL_error(L, "strings have no metatable");
  lua_replace(L, base + 2);
  push_metatable(L, base + 1, base + 2);
  lua_pushliteral(L, "");
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  push_library(L, base + 1);
  lua_pushvalue(L, -1);
  lua_setglobal(L, "string");
  lua_replace(L, base + 1);
  lua_settop(L, base + 1);
}
