// The part of a state that other threads may hold on to.
#ifndef CLUA_REMOTE_H
#define CLUA_REMOTE_H

#include <pthread.h>

#include "internal.h"

struct clua_remote {
  _Atomic int references;
  /// Guards `control` and the list of released slots.
  pthread_mutex_t lock;
  /// NULL once the state is closed.
  clua_control *control;
};

clua_remote *clua_remote_create(clua_control *control);
/// Cuts the connection: nothing from other threads reaches the control block after that.
void clua_remote_detach(clua_remote *remote);
void clua_drain_released(lua_State *L, clua_control *control);

#endif
