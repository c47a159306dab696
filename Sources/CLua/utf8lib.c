// The library `utf8`: liblua's, with the two functions that loop over a whole string done anew and charged.
#include "internal.h"

#include <string.h>

enum {
  /// Characters between two looks at the deadline.
  STEP = 16384
};

static bool is_continuation(char byte) { return ((unsigned char)byte & 0xC0) == 0x80; }

/// The position that a negative or positive index means, from 0.
static lua_Integer position_of(lua_Integer index, size_t length) {
  if (index >= 0) return index;
  return 0u - (size_t)index > length ? 0 : (lua_Integer)length + index + 1;
}

/// The length of the sequence at `text`, by the rules of `utf8.len` (surrogates and over 10FFFF only when `lax`); 0 if it is none.
static size_t sequence_length(const char *text, size_t left, bool lax) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
  unsigned char first = (unsigned char)*text;
  if (first < 0x80) return 1;
  if (first < 0xC0 || first >= 0xFE) return 0;
  size_t length = 2;
  while (length < 6 && (first & (0x80u >> length)) != 0) length++;
  if (length > left) return 0;
  uint32_t code = first & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++) {
    if (!is_continuation(text[i])) return 0;
    code = code << 6 | ((unsigned char)text[i] & 0x3F);
  }
  if (code < least[length]) return 0;
  if (!lax && (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))) return 0;
  return length;
}

static int length(lua_State *L) {
  size_t size;
  const char *text = luaL_checklstring(L, 1, &size);
  lua_Integer at = position_of(luaL_optinteger(L, 2, 1), size);
  lua_Integer last = position_of(luaL_optinteger(L, 3, -1), size);
  bool lax = lua_toboolean(L, 4);
  luaL_argcheck(L, 1 <= at && --at <= (lua_Integer)size, 2, "initial position out of bounds");
  luaL_argcheck(L, --last < (lua_Integer)size, 3, "final position out of bounds");
  lua_Integer count = 0;
  while (at <= last) {
    size_t step = sequence_length(text + at, size - (size_t)at, lax);
    if (step == 0) {
      luaL_pushfail(L);
      lua_pushinteger(L, at + 1);
      return 2;
    }
    at += (lua_Integer)step;
    if (++count % STEP == 0) clua_charge(L, STEP);
  }
  lua_pushinteger(L, count);
  return 1;
}

/// Goes `count` characters back (negative) or forth from `at`; what is left of `count` is 0 when it worked.
static lua_Integer walk(lua_State *L, const char *text, lua_Integer size, lua_Integer *at, lua_Integer count) {
  lua_Integer steps = 0;
  while (count < 0 && *at > 0) {
    do {
      (*at)--;
      if (++steps % STEP == 0) clua_charge(L, STEP);
    } while (*at > 0 && is_continuation(text[*at]));
    count++;
  }
  while (count > 0 && *at < size) {
    do {
      (*at)++;
      if (++steps % STEP == 0) clua_charge(L, STEP);
    } while (*at < size && is_continuation(text[*at]));
    count--;
  }
  return count;
}

static int offset(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer size = (lua_Integer)length;
  lua_Integer count = luaL_checkinteger(L, 2);
  lua_Integer at = position_of(luaL_optinteger(L, 3, count > 0 ? 1 : size + 1), length) - 1;
  luaL_argcheck(L, 0 <= at && at <= size, 3, "position out of bounds");
  if (count == 0) {
    lua_Integer steps = 0;
    while (at > 0 && at < size && is_continuation(text[at])) {
      at--;
      if (++steps % STEP == 0) clua_charge(L, STEP);
    }
  } else {
    if (at < size && is_continuation(text[at])) return luaL_error(L, "initial position is a continuation byte");
    if (walk(L, text, size, &at, count > 0 ? count - 1 : count) != 0) {
      luaL_pushfail(L);
      return 1;
    }
  }
  lua_pushinteger(L, at + 1);
  return 1;
}

void clua_open_utf8(lua_State *L) {
  static const luaL_Reg functions[] = {{"len", length}, {"offset", offset}, {NULL, NULL}};
  lua_pushcfunction(L, luaopen_utf8);
  lua_call(L, 0, 1);
  luaL_setfuncs(L, functions, 0);
}
