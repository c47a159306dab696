// The life of a state.
#include "internal.h"

#include <stdlib.h>

#include "remote.h"

/// Stack slots that the host can count on between runs.
enum { HOST_SLOTS = 64 + CLUA_PINS };

static int open_all(lua_State *L) {
  clua_open_slots(L);
  clua_open_errors(L);
  clua_open_functions(L);
  clua_open_base(L);
  return 0;
}

/// The bottom of the main stack holds the message handler (index 1) and the pinned functions for good, so that an outermost call does
/// not have to push the one or look for the other.
static bool open_state(lua_State *L) {
  if (!lua_checkstack(L, HOST_SLOTS)) return false;
  lua_pushcfunction(L, open_all);
  if (lua_pcall(L, 0, 0, 0) != LUA_OK) return false;
  lua_pushcfunction(L, clua_keep_traceback);
  lua_settop(L, CLUA_FIRST_PIN + CLUA_PINS - 1);
  return true;
}

static void free_control(clua_control *control) {
  if (control->host_error != NULL) control->host.release(control->host_error);
  clua_empty_cells(control);
  free(control->text);
  free(control->traceback);
  free(control->reserve);
  free(control->free_slots);
  free(control->released);
  free(control->keys);
  free(control);
}

static clua_control *create_control(const clua_limits *limits, const clua_host_functions *host) {
  clua_control *control = calloc(1, sizeof *control);
  if (control == NULL) return NULL;
  control->limit = limits->memory;
  control->hard = limits->memory_hard;
  control->cap = control->hard;
  control->call_budget = limits->time;
  atomic_init(&control->run_budget, limits->time);
  control->source_limit = limits->source;
  control->host = *host;
  control->remote = clua_remote_create(control);
  if (control->remote == NULL) {
    free(control);
    return NULL;
  }
  return control;
}

static void destroy(clua_control *control) {
  clua_unwatch(control);
  clua_remote_detach(control->remote);
  if (control->main != NULL) lua_close(control->main);
  clua_remote_release(control->remote);
  free_control(control);
}

lua_State *clua_open(const clua_limits *limits, const clua_host_functions *host) {
  clua_control *control = create_control(limits, host);
  if (control == NULL) return NULL;
  lua_State *L = lua_newstate(clua_allocate, control);
  control->main = L;
  if (L != NULL) {
    *clua_extra(L) = (uintptr_t)control;
    atomic_init(&control->running, L);
    if (open_state(L) && clua_watch(control)) return L;
  }
  destroy(control);
  return NULL;
}

void clua_close(lua_State *L) { destroy(clua_control_of(L)); }

int clua_globals_slot(lua_State *L) {
  (void)L;
  return CLUA_GLOBALS_SLOT;
}

void clua_set_owner(lua_State *L, const void *owner) { clua_control_of(L)->owner = owner; }

const void *clua_owner(lua_State *L) { return clua_control_of(L)->owner; }
