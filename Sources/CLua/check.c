#include "internal.h"

// Stands in until the control block's own is there.
__attribute__((weak)) void clua_check(lua_State *L) { (void)L; }
