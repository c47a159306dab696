// Runs: entering the VM from the host, leaving it, and stopping it in between.
#define _GNU_SOURCE
#include "internal.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "remote.h"

enum {
  /// Index of the message handler on the main stack, and the stack's top between runs.
  HANDLER = 1,
  /// Stack slots for the host's arguments and results.
  FRAME_SLOTS = 20,
  /// Stack slots that the host can count on between runs.
  HOST_SLOTS = 64,
  /// Instructions between two attempts to end a slice where the VM cannot yield.
  SLICE_RETRY = 1000,
  /// Bytes of C stack that a new nested coroutine needs to be sure of: liblua's 200 nested C calls fit.
  STACK_RESERVE = 384 << 10,
  /// How many frames of C functions may lie above the Lua code that an abort's position names.
  POSITION_LEVELS = 16,
};

__thread clua_thread clua_this_thread;

void clua_learn_thread(clua_thread *thread) {
  thread->id = (pid_t)syscall(SYS_gettid);
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGURG);
  pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);  // libdispatch's workers block every signal
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void *lowest = NULL;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  size_t reserve = size / 2 < STACK_RESERVE ? size / 2 : STACK_RESERVE;
  thread->stack_floor = (uintptr_t)lowest + reserve;
}

bool clua_stack_is_low(void) { return (uintptr_t)__builtin_frame_address(0) < clua_this_thread.stack_floor; }

// MARK: Stopping

static void record_position(lua_State *L, clua_control *control) {
  lua_Debug frame;
  control->abort_position[0] = '\0';
  for (int level = 0; level < POSITION_LEVELS && lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline < 0) continue;
    snprintf(control->abort_position, sizeof control->abort_position, "%s:%d: ", frame.short_src, frame.currentline);
    return;
  }
}

/// A light value, so that raising it again and again while the VM unwinds allocates nothing.
_Noreturn void clua_raise_abort(lua_State *L) {
  lua_pushlightuserdata(L, (void *)&clua_error_key);
  lua_error(L);
  abort();
}

void clua_check(lua_State *L) {
  clua_control *control = clua_control_of(L);
  if (control->abort == CLUA_ABORT_NONE) {
    if (!clua_is_requested(control)) return;
    uint64_t bits = atomic_load_explicit(&control->request, memory_order_acquire);
    if ((bits & CLUA_REQUEST_CANCEL) != 0) {
      control->abort = CLUA_ABORT_CANCELLED;
    } else if ((bits & CLUA_REQUEST_INTERRUPT) != 0) {
      control->abort = CLUA_ABORT_INTERRUPTED;
    } else if ((bits & CLUA_REQUEST_TIME) != 0) {
      control->abort = CLUA_ABORT_TIME;
    } else {
      return;  // the end of a slice: only the hook can act on it
    }
    atomic_store_explicit(&control->is_disturbed, true, memory_order_relaxed);
    record_position(L, control);
    clua_keep_abort_traceback(L);
  }
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  clua_raise_abort(L);
}

static void hook(lua_State *L, lua_Debug *frame) {
  (void)frame;
  clua_control *control = clua_control_of(L);
  if (control->abort == CLUA_ABORT_NONE && !clua_is_requested(control)) {
    lua_sethook(L, NULL, 0, 0);  // armed in an earlier run
    return;
  }
  clua_check(L);
  if (!control->can_wait || !lua_isyieldable(L)) {
    lua_sethook(L, hook, LUA_MASKCOUNT, SLICE_RETRY);
    return;
  }
  lua_sethook(L, NULL, 0, 0);
  control->leave = CLUA_LEAVE_SLICE;
  *clua_extra(L) |= CLUA_COROUTINE_LEFT;
  lua_yield(L, 0);
}

void clua_arm(clua_control *control, lua_State *L) {
  atomic_store_explicit(&control->is_disturbed, true, memory_order_relaxed);
  lua_sethook(L, hook, LUA_MASKCOUNT, 1);
}

void clua_cancel_run(lua_State *L) {
  clua_control *control = clua_control_of(L);
  uint64_t sequence = atomic_load_explicit(&control->sequence, memory_order_relaxed);
  if (clua_request(control, sequence, CLUA_REQUEST_CANCEL)) clua_arm(control, clua_running(L));
}

// MARK: Entering and leaving

void clua_settle_run(clua_control *control) {
  atomic_store_explicit(&control->is_disturbed, false, memory_order_relaxed);
  lua_sethook(control->main, NULL, 0, 0);
  control->ended_by = control->abort;
  control->abort = CLUA_ABORT_NONE;
}

bool clua_is_running(lua_State *L) { return clua_control_of(L)->entry.depth > 0; }

lua_State *clua_running(lua_State *L) {
  return atomic_load_explicit(&clua_control_of(L)->running, memory_order_relaxed);
}

// MARK: Calls

const clua_entry_state *clua_entry(lua_State *L) { return &clua_control_of(L)->entry; }

clua_frame clua_begin_carefully(lua_State *main, int slot) {
  clua_control *control = clua_control_of(main);
  lua_State *L = clua_running(main);
  clua_drain_released(L, control);
  if (control->entry.depth == 0) {
    int pin = slot & (CLUA_PINS - 1);
    clua_push_slot(main, slot);
    lua_copy(main, -1, CLUA_FIRST_PIN + pin);
    control->entry.pinned[pin] = slot;
    return (clua_frame){main, 0};
  }
  // Where no room is left, the call itself fails with liblua's "stack overflow": it needs more than this.
  lua_checkstack(L, FRAME_SLOTS);
  lua_pushcfunction(L, clua_keep_traceback);
  clua_push_slot(L, slot);
  return (clua_frame){L, 1};
}

static int call_nested(lua_State *L, clua_control *control, int arguments, int results) {
  bool can_wait = control->can_wait;
  control->can_wait = false;
  control->entry.depth++;
  control->cap = control->limit;
  int handler = lua_gettop(L) - arguments - 1;
  int status = lua_pcall(L, arguments, results, handler);
  control->cap = control->hard;
  control->entry.depth--;
  control->can_wait = can_wait;
  atomic_store_explicit(&control->running, L, memory_order_relaxed);
  return status;
}

/// The first call on a thread, and calls inside of calls.
static int call_carefully(lua_State *L, clua_control *control, int arguments, int results) {
  if (clua_this_thread.id == 0) clua_learn_thread(&clua_this_thread);
  return control->entry.depth > 0 ? call_nested(L, control, arguments, results) : clua_call(L, arguments, results);
}

int clua_call(lua_State *L, int arguments, int results) {
  clua_control *control = clua_control_of(L);
  if (CLUA_UNLIKELY(control->entry.depth > 0 || clua_this_thread.id == 0)) {
    return call_carefully(L, control, arguments, results);
  }
  CLUA_ASSERT(L == control->main);
#ifdef DEBUG
  int base = lua_gettop(L) - arguments - 1;
#endif
  clua_enter(control, L);
  int status = lua_pcall(L, arguments, results, HANDLER);
  clua_leave_run(control);
  CLUA_ASSERT(lua_gettop(L) - base == (status != LUA_OK ? 1 : results == LUA_MULTRET ? lua_gettop(L) - base : results));
  return status;
}

// MARK: Tasks

static int64_t monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

typedef struct {
  int function;
  int slot;
  lua_State *task;
} creation;

static int create(lua_State *L) {
  creation *wanted = lua_touserdata(L, 1);
  wanted->task = lua_newthread(L);
  *clua_extra(wanted->task) |= CLUA_COROUTINE_TASK;
  lua_sethook(wanted->task, NULL, 0, 0);
  clua_push_slot(L, wanted->function);
  lua_xmove(L, wanted->task, 1);
  return 1;
}

lua_State *clua_task_create(lua_State *L, int slot, int *task_slot) {
  L = clua_running(L);
  creation wanted = {.function = slot};
  if (clua_protect(L, create, &wanted, 1) != LUA_OK) {
    lua_pop(L, 1);
    return NULL;
  }
  *task_slot = clua_ref(L, -1);
  lua_pop(L, 1);
  return *task_slot < 0 ? NULL : wanted.task;
}

bool clua_task_move(lua_State *L, lua_State *task, int count) {
  if (!lua_checkstack(task, count + LUA_MINSTACK)) {
    lua_pop(L, count);
    return false;
  }
  lua_xmove(L, task, count);
  return true;
}

/// Publishes the task's time for the watchdog. Returns the moment of the start; 0 when the task has no limits to measure.
static int64_t publish(clua_control *control, const clua_task_time *time) {
  if (time->left == 0 && time->slice == 0) {
    atomic_store_explicit(&control->run_budget, 0, memory_order_relaxed);
    return 0;
  }
  int64_t start = monotonic();
  atomic_store_explicit(&control->run_budget, time->left, memory_order_relaxed);
  atomic_store_explicit(&control->run_slice, time->slice, memory_order_relaxed);
  atomic_store_explicit(&control->run_start, start, memory_order_relaxed);
  return start;
}

/// Takes the time used off what is left, and puts back what plain calls expect.
static void settle(clua_control *control, clua_task_time *time, int64_t start) {
  if (start != 0 && time->left != 0) {
    time->left -= monotonic() - start;
    if (time->left <= 0) time->left = 1;  // 0 would mean no limit
  }
  atomic_store_explicit(&control->run_budget, control->call_budget, memory_order_relaxed);
  atomic_store_explicit(&control->run_slice, 0, memory_order_relaxed);
  atomic_store_explicit(&control->run_start, 0, memory_order_relaxed);
}

static clua_task_result describe_result(clua_control *control, lua_State *task, int status, int results) {
  clua_leave leave = control->leave;
  control->leave = CLUA_LEAVE_NOT;
  if (status == LUA_YIELD) return (clua_task_result){leave == CLUA_LEAVE_SLICE ? CLUA_TASK_SLICED : CLUA_TASK_WAITS, 0, 0};
  if (status == LUA_OK && lua_checkstack(control->main, results + HOST_SLOTS)) {
    lua_xmove(task, control->main, results);
    return (clua_task_result){CLUA_TASK_DONE, results, 0};
  }
  if (status == LUA_OK) {
    status = LUA_ERRMEM;  // more results than the main stack takes
    lua_pushnil(control->main);
  } else {
    lua_xmove(task, control->main, 1);
    clua_keep_task_traceback(control->main, task);
  }
  return (clua_task_result){CLUA_TASK_FAILED, 0, status};
}

clua_task_result clua_task_resume(lua_State *task, int arguments, clua_task_time *time) {
  clua_control *control = clua_control_of(task);
  CLUA_ASSERT(control->entry.depth == 0);
  if (CLUA_UNLIKELY(clua_this_thread.id == 0)) clua_learn_thread(&clua_this_thread);
  if (CLUA_UNLIKELY(__atomic_load_n(&control->entry.has_released, __ATOMIC_RELAXED) != 0)) {
    clua_drain_released(control->main, control);
  }
  int64_t start = publish(control, time);
  *clua_extra(task) &= ~(uintptr_t)CLUA_COROUTINE_LEFT;
  control->wakes_with_error = arguments == CLUA_RAISE;
  if (control->wakes_with_error) arguments = 0;
  control->can_wait = true;
  int results = 0;
  clua_enter(control, task);
  int status = lua_resume(task, control->main, arguments, &results);
  clua_leave_run(control);
  atomic_store_explicit(&control->running, control->main, memory_order_relaxed);
  control->can_wait = false;
  control->wakes_with_error = false;
  settle(control, time, start);
  return describe_result(control, task, status, results);
}
