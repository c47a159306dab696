// What the shim's own C files share. Never included from `include/`: Swift must not see lua.h.
#ifndef CLUA_INTERNAL_H
#define CLUA_INTERNAL_H

#include <lua5.4/lua.h>
#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "CLua.h"

#ifdef DEBUG
#include <assert.h>
#define CLUA_ASSERT(condition) assert(condition)
#else
#define CLUA_ASSERT(condition) ((void)0)
#endif

#define CLUA_LIKELY(x) __builtin_expect(!!(x), 1)
#define CLUA_UNLIKELY(x) __builtin_expect(!!(x), 0)

/// Why a run has to leave the VM: bits of `clua_control.request`, below the sequence number of the run they are meant for.
enum {
  CLUA_REQUEST_SLICE = 1,
  CLUA_REQUEST_TIME = 2,
  CLUA_REQUEST_INTERRUPT = 4,
  CLUA_REQUEST_CANCEL = 8,
  CLUA_REQUEST_BITS = 4,
  CLUA_REQUEST_MASK = (1 << CLUA_REQUEST_BITS) - 1,
};

/// Bits in the low end of a coroutine's extra space, beside the pointer to the control block.
enum {
  /// Belongs to a task: scripts may neither resume nor close it.
  CLUA_COROUTINE_TASK = 1,
  /// Left in mid-run (a host wait or the end of a slice): only the task that it is a part of may resume it.
  CLUA_COROUTINE_LEFT = 2,
  CLUA_COROUTINE_MASK = 7,
};

/// Why a coroutine yielded, when the script did not ask for it.
typedef enum { CLUA_LEAVE_NOT = 0, CLUA_LEAVE_WAIT = 1, CLUA_LEAVE_SLICE = 2 } clua_leave;

typedef struct clua_key clua_key;

/// All that one state keeps beside the Lua heap. It hangs on the extra space of every coroutine.
///
/// A *run* is the time from an outermost entry (call or resume from the host) to its return. `sequence` is odd during a run and even
/// between runs, so a request that other threads make for a run cannot hit the next one.
typedef struct clua_control {
  // What every entry and callback touches, close together.

  /// Bytes on the Lua heap.
  size_t used;
  /// What the allocator compares with: `limit` while the VM runs, `hard` while a host frame is on top.
  size_t cap;
  size_t limit;
  size_t hard;
  clua_host_functions host;
  /// Odd during a run. The fields of the run are written before it becomes so, and read by the watchdog.
  _Atomic uint64_t sequence;
  /// `sequence << CLUA_REQUEST_BITS | bits`, by the watchdog and interrupters.
  _Atomic uint64_t request;
  /// The control block whose run this one interrupts on the same thread.
  struct clua_control *outer;
  /// The coroutine that runs now; `main` between runs.
  lua_State *_Atomic running;
  _Atomic pid_t thread;
  /// Whether the run leaves something to put in order: an armed hook or an abort.
  _Atomic bool is_disturbed;
  /// Whether every coroutine and frame between the task's driver and here can be left by a yield.
  bool can_wait;
  /// Set while a push from the host allocates, which then may use `reserve` and pass the limits.
  bool uses_reserve;
  /// `depth` is 0 between runs.
  _Alignas(8) clua_entry_state entry;

  lua_State *main;
  /// A block kept so that pushing a short string from the host cannot fail (see memory.c); NULL when it was used.
  void *reserve;
  /// Set just before a yield that the script did not ask for, consumed by whoever sees the yield.
  clua_leave leave;
  /// Sticky for the run: once set, the VM is only allowed to unwind.
  clua_abort abort;
  /// `abort` of the run that ended last, until it was described.
  clua_abort ended_by;
  /// Where the abort hit, as `name:line:`; empty when unknown.
  char abort_position[128];

  // Time.

  /// VM time left to this run, in nanoseconds; 0: no limit.
  _Atomic int64_t run_budget;
  /// VM time until other tasks get a turn; 0: none.
  _Atomic int64_t run_slice;
  /// When the run began, on the monotonic clock; 0: unknown, the watchdog takes the moment it first saw it.
  _Atomic int64_t run_start;
  int64_t call_budget;
  /// Registration with the watchdog: list link and what it saw last; guarded by its lock.
  struct clua_control *watched_next;
  uint64_t watched_sequence;
  int64_t watched_since;
  bool is_watched;

  // Errors.

  /// A retained host error on its way from a host frame to its Lua error object.
  void *host_error;
  /// The text that the host gave last.
  char *text;
  size_t text_length;
  /// The latest traceback and the identity of the error it belongs to.
  char *traceback;
  size_t traceback_length;
  const void *traceback_error;

  /// Whether the task that is resumed goes on with `host_error`.
  bool wakes_with_error;

  // Host objects that the heap owns (objects.c).

  uintptr_t *cells;
  uint32_t cell_count;
  uint32_t free_cell;

  // References from the host: slots in the registry.

  int *free_slots;
  int free_count;
  int slot_count;
  /// Released on any thread, handed back by the owner; capacity is `slot_count`, guarded by the remote's lock.
  int *released;
  int released_count;

  // Reading tables: keys that the host's literals stand for, and what may still be read.

  clua_key *keys;
  size_t key_capacity;
  size_t key_count;
  int64_t read_left;

  struct clua_remote *remote;
  /// The host's object for the state, unretained.
  const void *owner;
  size_t source_limit;
} clua_control;

/// What a control block looks like from other threads: it outlives the state.
typedef struct clua_remote clua_remote;

static inline uintptr_t *clua_extra(lua_State *L) { return (uintptr_t *)lua_getextraspace(L); }

static inline clua_control *clua_control_of(lua_State *L) {
  return (clua_control *)(*clua_extra(L) & ~(uintptr_t)CLUA_COROUTINE_MASK);
}

/// Whether somebody wants the present run to leave (deadline, interrupt, cancel or end of slice).
static inline bool clua_is_requested(clua_control *control) {
  uint64_t request = atomic_load_explicit(&control->request, memory_order_relaxed);
  return (request >> CLUA_REQUEST_BITS) == atomic_load_explicit(&control->sequence, memory_order_relaxed);
}

/// Whether the present run was stopped: nothing but unwinding is allowed any more.
static inline bool clua_aborted(lua_State *L) { return clua_control_of(L)->abort != CLUA_ABORT_NONE; }

/// Looks at the requests of the present run and raises when they end it. Only in C bodies that may raise.
void clua_check(lua_State *L);

/// To be called before each piece of work that the VM's own hook cannot cut: raises when the run is aborted or over its budget.
///
/// `units` says how much work follows (about an element of a table, a step of a matcher, or 16 bytes copied). One charge stands for
/// 65,536 units at most: longer work charges in pieces, so that a deadline is noticed within a millisecond. Only in C bodies that may
/// raise.
static inline void clua_charge(lua_State *L, size_t units) {
  (void)units;
  clua_control *control = clua_control_of(L);
  if (CLUA_UNLIKELY(clua_is_requested(control) || control->abort != CLUA_ABORT_NONE)) clua_check(L);
}

/// Raises the error of the abort that `control->abort` names.
_Noreturn void clua_raise_abort(lua_State *L);

/// Runs `body` in protected mode with `argument` as light userdata at index 1 and leaves its `results` (or the error) on the stack.
///
/// Does not raise. For helpers of the host: it is no run of its own, so no deadline applies unless a run is on.
int clua_protect(lua_State *L, lua_CFunction body, void *argument, int results);

/// As `clua_protect`, and the top `arguments` values move into the body, at indices 2….
int clua_protect_with(lua_State *L, lua_CFunction body, void *argument, int arguments, int results);

/// The value of a registry slot, pushed.
static inline void clua_push_slot(lua_State *L, int slot) { lua_rawgeti(L, LUA_REGISTRYINDEX, slot); }

/// The sandbox's libraries; each leaves its table on the stack and may raise.
/// What one thread knows about the runs on it.
typedef struct {
  /// The innermost run on this thread; read by the signal handler.
  clua_control *volatile current;
  pid_t id;
  /// Lowest address that a C frame may use; 0: not yet looked up.
  uintptr_t stack_floor;
} clua_thread;

extern __thread clua_thread clua_this_thread __attribute__((tls_model("initial-exec")));

/// Looks up the calling thread's id and stack; once a thread.
void clua_learn_thread(clua_thread *thread);

/// Whether the C stack has too little left for another nested coroutine.
bool clua_stack_is_low(void);

/// Makes the running coroutine leave at its next instruction. Safe in a signal handler.
void clua_arm(clua_control *control, lua_State *L);

/// Marks `L` as the coroutine that runs, and lets requests that came meanwhile reach it.
static inline void clua_switch(clua_control *control, lua_State *L) {
  atomic_store_explicit(&control->running, L, memory_order_relaxed);
  atomic_signal_fence(memory_order_seq_cst);
  if (CLUA_UNLIKELY(clua_is_requested(control))) clua_arm(control, L);
}

/// Wakes the watchdog, which sleeps while no run is on.
void clua_watchdog_wake(void) __attribute__((preserve_most, cold));
extern _Atomic int clua_watchdog_sleeps __attribute__((visibility("hidden")));
void clua_settle_run(clua_control *control) __attribute__((cold));

/// Begins a run on this thread, which has been learnt.
static inline void clua_enter(clua_control *control, lua_State *L) {
  clua_thread *thread = &clua_this_thread;
  control->entry.depth = 1;
  control->cap = control->limit;
  control->outer = thread->current;
  thread->current = control;
  atomic_store_explicit(&control->running, L, memory_order_relaxed);
  atomic_store_explicit(&control->thread, thread->id, memory_order_relaxed);
  uint64_t sequence = atomic_load_explicit(&control->sequence, memory_order_relaxed) + 1;
  atomic_store_explicit(&control->sequence, sequence, memory_order_release);
  atomic_signal_fence(memory_order_seq_cst);
  if (CLUA_UNLIKELY(atomic_load_explicit(&clua_watchdog_sleeps, memory_order_relaxed) != 0)) clua_watchdog_wake();
}

/// Ends the run.
static inline void clua_leave_run(clua_control *control) {
  uint64_t sequence = atomic_load_explicit(&control->sequence, memory_order_relaxed) + 1;
  atomic_store_explicit(&control->sequence, sequence, memory_order_release);
  atomic_signal_fence(memory_order_seq_cst);
  clua_this_thread.current = control->outer;
  control->entry.depth = 0;
  control->cap = control->hard;
  if (CLUA_UNLIKELY(atomic_load_explicit(&control->is_disturbed, memory_order_relaxed))) clua_settle_run(control);
}

/// Adds to a request of the run `sequence`; false when that run is over.
bool clua_request(clua_control *control, uint64_t sequence, unsigned bits);

/// Lets the watchdog look at the state; false when its thread could not be started.
bool clua_watch(clua_control *control);
void clua_unwatch(clua_control *control);
/// Sends the signal that makes the thread of the present run look at its request.
void clua_signal(clua_control *control);

/// The allocator of a state.
void *clua_allocate(void *control, void *block, size_t old_size, size_t new_size);
/// Raises liblua's own memory error. Only in C bodies that may raise.
_Noreturn void clua_raise_memory(lua_State *L);
/// Creates the first slots; may raise.
void clua_open_slots(lua_State *L);

/// Makes sure that the next `clua_fill_cell` has room; false when memory is out.
bool clua_reserve_cell(clua_control *control);
/// Takes a retained host object over.
uint32_t clua_fill_cell(clua_control *control, void *object);
/// Releases the object of a cell; 0: none.
void clua_empty_cell(clua_control *control, uint32_t cell);
/// Releases all that is left, at the end.
void clua_empty_cells(clua_control *control);

/// The message handler at index 1 of the main stack: keeps the traceback.
int clua_keep_traceback(lua_State *L);
void clua_keep_abort_traceback(lua_State *L);
/// Keeps the traceback of a failed task, whose error is on top of `L`.
void clua_keep_task_traceback(lua_State *L, lua_State *task);
/// Turns the pending host error into an error object and raises it, prefixed by the position at `level`.
_Noreturn void clua_raise_host_error(lua_State *L, int level);
/// Creates the metatable of host errors; may raise.
void clua_open_errors(lua_State *L);
/// The host error at `index`; NULL when it is none.
void *clua_host_error_at(lua_State *L, int index);
/// Creates the metatable of host objects; may raise.
void clua_open_functions(lua_State *L);
/// Pushes a function for the retained host object; may raise, and then the object is released.
void clua_new_function(lua_State *L, const void *object);

/// The entry of a stack frame that a Lua function above `L`'s caller runs in; pushes the caller's globals.
void clua_push_caller_globals(lua_State *L);

/// Registry keys: their addresses count.
extern const char clua_error_key, clua_function_key, clua_globals_key, clua_modules_key, clua_finder_key, clua_strict_key,
    clua_open_key;
/// The slot that holds the state's globals.
enum { CLUA_FIRST_SLOT = 3, CLUA_GLOBALS_SLOT = 3 };
// From data files.
void *clua_json_null(void) __attribute__((weak));

void clua_open_base(lua_State *L);
/// Both expect the table of globals on top, and leave it there.
void clua_open_environments(lua_State *L);
void clua_open_loading(lua_State *L);
void clua_open_coroutines(lua_State *L);
void clua_open_tables(lua_State *L);
int clua_sort(lua_State *L);
void clua_open_utf8(lua_State *L);
void clua_open_strings(lua_State *L) __attribute__((weak));

#endif
