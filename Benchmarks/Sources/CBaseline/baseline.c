#include "baseline.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static lua_State *fresh(void) {
  lua_State *L = luaL_newstate();
  if (L == NULL) abort();
  luaL_openlibs(L);
  return L;
}

static void run(lua_State *L, const char *source, size_t length, int results) {
  if (luaL_loadbufferx(L, source, length, "benchmark", "t") != LUA_OK || lua_pcall(L, 0, results, 0) != LUA_OK) abort();
}

uint64_t baseline_call(int64_t count) {
  lua_State *L = fresh();
  const char *source = "return function(x) return x + 1 end";
  run(L, source, strlen(source), 1);
  int reference = luaL_ref(L, LUA_REGISTRYINDEX);
  int64_t sum = 0;
  uint64_t start = now();
  for (int64_t i = 0; i < count; i++) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
    lua_pushinteger(L, i);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) abort();
    sum += lua_tointeger(L, -1);
    lua_settop(L, 0);
  }
  uint64_t spent = now() - start;
  lua_close(L);
  return sum == 0 ? 0 : spent;
}

static int increment(lua_State *L) {
  lua_pushinteger(L, luaL_checkinteger(L, 1) + 1);
  return 1;
}

static int measure(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  lua_pushinteger(L, (lua_Integer)length);
  return 1;
}

static uint64_t callback_loop(lua_CFunction function, const char *source, int64_t count) {
  lua_State *L = fresh();
  lua_pushcfunction(L, function);
  lua_setglobal(L, "host");
  run(L, source, strlen(source), 1);
  lua_pushinteger(L, count);
  uint64_t start = now();
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) abort();
  uint64_t spent = now() - start;
  lua_close(L);
  return spent;
}

uint64_t baseline_callback(int64_t count) {
  return callback_loop(
      increment, "local host = host return function(n) local x = 0 for _ = 1, n do x = host(x) end end", count);
}

uint64_t baseline_callback_string(int64_t count) {
  return callback_loop(
      measure, "local host = host return function(n) local s = 'a string of some length' for _ = 1, n do host(s) end end",
      count);
}

uint64_t baseline_new_state(int64_t count) {
  uint64_t start = now();
  for (int64_t i = 0; i < count; i++) lua_close(fresh());
  return now() - start;
}

uint64_t baseline_load(const char *source, size_t length, int64_t count) {
  lua_State *L = fresh();
  uint64_t start = now();
  for (int64_t i = 0; i < count; i++) {
    if (luaL_loadbufferx(L, source, length, "benchmark", "t") != LUA_OK) abort();
    lua_settop(L, 0);
  }
  uint64_t spent = now() - start;
  lua_close(L);
  return spent;
}

// Mirrors `Record` of the Swift side.
typedef struct {
  int64_t id;
  double score;
  int active;
  char *name;
  char **tags;
  size_t tag_count;
} record;

static char *copy_string(lua_State *L, int index) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  char *copy = malloc(length + 1);
  if (text == NULL || copy == NULL) abort();
  memcpy(copy, text, length + 1);
  return copy;
}

static void read_record(lua_State *L, record *into) {
  lua_getfield(L, -1, "id");
  into->id = lua_tointeger(L, -1);
  lua_getfield(L, -2, "score");
  into->score = lua_tonumber(L, -1);
  lua_getfield(L, -3, "active");
  into->active = lua_toboolean(L, -1);
  lua_getfield(L, -4, "name");
  into->name = copy_string(L, -1);
  lua_getfield(L, -5, "tags");
  into->tag_count = lua_rawlen(L, -1);
  into->tags = malloc(sizeof(char *) * (into->tag_count + 1));
  for (size_t i = 0; i < into->tag_count; i++) {
    lua_rawgeti(L, -1, (lua_Integer)i + 1);
    into->tags[i] = copy_string(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 5);
}

static void free_records(record *records, size_t count) {
  for (size_t i = 0; i < count; i++) {
    for (size_t tag = 0; tag < records[i].tag_count; tag++) free(records[i].tags[tag]);
    free(records[i].tags);
    free(records[i].name);
  }
  free(records);
}

uint64_t baseline_table_to_structs(const char *source, size_t length, int64_t count) {
  lua_State *L = fresh();
  run(L, source, length, 1);
  uint64_t start = now();
  for (int64_t round = 0; round < count; round++) {
    size_t records = lua_rawlen(L, 1);
    record *all = calloc(records, sizeof(record));
    if (all == NULL) abort();
    for (size_t i = 0; i < records; i++) {
      lua_rawgeti(L, 1, (lua_Integer)i + 1);
      read_record(L, &all[i]);
      lua_pop(L, 1);
    }
    free_records(all, records);
  }
  uint64_t spent = now() - start;
  lua_close(L);
  return spent;
}
