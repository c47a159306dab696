// From a Lua value to JSON text or a tape. Touches no metamethod and never allocates in Lua; only `clua_charge` may raise.
#include "walk.h"

#include <stdio.h>

#include "fields.h"
#include "internal.h"

enum { NODES_PER_CHARGE = 64 };

static bool no_room(Walk *walk) { return clua_refuse_growth(walk->issue, &walk->out); }

// Appends what fits to a message.
static void add(clua_issue *issue, const char *text, size_t length) {
  size_t used = strlen(issue->message), room = sizeof issue->message - 1 - used;
  if (length > room) length = room;
  memcpy(issue->message + used, text, length);
  issue->message[used + length] = 0;
}

static bool is_name(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    if (!letter && byte != '_' && (i == 0 || byte < '0' || byte > '9')) return false;
  }
  return length > 0;
}

static void add_key(Walk *walk, int index) {
  char text[40];
  size_t length;
  switch (lua_type(walk->L, index)) {
    case LUA_TSTRING: {
      const char *key = lua_tolstring(walk->L, index, &length);
      bool name = is_name(key, length);
      add(walk->issue, name ? "." : "[\"", name ? 1 : 2);
      for (size_t i = 0; i < length; i++) {
        // What is no printable ASCII would make the message something other than UTF-8, or tear a terminal.
        char byte = key[i] >= 0x20 && key[i] < 0x7F ? key[i] : '?';
        add(walk->issue, &byte, 1);
      }
      if (!name) add(walk->issue, "\"]", 2);
      return;
    }
    case LUA_TNUMBER:
      if (lua_isinteger(walk->L, index)) snprintf(text, sizeof text, "[%lld]", (long long)lua_tointeger(walk->L, index));
      else snprintf(text, sizeof text, "[%.14g]", lua_tonumber(walk->L, index));
      break;
    default: snprintf(text, sizeof text, "[a %s]", lua_typename(walk->L, lua_type(walk->L, index)));
  }
  add(walk->issue, text, strlen(text));
}

// Refuses the value at depth `depth`, with its path: `.words[3].name: a function has no JSON form`.
static bool refuse(Walk *walk, unsigned depth, int code, const char *what) {
  walk->issue->code = code;
  walk->issue->message[0] = 0;
  for (unsigned i = 0; i < depth; i++) add_key(walk, walk->base + 2 * (int)i + 1);
  if (depth > 0) add(walk->issue, ": ", 2);
  add(walk->issue, what, strlen(what));
  return false;
}

static bool refuse_type(Walk *walk, unsigned depth) {
  char what[80];
  snprintf(what, sizeof what, "a %s has no JSON form", lua_typename(walk->L, lua_type(walk->L, -1)));
  return refuse(walk, depth, CLUA_DATA_REFUSED, what);
}

// The depth limit was reached: says whether a table that holds itself is the reason.
static bool refuse_depth(Walk *walk, unsigned depth) {
  for (unsigned i = 1; i < depth; i++) {
    for (unsigned j = 0; j < i; j++) {
      if (!lua_rawequal(walk->L, walk->base + 2 * (int)i, walk->base + 2 * (int)j)) continue;
      return refuse(walk, i, CLUA_DATA_DEPTH, "a table that holds itself has no JSON form");
    }
  }
  return refuse(walk, depth, CLUA_DATA_DEPTH, "nested too deeply");
}

static bool put_word(Walk *walk, unsigned tag, const char *text, size_t length) {
  bool put = walk->tape ? tape_word(&walk->out, tape_header(tag, 0)) : append(&walk->out, text, length);
  return put || no_room(walk);
}

static bool put_number(Walk *walk, unsigned depth) {
  bool integer = lua_isinteger(walk->L, -1);
  int64_t whole = integer ? lua_tointeger(walk->L, -1) : 0;
  double number = integer ? 0 : lua_tonumber(walk->L, -1);
  if (walk->tape) return (integer ? clua_tape_integer(&walk->out, whole) : clua_tape_double(&walk->out, number)) || no_room(walk);
  if (number - number != 0) return refuse(walk, depth, CLUA_DATA_REFUSED, "a number that is not finite has no JSON form");
  if (!reserve(&walk->out, 32)) return no_room(walk);
  uint8_t *at = walk->out.data + walk->out.length;
  walk->out.length += integer ? clua_write_integer(at, whole) : clua_write_double(at, number);
  return true;
}

// Writes a string; `depth` is where it stands in the path, for a message.
static bool put_string(Walk *walk, const char *text, size_t length, unsigned depth) {
  if (walk->tape) {
    uint8_t *room = length <= walk->out.limit ? tape_string_room(&walk->out, CLUA_TAPE_STRING, length) : NULL;
    if (room == NULL) {
      if (length > walk->out.limit) walk->out.failure = CLUA_DATA_LIMIT;
      return no_room(walk);
    }
    memcpy(room, text, length);
    return true;
  }
  walk->out.failure = 0;
  if (LIKELY(clua_write_string(&walk->out, (const uint8_t *)text, length))) return true;
  if (walk->out.failure != 0) return no_room(walk);
  return refuse(walk, depth, CLUA_DATA_REFUSED, "a string that is not UTF-8 has no JSON form");
}

static bool open_container(Walk *walk, bool array, size_t *start) {
  bool opened = walk->tape ? tape_open(&walk->out, start) : append_byte(&walk->out, array ? '[' : '{');
  return opened || no_room(walk);
}

static bool before_element(Walk *walk, unsigned depth, uint64_t count) {
  if (walk->tape) return true;
  if (count > 0 && !append_byte(&walk->out, ',')) return no_room(walk);
  return !walk->pretty || clua_write_break(&walk->out, depth + 1) || no_room(walk);
}

static bool close_container(Walk *walk, unsigned depth, bool array, size_t start, uint64_t count) {
  if (walk->tape) {
    tape_close(&walk->out, start, array ? CLUA_TAPE_ARRAY : CLUA_TAPE_OBJECT, count);
    return true;
  }
  if (walk->pretty && count > 0 && !clua_write_break(&walk->out, depth)) return no_room(walk);
  return append_byte(&walk->out, array ? ']' : '}') || no_room(walk);
}

static bool walk_value(Walk *walk, unsigned depth);

// Writes the field whose key and value are on the stack, and pops its value.
static inline bool walk_field(Walk *walk, unsigned depth, uint64_t count, Field *field, size_t first) {
  int key = walk->base + 2 * (int)depth + 1;
  if (lua_type(walk->L, key) != LUA_TSTRING) {
    return refuse(walk, depth + 1, CLUA_DATA_REFUSED, "a table with both names and other keys has no JSON form");
  }
  if (!walk->tape && count > 0 && !append_byte(&walk->out, ',')) return no_room(walk);
  size_t start = walk->out.length - first, length;
  const char *name = lua_tolstring(walk->L, key, &length);
  if (walk->pretty && !clua_write_break(&walk->out, depth + 1)) return no_room(walk);
  if (!put_string(walk, name, length, depth + 1)) return false;
  if (!walk->tape && !append(&walk->out, ": ", walk->pretty ? 2 : 1)) return no_room(walk);
  if (!walk_value(walk, depth + 1)) return false;
  if (count >= FIELDS_SORTED) return true;
  *field = (Field){field_head(name, length), name, (uint32_t)length, (uint32_t)start, (uint32_t)(walk->out.length - first)};
  return true;
}

// Table, first key and first value are on the stack; pops key and value when done.
static bool walk_object(Walk *walk, unsigned depth) {
  lua_State *L = walk->L;
  int table = walk->base + 2 * (int)depth;
  Field fields[FIELDS_SORTED];
  size_t start = 0, first = 0;
  uint64_t count = 0;
  if (!open_container(walk, false, &start)) return false;
  first = walk->out.length;
  do {
    if (!walk_field(walk, depth, count, &fields[count % FIELDS_SORTED], first)) return false;
    count++;
  } while (lua_next(L, table));
  // Offsets of 32 bits do not reach over more.
  bool few = count <= FIELDS_SORTED && walk->out.length - first <= UINT32_MAX;
  if (few && !clua_order_fields(walk, fields, count, first, walk->tape ? 0 : 1)) return false;
  return close_container(walk, depth, false, start, count);
}

// The slow way for an array whose elements `lua_next` does not visit in order: counts the keys first.
static bool walk_scattered(Walk *walk, unsigned depth, size_t start) {
  lua_State *L = walk->L;
  int table = walk->base + 2 * (int)depth;
  lua_Integer count = 0, largest = 0;
  lua_settop(L, table);
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    if (!lua_isinteger(L, -1)) {
      return refuse(walk, depth + 1, CLUA_DATA_REFUSED, "a table with both elements and other keys has no JSON form");
    }
    lua_Integer key = lua_tointeger(L, -1);
    if (key < 1) return refuse(walk, depth + 1, CLUA_DATA_REFUSED, "an array has only elements from 1 on");
    if (key > largest) largest = key;
    count++;
    if (walk->charged && count % NODES_PER_CHARGE == 0) clua_charge(L, NODES_PER_CHARGE);
  }
  if (largest != count) {
    for (count = 1; lua_rawgeti(L, table, count) != LUA_TNIL; count++) lua_pop(L, 1);
    lua_settop(L, table);
    lua_pushinteger(L, count);
    return refuse(walk, depth + 1, CLUA_DATA_REFUSED, "an array with a hole has no JSON form; put json.null there");
  }
  for (lua_Integer i = 1; i <= count; i++) {
    lua_pushinteger(L, i);
    lua_rawgeti(L, table, i);
    if (!before_element(walk, depth, (uint64_t)i - 1) || !walk_value(walk, depth + 1)) return false;
    lua_pop(L, 1);
  }
  return close_container(walk, depth, true, start, (uint64_t)count);
}

static bool walk_array(Walk *walk, unsigned depth) {
  lua_State *L = walk->L;
  int table = walk->base + 2 * (int)depth;
  size_t start = 0;
  lua_Integer count = 0;
  if (!open_container(walk, true, &start)) return false;
  size_t inside = walk->out.length;
  do {
    if (!lua_isinteger(L, table + 1) || lua_tointeger(L, table + 1) != count + 1) {
      walk->out.length = inside;
      return walk_scattered(walk, depth, start);
    }
    if (!before_element(walk, depth, (uint64_t)count) || !walk_value(walk, depth + 1)) return false;
    count++;
  } while (lua_next(L, table));
  return close_container(walk, depth, true, start, (uint64_t)count);
}

static bool walk_table(Walk *walk, unsigned depth) {
  lua_State *L = walk->L;
  int table = walk->base + 2 * (int)depth;
  if (depth >= CLUA_DEPTH_MAX) return refuse_depth(walk, depth);
  if (!lua_checkstack(L, 8)) return refuse(walk, depth, CLUA_DATA_MEMORY, "not enough memory");
  bool marked = false;
  if (walk->mark != NULL && lua_getmetatable(L, table)) {
    marked = lua_topointer(L, -1) == walk->mark;
    lua_pop(L, 1);
  }
  lua_pushnil(L);
  if (!lua_next(L, table)) {
    size_t start = 0;
    return open_container(walk, marked, &start) && close_container(walk, depth, marked, start, 0);
  }
  return !marked && lua_type(L, table + 1) == LUA_TSTRING ? walk_object(walk, depth) : walk_array(walk, depth);
}

// Writes the value at the top of the stack, at `base + 2 depth`, and pops it.
static bool walk_value(Walk *walk, unsigned depth) {
  lua_State *L = walk->L;
  if (walk->charged && ++walk->nodes == NODES_PER_CHARGE) {
    walk->nodes = 0;
    clua_charge(L, NODES_PER_CHARGE);
  }
  bool written = false;
  switch (lua_type(L, -1)) {
    case LUA_TNIL: written = put_word(walk, CLUA_TAPE_NULL, "null", 4); break;
    case LUA_TBOOLEAN:
      written = lua_toboolean(L, -1) ? put_word(walk, CLUA_TAPE_TRUE, "true", 4) : put_word(walk, CLUA_TAPE_FALSE, "false", 5);
      break;
    case LUA_TNUMBER: written = put_number(walk, depth); break;
    case LUA_TSTRING: {
      size_t length;
      const char *text = lua_tolstring(L, -1, &length);
      written = put_string(walk, text, length, depth);
      break;
    }
    case LUA_TTABLE: written = walk_table(walk, depth); break;
    case LUA_TLIGHTUSERDATA:
      written = lua_touserdata(L, -1) == clua_json_null() ? put_word(walk, CLUA_TAPE_NULL, "null", 4) : refuse_type(walk, depth);
      break;
    default: written = refuse_type(walk, depth);
  }
  if (written) lua_settop(L, walk->base + 2 * (int)depth - 1);
  return written;
}

bool clua_walk(Walk *walk) {
  walk->base = lua_gettop(walk->L);
  walk->mark = clua_array_mark(walk->L);
  bool walked = walk_value(walk, 0);
  if (walked && walk->out.length > walk->out.limit) {
    walk->out.failure = CLUA_DATA_LIMIT;
    no_room(walk);
    return false;
  }
  if (!walked) lua_settop(walk->L, walk->base - 1);
  return walked;
}

static int walk_out(Walk *walk, int index, clua_bytes *out) {
  walk->issue->line = walk->issue->column = 0;
  walk->issue->offset = 0;
  if (!lua_checkstack(walk->L, 4)) {
    clua_refuse(walk->issue, CLUA_DATA_MEMORY, "not enough memory");
    return CLUA_DATA_MEMORY;
  }
  lua_pushvalue(walk->L, index);
  if (clua_walk(walk)) {
    *out = clua_bytes_hand_over(&walk->out);
    return CLUA_DATA_OK;
  }
  clua_bytes_release(&walk->out);
  return walk->issue->code;
}

int clua_json_write(lua_State *L, int index, size_t limit, int pretty, clua_bytes *out, clua_issue *issue) {
  Walk walk = {.L = L, .out = {.limit = limit}, .issue = issue, .pretty = pretty != 0};
  return walk_out(&walk, index, out);
}

int clua_tape_read(lua_State *L, int index, size_t limit, clua_bytes *out, clua_issue *issue) {
  Walk walk = {.L = L, .out = {.limit = limit}, .issue = issue, .tape = true};
  return walk_out(&walk, index, out);
}
