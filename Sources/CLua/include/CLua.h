/// The C side of the `Lua` library: the only code that may touch functions of liblua which raise.
///
/// Swift never sees lua.h. Everything declared here cannot raise a Lua error: errors and yields leave only from C frames.
#ifndef CLUA_H
#define CLUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

struct lua_State;
struct clua_control;
struct clua_remote;

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
  /// Gives the text of a host error to `clua_set_text`.
  void (*describe)(const void *error, struct lua_State *L);
  /// Gives up a retained host object (function or error).
  void (*release)(const void *object);
} clua_host_functions;

#define CLUA_RAISE (-1)
#define CLUA_WAIT (-2)

typedef struct {
  /// Bytes the VM may hold while it runs.
  size_t memory;
  /// Bytes the state may hold while a host frame is on top.
  size_t memory_hard;
  /// Nanoseconds of VM time of one plain call; 0: no limit.
  int64_t time;
  /// Bytes of one source text.
  size_t source;
} clua_limits;

// MARK: States

/// A new sandboxed state; NULL when its memory limit does not even hold the libraries.
struct lua_State *_Nullable clua_open(const clua_limits *limits, const clua_host_functions *host);
void clua_close(struct lua_State *L);
/// The host's object for the state (unretained).
void clua_set_owner(struct lua_State *L, const void *owner);
const void *_Nullable clua_owner(struct lua_State *L);
/// Bytes on the Lua heap.
size_t clua_memory(struct lua_State *L);
/// A full garbage collection.
void clua_collect(struct lua_State *L);
/// The coroutine that runs now; the main one between runs.
struct lua_State *clua_running(struct lua_State *L);
/// Whether the state is inside a call or resume from the host.
bool clua_is_running(struct lua_State *L);
/// The slot of the strict table of globals.
int clua_globals_slot(struct lua_State *L);

// MARK: Interrupting from other threads

/// A counted reference which stays valid after the state is gone.
struct clua_remote *clua_remote_retain(struct lua_State *L);
void clua_remote_release(struct clua_remote *remote);
/// Stops the run that is on now, if there is one.
void clua_remote_interrupt(struct clua_remote *remote);

// MARK: The stack: functions of liblua that never raise

void lua_pushnil(struct lua_State *L);
void lua_pushboolean(struct lua_State *L, int value);
void lua_pushinteger(struct lua_State *L, long long value);
void lua_pushnumber(struct lua_State *L, double value);
void lua_pushvalue(struct lua_State *L, int index);
int lua_gettop(struct lua_State *L);
void lua_settop(struct lua_State *L, int index);
int lua_checkstack(struct lua_State *L, int count);
int lua_type(struct lua_State *L, int index);
int lua_isinteger(struct lua_State *L, int index);
int lua_toboolean(struct lua_State *L, int index);
long long lua_tointegerx(struct lua_State *L, int index, int *_Nullable is_number);
double lua_tonumberx(struct lua_State *L, int index, int *_Nullable is_number);
const char *lua_typename(struct lua_State *L, int type);
const void *_Nullable lua_topointer(struct lua_State *L, int index);

// Values of `lua_type`.
#define CLUA_NONE (-1)
#define CLUA_NIL 0
#define CLUA_BOOLEAN 1
#define CLUA_LIGHT_USERDATA 2
#define CLUA_NUMBER 3
#define CLUA_STRING 4
#define CLUA_TABLE 5
#define CLUA_FUNCTION 6

/// The bytes of a string (valid while it is on the stack); NULL when the value is no string. Numbers are not converted.
const char *_Nullable clua_string(struct lua_State *L, int index, size_t *length);
/// Pushes a string; false (nothing pushed) when memory is out.
bool clua_push_string(struct lua_State *L, const void *_Nullable bytes, size_t length);
/// Pushes an empty table; false (nothing pushed) when memory is out.
bool clua_push_table(struct lua_State *L);
/// Pushes the sentinel that stands for JSON's null.
void clua_push_null(struct lua_State *L);
/// Whether the value is the sentinel that stands for JSON's null.
bool clua_is_null(struct lua_State *L, int index);
/// The name of the value's type, as an error message says it; from `__name` where a host's value has one.
const char *clua_type_name(struct lua_State *L, int index);

// MARK: References

#define CLUA_NO_MEMORY (-1)
#define CLUA_NO_STACK (-2)

/// Stores the value at `index` in a slot, or says what there is no more of.
int clua_ref(struct lua_State *L, int index);
/// Gives a slot back, from any thread.
void clua_release(struct lua_State *L, int slot);
/// Pushes a slot's value.
void clua_push_ref(struct lua_State *L, int slot);

// MARK: Tables, by raw access

/// Pushes the field of the table at `index` and returns its type; `CLUA_NONE` (nothing pushed) when memory is out.
int clua_get_field(struct lua_State *L, int index, const void *_Nullable key, size_t length);
/// Pushes the element of the table at `index` and returns its type.
int clua_get_index(struct lua_State *L, int index, long long key);
/// Replaces the key on top of the stack by the value of the table at `index`.
int clua_get_value(struct lua_State *L, int index);
/// Sets the table at `index`: pops the value (top) and its key; a status other than 0 leaves the error on top.
int clua_set_value(struct lua_State *L, int index);
/// The border of the table at `index`.
size_t clua_length(struct lua_State *L, int index);
/// Pops a key and pushes the next key and value; false (nothing pushed) at the end. The table must not change in between.
bool clua_next(struct lua_State *L, int index);
/// Makes the table on top of the stack (or nil) the metatable of the table at `index`; pops it.
void clua_set_metatable(struct lua_State *L, int index);

// MARK: Reading tables into the host's own types

#define CLUA_READ_MEMORY (-1)
#define CLUA_READ_SIZE (-2)
#define CLUA_READ_DEPTH (-3)
#define CLUA_READ_HOLES (-4)

/// Begins to read the table at `index`, which is `depth` tables below the outermost one. Returns its absolute index with some room
/// above it on the stack; 0 when it is no table; or why it cannot be read.
int clua_read_table(struct lua_State *L, int index, int depth);
/// The same for an array, with its length; 0 as well for a table that has only names.
int clua_read_array(struct lua_State *L, int index, int depth, size_t *count);
/// Pushes a field and returns its type, or why it cannot be read (nothing pushed). `key` is a literal, which must live as long as the
/// state: its address stands for it.
int clua_read_field(struct lua_State *L, int table, const void *key, size_t length);
/// Pushes an element and returns its type, or why it cannot be read (nothing pushed).
int clua_read_element(struct lua_State *L, int table, size_t index);

// MARK: Functions

/// Pushes a host function, whose object it releases in the end, also when it fails; a status other than 0 leaves the error on top.
int clua_push_function(struct lua_State *L, const void *object);
/// Loads source text and pushes the function, with the table in `environment` as its globals (0: the state's); a status other than
/// 0 leaves the error on top.
int clua_load(struct lua_State *L, const void *_Nullable bytes, size_t length, const char *name, int environment);
/// Where the function at `index` was defined; -1 for a host function.
int clua_function_line(struct lua_State *L, int index, char *source, size_t capacity);
/// The line that runs at `level` of the call stack; -1 when that is no Lua code.
int clua_position(struct lua_State *L, int level, char *source, size_t capacity);
/// Pushes a table of globals: a copy of the state's, which refuses undefined reads and, unless `writable`, undeclared writes. False
/// (nothing pushed) when memory is out.
bool clua_push_environment(struct lua_State *L, bool writable);
/// Gives `require` its finder: a host function from a module's name to source text and chunk name, or nil.
int clua_set_finder(struct lua_State *L, const void *object);

// MARK: Calls

typedef struct {
  struct lua_State *L;
  /// Values below the function that belong to the call: a message handler, or none where the state keeps one.
  int handlers;
} clua_frame;

/// Functions that were called last keep a copy at a fixed place of the main stack, which is nearer than the registry.
#define CLUA_PINS 32
#define CLUA_FIRST_PIN 2

/// What an entry has to look at.
typedef struct {
  /// Entries on the C stack.
  int32_t depth;
  /// Whether other threads have released references.
  int32_t has_released;
  /// The slots whose functions are pinned, each at its number modulo `CLUA_PINS`; 0: none.
  int32_t pinned[CLUA_PINS];
} clua_entry_state;

const clua_entry_state *clua_entry(struct lua_State *L);
clua_frame clua_begin_carefully(struct lua_State *main, int slot);

/// Pushes what a call of the function in `slot` needs below its arguments, with room for 16 of them.
static inline clua_frame clua_begin(struct lua_State *main, const clua_entry_state *entry, int slot) {
  if (__builtin_expect(__atomic_load_n((const uint64_t *)entry, __ATOMIC_RELAXED) != 0, 0)) {
    return clua_begin_carefully(main, slot);
  }
  int pin = slot & (CLUA_PINS - 1);
  if (__builtin_expect(entry->pinned[pin] != slot, 0)) return clua_begin_carefully(main, slot);
  lua_pushvalue(main, CLUA_FIRST_PIN + pin);
  return (clua_frame){main, 0};
}

/// Calls; 0, or a status that leaves the error on top of the stack.
int clua_call(struct lua_State *L, int arguments, int results);
#define CLUA_ALL_RESULTS (-1)

/// Keeps a host error (retained) for the frame that raises it.
void clua_set_host_error(struct lua_State *L, const void *error);
/// Takes text that was asked for.
void clua_set_text(struct lua_State *L, const void *_Nullable bytes, size_t length);
/// Whether a host function that was called at `L` may wait there.
bool clua_can_wait(struct lua_State *L);
/// Stops the present run, as soon as its host frame is left.
void clua_cancel_run(struct lua_State *L);

// MARK: Tasks

/// Time of a task, in nanoseconds.
typedef struct {
  /// VM time left; 0: no limit. At most 0 < 1 when it is over.
  int64_t left;
  /// VM time until others get a turn; 0: none.
  int64_t slice;
} clua_task_time;

typedef enum {
  CLUA_TASK_DONE = 0,
  CLUA_TASK_WAITS = 1,
  CLUA_TASK_SLICED = 2,
  CLUA_TASK_FAILED = 3,
} clua_task_state;

typedef struct {
  clua_task_state state;
  /// Number of results.
  int results;
  /// For a failed one: the status. The results, or the error, are on top of the main stack.
  int status;
} clua_task_result;

/// A coroutine that will call the function in `slot`; NULL when memory is out. It lives until its slot is released.
struct lua_State *_Nullable clua_task_create(struct lua_State *L, int slot, int *task_slot);
/// Moves the top `count` values of the stack to a task that waits or has not begun; false (values popped) when its stack is full.
bool clua_task_move(struct lua_State *L, struct lua_State *task, int count);
/// Runs a task on with the top `arguments` values of its stack, or (`CLUA_RAISE`) with the host error that was set. Only between runs.
clua_task_result clua_task_resume(struct lua_State *task, int arguments, clua_task_time *time);

// MARK: Failures

/// The status of an ordinary error.
#define CLUA_RUNTIME_STATUS 2

typedef enum {
  CLUA_FAILURE_RUNTIME = 0,
  CLUA_FAILURE_SYNTAX = 1,
  CLUA_FAILURE_INCOMPLETE = 2,
  CLUA_FAILURE_MEMORY = 3,
  CLUA_FAILURE_TIME = 4,
  CLUA_FAILURE_INTERRUPTED = 5,
  CLUA_FAILURE_CANCELLED = 6,
  CLUA_FAILURE_HOST = 7,
} clua_failure_kind;

typedef struct {
  clua_failure_kind kind;
  char *_Nullable message;
  size_t message_length;
  char *_Nullable traceback;
  size_t traceback_length;
  /// The host error, unretained; valid until the value is popped.
  const void *_Nullable host_error;
  /// Whether the script threw a table, which is still on top.
  bool is_table;
} clua_failure;

/// Describes the error on top of the stack, which stays; `status` is what the failing function returned.
clua_failure clua_describe(struct lua_State *L, int status);
void clua_failure_free(clua_failure *failure);

#pragma clang assume_nonnull end

#if __has_include("CLuaData.h")
#include "CLuaData.h"
#endif

#endif
