// From bytes onto the Lua stack: JSON text and tapes. Lua may run out of memory at every push, so all of it runs under `lua_pcall`.
#include "data.h"
#include "internal.h"
#include "parser.h"

static const char null_address, mark_address;

void *clua_json_null(void) { return (void *)&null_address; }

void clua_push_array_mark(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &mark_address) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 2);
  lua_pushliteral(L, "array");
  lua_setfield(L, -2, "__name");
  // Hidden from scripts: one that could reach it might add a `__gc` to tables that the host makes.
  lua_pushliteral(L, "array");
  lua_setfield(L, -2, "__metatable");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &mark_address);
}

const void *clua_array_mark(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &mark_address);
  const void *mark = lua_topointer(L, -1);
  lua_pop(L, 1);
  return mark;
}

int clua_json_is_array(lua_State *L, int index) {
  if (!lua_checkstack(L, 2) || !lua_istable(L, index) || !lua_getmetatable(L, index)) return 0;
  const void *metatable = lua_topointer(L, -1);
  lua_pop(L, 1);
  return metatable == clua_array_mark(L);
}

int clua_data_protect(lua_State *L, lua_CFunction body, void *argument, int results, clua_issue *issue) {
  int status = clua_protect(L, body, argument, results);
  if (status == LUA_OK) return CLUA_DATA_OK;
  if (status == LUA_ERRMEM) {
    lua_pop(L, 1);
    clua_refuse(issue, CLUA_DATA_MEMORY, "not enough memory");
    return CLUA_DATA_MEMORY;
  }
  clua_refuse(issue, CLUA_DATA_RAISED, "the run was stopped");
  return CLUA_DATA_RAISED;
}

static int parse_body(lua_State *L) {
  Parser *parser = lua_touserdata(L, 1);
  clua_push_array_mark(L);
  parser->mark = lua_gettop(L);
  return clua_parse(parser) ? 1 : 0;
}

int clua_json_push(lua_State *L, const void *text, size_t length, clua_issue *issue) {
  Parser parser = {.start = text, .at = text, .end = (const uint8_t *)text + length, .L = L, .issue = issue};
  parser.scratch.limit = SIZE_MAX;
  issue->code = CLUA_DATA_OK;
  int code = clua_data_protect(L, parse_body, &parser, 1, issue);
  clua_bytes_release(&parser.scratch);
  if (code != CLUA_DATA_OK || issue->code == CLUA_DATA_OK) return code;
  lua_pop(L, 1);
  clua_parser_locate(&parser);
  return issue->code;
}

typedef struct Pusher {
  lua_State *L;
  int mark;
  const uint64_t *words;
} Pusher;

static void push_node(Pusher *pusher, const uint64_t *node, unsigned depth);

static void push_object(Pusher *pusher, const uint64_t *node, unsigned depth) {
  lua_State *L = pusher->L;
  lua_createtable(L, 0, node[1] < INT32_MAX ? (int)node[1] : 0);
  const uint64_t *end = node + tape_span(node[0]), *at = node + 2;
  while (at < end) {
    bool dead = tape_tag(at[0]) == CLUA_TAPE_DEAD;
    if (!dead) lua_pushlstring(L, (const char *)(at + 1), (size_t)tape_payload(at[0]));
    at += tape_string_words(at[0]);
    if (!dead) {
      push_node(pusher, at, depth + 1);
      lua_rawset(L, -3);
    }
    at += tape_span(at[0]);
  }
}

static void push_array(Pusher *pusher, const uint64_t *node, unsigned depth) {
  lua_State *L = pusher->L;
  lua_createtable(L, node[1] < INT32_MAX ? (int)node[1] : 0, 0);
  lua_pushvalue(L, pusher->mark);
  lua_setmetatable(L, -2);
  const uint64_t *end = node + tape_span(node[0]), *at = node + 2;
  for (lua_Integer i = 1; at < end; i++) {
    push_node(pusher, at, depth + 1);
    lua_rawseti(L, -2, i);
    at += tape_span(at[0]);
  }
}

static void push_node(Pusher *pusher, const uint64_t *node, unsigned depth) {
  lua_State *L = pusher->L;
  double number;
  switch (tape_tag(node[0])) {
    case CLUA_TAPE_FALSE: lua_pushboolean(L, 0); return;
    case CLUA_TAPE_TRUE: lua_pushboolean(L, 1); return;
    case CLUA_TAPE_SMALL: lua_pushinteger(L, (int64_t)node[0] >> 8); return;
    case CLUA_TAPE_INTEGER: lua_pushinteger(L, (int64_t)node[1]); return;
    case CLUA_TAPE_DOUBLE:
      memcpy(&number, node + 1, 8);
      lua_pushnumber(L, number);
      return;
    case CLUA_TAPE_STRING:
    case CLUA_TAPE_BYTES: lua_pushlstring(L, (const char *)(node + 1), (size_t)tape_payload(node[0])); return;
    case CLUA_TAPE_ARRAY:
    case CLUA_TAPE_OBJECT:
      luaL_checkstack(L, 4, "a tape is nested too deeply");
      if (tape_tag(node[0]) == CLUA_TAPE_ARRAY) push_array(pusher, node, depth);
      else push_object(pusher, node, depth);
      return;
    default: lua_pushlightuserdata(L, clua_json_null()); return;
  }
}

static int push_body(lua_State *L) {
  Pusher *pusher = lua_touserdata(L, 1);
  clua_push_array_mark(L);
  pusher->mark = lua_gettop(L);
  push_node(pusher, pusher->words, 0);
  return 1;
}

int clua_tape_push(lua_State *L, const uint64_t *words, size_t count, clua_issue *issue) {
  if (count == 0) {
    clua_refuse(issue, CLUA_DATA_REFUSED, "an empty tape");
    return CLUA_DATA_REFUSED;
  }
  Pusher pusher = {.L = L, .words = words};
  issue->code = CLUA_DATA_OK;
  return clua_data_protect(L, push_body, &pusher, 1, issue);
}

static int mark_body(lua_State *L) {
  lua_settop(L, 0);
  clua_push_array_mark(L);
  return 1;
}

int clua_json_mark_array(lua_State *L, int index, clua_issue *issue) {
  index = lua_absindex(L, index);
  if (!lua_istable(L, index)) {
    clua_refuse(issue, CLUA_DATA_REFUSED, "only a table can be an array");
    return CLUA_DATA_REFUSED;
  }
  int code = clua_data_protect(L, mark_body, NULL, 1, issue);
  if (code == CLUA_DATA_OK) lua_setmetatable(L, index);
  return code;
}

static int library_body(lua_State *L) {
  clua_open_json(L);
  return 1;
}

int clua_json_library(lua_State *L, clua_issue *issue) { return clua_data_protect(L, library_body, NULL, 1, issue); }
