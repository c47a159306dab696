// References from the host: slots in the array part of the registry.
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>

#include "remote.h"

enum { FIRST_COUNT = 32 };

typedef struct {
  int first;
  int count;
} growth;

static int add_slots(lua_State *L) {
  const growth *wanted = lua_touserdata(L, 1);
  for (int slot = wanted->first; slot < wanted->first + wanted->count; slot++) {
    lua_pushboolean(L, 0);  // not nil: the slot has to stay in the array part, where setting it cannot allocate
    lua_rawseti(L, LUA_REGISTRYINDEX, slot);
  }
  return 0;
}

/// Makes room in both lists for every slot at once, so that releasing one never allocates.
static bool reserve_lists(clua_control *control, int count) {
  int *free_slots = realloc(control->free_slots, (size_t)count * sizeof(int));
  if (free_slots == NULL) return false;
  control->free_slots = free_slots;
  pthread_mutex_lock(&control->remote->lock);
  int *released = realloc(control->released, (size_t)count * sizeof(int));
  if (released != NULL) control->released = released;
  pthread_mutex_unlock(&control->remote->lock);
  return released != NULL;
}

static void adopt(clua_control *control, growth added) {
  for (int slot = added.first + added.count - 1; slot >= added.first; slot--) {
    control->free_slots[control->free_count++] = slot;
  }
  control->slot_count += added.count;
}

/// Doubles the slots. Returns a status.
static int grow(lua_State *L, clua_control *control) {
  growth wanted = {CLUA_FIRST_SLOT + control->slot_count, control->slot_count};
  if (control->slot_count > INT32_MAX / 4 || !reserve_lists(control, control->slot_count * 2)) return LUA_ERRMEM;
  int status = clua_protect(L, add_slots, &wanted, 0);
  if (status != LUA_OK) {
    lua_pop(L, 1);
    return status;
  }
  adopt(control, wanted);
  return LUA_OK;
}

void clua_open_slots(lua_State *L) {
  clua_control *control = clua_control_of(L);
  growth first = {CLUA_FIRST_SLOT, FIRST_COUNT};
  if (!reserve_lists(control, FIRST_COUNT)) clua_raise_memory(L);
  lua_pushcfunction(L, add_slots);
  lua_pushlightuserdata(L, &first);
  lua_call(L, 1, 0);
  adopt(control, first);
  control->free_count--;  // CLUA_GLOBALS_SLOT, the last in line
}

/// Forgets the pinned copy of a slot. During a run the copy itself stays until another takes its place: the main stack is in use.
static void unpin(clua_control *control, int slot) {
  int pin = slot & (CLUA_PINS - 1);
  if (control->entry.pinned[pin] != slot) return;
  control->entry.pinned[pin] = 0;
  if (control->entry.depth > 0) return;
  lua_pushnil(control->main);
  lua_replace(control->main, CLUA_FIRST_PIN + pin);
}

/// Takes back what other threads released.
static void drain(lua_State *L, clua_control *control) {
  pthread_mutex_lock(&control->remote->lock);
  for (int i = 0; i < control->released_count; i++) {
    int slot = control->released[i];
    lua_pushboolean(L, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, slot);
    control->free_slots[control->free_count++] = slot;
    unpin(control, slot);
  }
  control->released_count = 0;
  __atomic_store_n(&control->entry.has_released, 0, __ATOMIC_RELAXED);
  pthread_mutex_unlock(&control->remote->lock);
}

void clua_drain_released(lua_State *L, clua_control *control) {
  if (__atomic_load_n(&control->entry.has_released, __ATOMIC_RELAXED) != 0 && lua_checkstack(L, 1)) drain(L, control);
}

int clua_ref(lua_State *L, int index) {
  clua_control *control = clua_control_of(L);
  index = lua_absindex(L, index);
  if (!lua_checkstack(L, 4)) return CLUA_NO_STACK;
  if (__atomic_load_n(&control->entry.has_released, __ATOMIC_RELAXED) != 0) drain(L, control);
  int status = CLUA_UNLIKELY(control->free_count == 0) ? grow(L, control) : LUA_OK;
  if (CLUA_UNLIKELY(status != LUA_OK)) return status == LUA_ERRMEM ? CLUA_NO_MEMORY : CLUA_NO_STACK;
  int slot = control->free_slots[--control->free_count];
  lua_pushvalue(L, index);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot);
  return slot;
}

void clua_release(lua_State *L, int slot) {
  clua_control *control = clua_control_of(L);
  pthread_mutex_lock(&control->remote->lock);
  control->released[control->released_count++] = slot;
  __atomic_store_n(&control->entry.has_released, 1, __ATOMIC_RELAXED);
  pthread_mutex_unlock(&control->remote->lock);
}

void clua_push_ref(lua_State *L, int slot) { clua_push_slot(L, slot); }
