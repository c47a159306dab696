/// The C side of the `Lua` library: the only code that may touch functions of liblua which raise.
///
/// Swift never sees lua.h. Everything declared here cannot raise a Lua error: errors and yields leave only from C frames.
#ifndef CLUA_H
#define CLUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lua_State;
struct clua_control;

/// Why a run was stopped for good.
typedef enum {
  CLUA_ABORT_NONE = 0,
  CLUA_ABORT_TIME = 1,
  CLUA_ABORT_INTERRUPTED = 2,
  CLUA_ABORT_CANCELLED = 3,
} clua_abort;

/// What the C side calls in the host.
typedef struct {
  /// Calls a host function. Returns the number of results on top of the stack, `CLUA_RAISE` or `CLUA_WAIT`.
  int (*call)(const void *function, struct lua_State *L);
  /// Gives up a retained host object (function or error).
  void (*release)(const void *object);
} clua_host_functions;

enum { CLUA_RAISE = -1, CLUA_WAIT = -2 };

#if __has_include("CLuaData.h")
#include "CLuaData.h"
#endif

#endif
