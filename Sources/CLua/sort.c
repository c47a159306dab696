// `table.sort`: a heap sort's bound without its cost. Every comparison is charged, so that a slow comparator meets its deadline.
#include "internal.h"

#include <limits.h>

enum {
  TABLE = 1,
  COMPARATOR = 2,
  /// Ranges up to this many elements are sorted by insertion.
  SMALL = 8,
};

/// Whether the value at `left` sorts before the one at `right` (both absolute indices).
static bool precedes(lua_State *L, int left, int right) {
  clua_charge(L, 1);
  if (lua_isnil(L, COMPARATOR)) return lua_compare(L, left, right, LUA_OPLT);
  lua_pushvalue(L, COMPARATOR);
  lua_pushvalue(L, left);
  lua_pushvalue(L, right);
  lua_call(L, 2, 1);
  bool result = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return result;
}

static void swap_if_unordered(lua_State *L, lua_Integer low, lua_Integer high) {
  lua_geti(L, TABLE, low);
  lua_geti(L, TABLE, high);
  int top = lua_gettop(L);
  if (precedes(L, top, top - 1)) {
    lua_seti(L, TABLE, low);
    lua_seti(L, TABLE, high);
  } else {
    lua_settop(L, top - 2);
  }
}

static void sort_small(lua_State *L, lua_Integer low, lua_Integer high) {
  for (lua_Integer i = low + 1; i <= high; i++) {
    lua_geti(L, TABLE, i);
    int value = lua_gettop(L);
    lua_Integer hole = i;
    for (; hole > low; hole--) {
      lua_geti(L, TABLE, hole - 1);
      if (!precedes(L, value, value + 1)) {
        lua_settop(L, value);
        break;
      }
      lua_seti(L, TABLE, hole);
    }
    lua_seti(L, TABLE, hole);
  }
}

// MARK: Heap sort, for ranges on which quicksort does badly

static void sift(lua_State *L, lua_Integer low, lua_Integer root, lua_Integer count) {
  lua_geti(L, TABLE, low + root);
  int value = lua_gettop(L);
  for (;;) {
    lua_Integer child = root * 2 + 1;
    if (child >= count) break;
    lua_geti(L, TABLE, low + child);
    if (child + 1 < count) {
      lua_geti(L, TABLE, low + child + 1);
      if (precedes(L, value + 1, value + 2)) {
        lua_remove(L, value + 1);
        child++;
      } else {
        lua_settop(L, value + 1);
      }
    }
    if (!precedes(L, value, value + 1)) break;
    lua_seti(L, TABLE, low + root);
    root = child;
  }
  lua_settop(L, value);
  lua_seti(L, TABLE, low + root);
}

static void sort_heap(lua_State *L, lua_Integer low, lua_Integer high) {
  lua_Integer count = high - low + 1;
  for (lua_Integer root = count / 2; root > 0; root--) sift(L, low, root - 1, count);
  for (lua_Integer last = count - 1; last > 0; last--) {
    lua_geti(L, TABLE, low);
    lua_geti(L, TABLE, low + last);
    lua_seti(L, TABLE, low);
    lua_seti(L, TABLE, low + last);
    sift(L, low, 0, last);
  }
}

// MARK: Quicksort

/// Splits around the median of three, whose value is on top of the stack. Returns the last index of the lower part.
static lua_Integer split(lua_State *L, lua_Integer low, lua_Integer high) {
  int pivot = lua_gettop(L);
  lua_Integer i = low, j = high;
  for (;;) {
    while (lua_geti(L, TABLE, i), precedes(L, pivot + 1, pivot)) {
      lua_settop(L, pivot);
      if (++i > high) luaL_error(L, "invalid order function for sorting");
    }
    while (lua_geti(L, TABLE, j), precedes(L, pivot, pivot + 2)) {
      lua_settop(L, pivot + 1);
      if (--j < low) luaL_error(L, "invalid order function for sorting");
    }
    if (i >= j) {
      lua_settop(L, pivot);
      return j;
    }
    lua_seti(L, TABLE, i);
    lua_seti(L, TABLE, j);
    i++;
    j--;
    if (i > high || j < low) luaL_error(L, "invalid order function for sorting");
  }
}

/// Recurses into the smaller part only, so the C stack holds at most 32 of these; `depth` bounds the splits.
static void sort_range(lua_State *L, lua_Integer low, lua_Integer high, int depth) {
  while (high - low >= SMALL) {
    if (depth-- == 0) {
      sort_heap(L, low, high);
      return;
    }
    lua_Integer middle = low + (high - low) / 2;
    swap_if_unordered(L, low, middle);
    swap_if_unordered(L, middle, high);
    swap_if_unordered(L, low, middle);
    lua_geti(L, TABLE, middle);
    lua_Integer end = split(L, low, high);
    lua_pop(L, 1);
    if (end - low < high - end) {
      sort_range(L, low, end, depth);
      low = end + 1;
    } else {
      sort_range(L, end + 1, high, depth);
      high = end;
    }
  }
  sort_small(L, low, high);
}

int clua_sort(lua_State *L) {
  luaL_checktype(L, TABLE, LUA_TTABLE);
  lua_Integer count = luaL_len(L, TABLE);
  luaL_argcheck(L, count < INT_MAX, TABLE, "array too big");
  if (!lua_isnoneornil(L, COMPARATOR)) luaL_checktype(L, COMPARATOR, LUA_TFUNCTION);
  lua_settop(L, COMPARATOR);
  luaL_checkstack(L, 256, "");
  int depth = 4;
  for (lua_Integer size = count; size > 1; size /= 2) depth += 2;
  if (count > 1) sort_range(L, 1, count, depth);
  return 0;
}
