// The allocator with two limits, and the pushes that build on it.
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/// Strings up to this many bytes are pushed without protected mode; the reserve holds one with its header.
enum { SHORT_STRING = 4096, RESERVE_SIZE = 8192 };

/// `limit` and `hard` are two numbers so that a host function that is on top of the VM may still finish its work; `clua_finish_call`
/// checks again on the way back into the VM.
void *clua_allocate(void *argument, void *block, size_t old_size, size_t new_size) {
  clua_control *control = argument;
  if (block == NULL) old_size = 0;
  if (new_size == 0) {
    control->used -= old_size;
    free(block);
    return NULL;
  }
  if (new_size > old_size) {
    size_t growth = new_size - old_size;
    bool fits = control->used <= control->cap && growth <= control->cap - control->used;
    if (CLUA_UNLIKELY(!fits) && !control->uses_reserve) return NULL;
  }
  void *result = realloc(block, new_size);
  if (CLUA_UNLIKELY(result == NULL)) {
    if (new_size <= old_size) {
      result = block;  // liblua relies on shrinking
    } else if (block == NULL && control->uses_reserve && new_size <= RESERVE_SIZE && control->reserve != NULL) {
      result = control->reserve;
      control->reserve = NULL;
    } else {
      return NULL;
    }
  }
  control->used += new_size - old_size;
  return result;
}

_Noreturn void clua_raise_memory(lua_State *L) {
  lua_newuserdatauv(L, clua_control_of(L)->hard + 1, 0);  // cannot fit
  luaL_error(L, "not enough memory");
  abort();
}

/// Pushes a short string without protected mode: with the reserve behind it nothing in there can raise, since collections run their
/// finalizers (all ours) protected and every other allocation inside is one whose failure liblua tolerates.
static bool push_short(lua_State *L, clua_control *control, const void *bytes, size_t length) {
  if (CLUA_UNLIKELY(control->reserve == NULL)) {
    control->reserve = malloc(RESERVE_SIZE);
    if (control->reserve == NULL) return false;
  }
  control->uses_reserve = true;
  lua_pushlstring(L, bytes, length);
  control->uses_reserve = false;
  return true;
}

typedef struct {
  const void *bytes;
  size_t length;
} text;

static int push_long(lua_State *L) {
  const text *argument = lua_touserdata(L, 1);
  lua_pushlstring(L, argument->bytes, argument->length);
  return 1;
}

bool clua_push_string(lua_State *L, const void *bytes, size_t length) {
  clua_control *control = clua_control_of(L);
  if (bytes == NULL) bytes = "";
  bool fits = control->used < control->hard && control->hard - control->used > RESERVE_SIZE;
  if (CLUA_LIKELY(length <= SHORT_STRING && fits) && push_short(L, control, bytes, length)) return true;
  text argument = {bytes, length};
  if (clua_protect(L, push_long, &argument, 1) == LUA_OK) return true;
  lua_pop(L, 1);
  return false;
}

static int push_table(lua_State *L) {
  lua_newtable(L);
  return 1;
}

bool clua_push_table(lua_State *L) {
  if (clua_protect(L, push_table, NULL, 1) == LUA_OK) return true;
  lua_pop(L, 1);
  return false;
}

size_t clua_memory(lua_State *L) { return clua_control_of(L)->used; }

void clua_collect(lua_State *L) { lua_gc(L, LUA_GCCOLLECT); }
