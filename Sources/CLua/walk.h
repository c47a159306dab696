#ifndef CLUA_WALK_H
#define CLUA_WALK_H

#include "data.h"

// One walk over a Lua value, which becomes text or a tape. The table at depth d stands at stack index `base + 2 d`, its current key right
// above it: so the path to a refused value can be read off the stack, and costs nothing until then.
typedef struct Walk {
  lua_State *L;
  Bytes out;
  clua_issue *issue;
  const void *mark;    // the metatable of marked arrays
  int base;
  bool tape;           // else text
  bool pretty;
  bool charged;        // the script's time pays for it; may raise
  uint32_t nodes;      // since the last charge
} Walk;

// Walks the value at the top of the stack and pops it.
bool clua_walk(Walk *walk);

#endif
