// Reading tables value by value for the host, without a copy in between. Nothing here raises, and Lua allocates nothing but keys, once.
#include "internal.h"

#include <stdlib.h>

/// What one read may touch in all: a table may be reached by many ways, so what is read can be far larger than the heap.
enum { READ_BUDGET = 256 << 20, NODE_COST = 16, FIRST_KEYS = 64, ELEMENT_SIZE = 16 };

/// A literal of the host, known by its address, and the slot of the string that it stands for. `text` NULL: free.
struct clua_key {
  const void *text;
  size_t length;
  int slot;
};

static size_t hash(const void *text, size_t length) {
  uint64_t product = ((uint64_t)(uintptr_t)text ^ (uint64_t)length << 48) * 0x9E3779B97F4A7C15u;
  return (size_t)(product >> 32);
}

/// The entry of a literal, or the free one where it belongs. At least half of the entries are free.
static clua_key *find(clua_key *keys, size_t count, const void *text, size_t length) {
  size_t at = hash(text, length) & (count - 1);
  while (keys[at].text != NULL && (keys[at].text != text || keys[at].length != length)) at = (at + 1) & (count - 1);
  return &keys[at];
}

static bool grow_keys(clua_control *control) {
  size_t capacity = control->key_capacity == 0 ? FIRST_KEYS : control->key_capacity * 2;
  clua_key *keys = calloc(capacity, sizeof *keys);
  if (keys == NULL) return false;
  for (size_t i = 0; i < control->key_capacity; i++) {
    const clua_key *old = &control->keys[i];
    if (old->text != NULL) *find(keys, capacity, old->text, old->length) = *old;
  }
  free(control->keys);
  control->keys = keys;
  control->key_capacity = capacity;
  return true;
}

static const clua_key *add_key(lua_State *L, clua_control *control, const void *text, size_t length) {
  if (control->key_count * 2 >= control->key_capacity && !grow_keys(control)) return NULL;
  if (!clua_push_string(L, text, length)) return NULL;
  int slot = clua_ref(L, -1);
  lua_pop(L, 1);
  if (slot < 0) return NULL;
  clua_key *key = find(control->keys, control->key_capacity, text, length);
  *key = (clua_key){text, length, slot};
  control->key_count++;
  return key;
}

static int enter(lua_State *L, int index, int depth) {
  if (lua_type(L, index) != LUA_TTABLE) return 0;
  if (CLUA_UNLIKELY(depth > CLUA_DEPTH_MAX)) return CLUA_READ_DEPTH;
  if (CLUA_UNLIKELY(!lua_checkstack(L, 8))) return CLUA_READ_MEMORY;
  if (depth == 0) clua_control_of(L)->read_left = READ_BUDGET;
  return lua_absindex(L, index);
}

int clua_read_table(lua_State *L, int index, int depth) { return enter(L, index, depth); }

int clua_read_array(lua_State *L, int index, int depth, size_t *count) {
  int table = enter(L, index, depth);
  if (table <= 0) return table;
  *count = lua_rawlen(L, table);
  if (*count == 0) {
    lua_pushnil(L);
    if (!lua_next(L, table)) return table;
    lua_pop(L, 2);
    return 0;
  }
  // A table with holes may have any of its borders as its length, up to 2^63.
  return CLUA_LIKELY(*count <= clua_control_of(L)->used / ELEMENT_SIZE) ? table : CLUA_READ_HOLES;
}

/// Pays for the value on top of the stack.
static inline int pay(lua_State *L, clua_control *control, int type) {
  control->read_left -= NODE_COST;
  if (type == LUA_TSTRING) control->read_left -= (int64_t)lua_rawlen(L, -1);
  if (CLUA_LIKELY(control->read_left >= 0)) return type;
  lua_pop(L, 1);
  return CLUA_READ_SIZE;
}

int clua_read_field(lua_State *L, int table, const void *text, size_t length) {
  clua_control *control = clua_control_of(L);
  const clua_key *key = control->keys == NULL ? NULL : find(control->keys, control->key_capacity, text, length);
  if (CLUA_UNLIKELY(key == NULL || key->text == NULL)) {
    key = add_key(L, control, text, length);
    if (key == NULL) return CLUA_READ_MEMORY;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, key->slot);
  return pay(L, control, lua_rawget(L, table));
}

int clua_read_element(lua_State *L, int table, size_t index) {
  return pay(L, clua_control_of(L), lua_rawgeti(L, table, (lua_Integer)index));
}
