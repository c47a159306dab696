// The functions of `string` that search: find, match, gmatch, gsub.
#define _GNU_SOURCE
#include <string.h>

#include "patterns.h"

enum { BYTES_PER_UNIT = 16 };

size_t clua_string_start(lua_Integer position, size_t length) {
  if (position > 0) return (size_t)position;
  if (position == 0 || position < -(lua_Integer)length) return 1;
  return length + (size_t)position + 1;
}

size_t clua_string_end(lua_Integer position, size_t length) {
  if (position > (lua_Integer)length) return length;
  if (position >= 0) return (size_t)position;
  return position < -(lua_Integer)length ? 0 : length + (size_t)position + 1;
}

// Has the pattern no character with a meaning of its own?
static bool is_plain(const char *pattern, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (pattern[i] != 0 && strchr("^$*+?.([%-", pattern[i]) != NULL) return false;
  }
  return true;
}

static int find_plain(lua_State *L, const char *text, size_t length, const char *wanted, size_t wanted_length, size_t from) {
  clua_charge(L, (length - from) / BYTES_PER_UNIT);
  const char *found = wanted_length == 0 ? text + from : memmem(text + from, length - from, wanted, wanted_length);
  if (found == NULL) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, found - text + 1);
  lua_pushinteger(L, found - text + (lua_Integer)wanted_length);
  return 2;
}

static int find_or_match(lua_State *L, bool find) {
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length), *pattern = luaL_checklstring(L, 2, &pattern_length);
  size_t from = clua_string_start(luaL_optinteger(L, 3, 1), length) - 1;
  if (from > length) {
    lua_pushnil(L);
    return 1;
  }
  if (find && (lua_toboolean(L, 4) || is_plain(pattern, pattern_length))) {
    return find_plain(L, text, length, pattern, pattern_length, from);
  }
  Matcher matcher;
  clua_matcher_begin(&matcher, L, text, length, pattern, pattern_length, true);
  const char *start = text + from, *end = clua_search(&matcher, &start, NULL);
  if (end == NULL) {
    lua_pushnil(L);
    return 1;
  }
  if (!find) return clua_push_captures(&matcher, start, end, true);
  lua_pushinteger(L, start - text + 1);
  lua_pushinteger(L, end - text);
  return clua_push_captures(&matcher, start, end, false) + 2;
}

int clua_string_find(lua_State *L) { return find_or_match(L, true); }

int clua_string_match(lua_State *L) { return find_or_match(L, false); }

// What an iterator of `gmatch` keeps; the strings themselves are its upvalues.
typedef struct Iteration {
  Matcher matcher;
  const char *next;
  const char *last_end;  // a match may not be empty right behind the one before
} Iteration;

static int next_match(lua_State *L) {
  Iteration *iteration = lua_touserdata(L, lua_upvalueindex(3));
  iteration->matcher.L = L;
  const char *start = iteration->next, *end = clua_search(&iteration->matcher, &start, iteration->last_end);
  if (end == NULL) {
    iteration->next = iteration->matcher.text_end + 1;
    return 0;
  }
  iteration->next = iteration->last_end = end;
  return clua_push_captures(&iteration->matcher, start, end, true);
}

int clua_string_gmatch(lua_State *L) {
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length), *pattern = luaL_checklstring(L, 2, &pattern_length);
  size_t from = clua_string_start(luaL_optinteger(L, 3, 1), length) - 1;
  lua_settop(L, 2);
  Iteration *iteration = lua_newuserdatauv(L, sizeof *iteration, 0);
  clua_matcher_begin(&iteration->matcher, L, text, length, pattern, pattern_length, false);
  iteration->next = text + (from > length ? length + 1 : from);
  iteration->last_end = NULL;
  lua_pushcclosure(L, next_match, 3);
  return 1;
}

static void add_capture(Matcher *matcher, luaL_Buffer *buffer, int index, const char *start, const char *end) {
  ptrdiff_t length = index < matcher->count ? matcher->captures[index].length : CAPTURE_OPEN;
  if (length >= 0) {
    clua_matcher_spend(matcher, (size_t)length / BYTES_PER_UNIT);
    luaL_addlstring(buffer, matcher->captures[index].start, (size_t)length);
    return;
  }
  clua_push_capture(matcher, index, start, end);
  luaL_tolstring(matcher->L, -1, NULL);
  lua_remove(matcher->L, -2);
  luaL_addvalue(buffer);
}

// A replacement string, with its captures put in.
static void add_text(Matcher *matcher, luaL_Buffer *buffer, const char *start, const char *end) {
  lua_State *L = matcher->L;
  size_t length;
  const char *text = lua_tolstring(L, 3, &length), *stop = text + length;
  clua_matcher_spend(matcher, length / BYTES_PER_UNIT);
  for (;;) {
    const char *escape = memchr(text, '%', (size_t)(stop - text));
    luaL_addlstring(buffer, text, (size_t)((escape != NULL ? escape : stop) - text));
    if (escape == NULL) return;
    char what = escape[1];
    text = escape + 2;
    if (escape + 1 < stop && what == '%') {
      luaL_addchar(buffer, '%');
    } else if (escape + 1 < stop && what == '0') {
      luaL_addlstring(buffer, start, (size_t)(end - start));
      clua_matcher_spend(matcher, (size_t)(end - start) / BYTES_PER_UNIT);
    } else if (escape + 1 < stop && what >= '1' && what <= '9') {
      add_capture(matcher, buffer, what - '1', start, end);
    } else {
      luaL_error(L, "invalid use of '%%' in replacement string");
    }
  }
}

// Adds what replaces a match; false when it stays as it is.
static bool add_replacement(Matcher *matcher, luaL_Buffer *buffer, int type, const char *start, const char *end) {
  lua_State *L = matcher->L;
  switch (type) {
    case LUA_TFUNCTION:
      lua_pushvalue(L, 3);
      lua_call(L, clua_push_captures(matcher, start, end, true), 1);
      break;
    case LUA_TTABLE:
      clua_push_capture(matcher, 0, start, end);
      lua_gettable(L, 3);
      break;
    default: add_text(matcher, buffer, start, end); return true;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(buffer, start, (size_t)(end - start));
    return false;
  }
  if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  clua_matcher_spend(matcher, lua_rawlen(L, -1) / BYTES_PER_UNIT);
  luaL_addvalue(buffer);
  return true;
}

int clua_string_gsub(lua_State *L) {
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length), *pattern = luaL_checklstring(L, 2, &pattern_length);
  int type = lua_type(L, 3);
  bool usable = type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE;
  if (!usable) luaL_typeerror(L, 3, "string/function/table");
  lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
  Matcher matcher;
  clua_matcher_begin(&matcher, L, text, length, pattern, pattern_length, true);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  const char *rest = text, *last_end = NULL;
  bool changed = false;
  while (count < most) {
    const char *start = rest, *end = clua_search(&matcher, &start, last_end);
    if (end == NULL) break;
    luaL_addlstring(&buffer, rest, (size_t)(start - rest));
    count++;
    changed |= add_replacement(&matcher, &buffer, type, start, end);
    rest = last_end = end;
    if (matcher.anchored) break;
  }
  if (changed) {
    luaL_addlstring(&buffer, rest, (size_t)(matcher.text_end - rest));
    luaL_pushresult(&buffer);
  } else {
    lua_pushvalue(L, 1);
  }
  lua_pushinteger(L, count);
  return 2;
}
