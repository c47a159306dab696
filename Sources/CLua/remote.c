#include "remote.h"

#include <stdlib.h>

clua_remote *clua_remote_create(clua_control *control) {
  clua_remote *remote = malloc(sizeof *remote);
  if (remote == NULL) return NULL;
  atomic_init(&remote->references, 1);
  pthread_mutex_init(&remote->lock, NULL);
  remote->control = control;
  return remote;
}

struct clua_remote *clua_remote_retain(lua_State *L) {
  clua_remote *remote = clua_control_of(L)->remote;
  atomic_fetch_add_explicit(&remote->references, 1, memory_order_relaxed);
  return remote;
}

void clua_remote_release(clua_remote *remote) {
  if (atomic_fetch_sub_explicit(&remote->references, 1, memory_order_acq_rel) != 1) return;
  pthread_mutex_destroy(&remote->lock);
  free(remote);
}

void clua_remote_detach(clua_remote *remote) {
  pthread_mutex_lock(&remote->lock);
  remote->control = NULL;
  pthread_mutex_unlock(&remote->lock);
}

void clua_remote_interrupt(clua_remote *remote) {
  pthread_mutex_lock(&remote->lock);
  clua_control *control = remote->control;
  if (control != NULL) {
    uint64_t sequence = atomic_load_explicit(&control->sequence, memory_order_acquire);
    if (clua_request(control, sequence, CLUA_REQUEST_INTERRUPT)) clua_signal(control);
  }
  pthread_mutex_unlock(&remote->lock);
}
