import CLua

/// A Lua function that runs as a coroutine of the host's: it can wait in host functions while other tasks run.
public final class LuaTask {
  /// Anything the host wants to find again in `LuaCall.task`.
  public var context: AnyObject?
  /// The state that it runs in.
  public let state: LuaState
  private let coroutine: OpaquePointer
  private let slot: Int32
  private var time: clua_task_time
  private var onFinish: ((borrowing LuaOutcome) -> Void)?
  private var phase: Phase
  private var cancellation: (any Error)?

  /// Where a task is in its life.
  private enum Phase {
    /// Not started, with its arguments on the coroutine; can become `running`, `queued` or `finished`.
    case created(arguments: Int32)
    /// In line for its turn, with values or an error to go on with; can become `running` or `finished`.
    case queued(Resumption)
    /// On the C stack; can become `waiting`, `queued` or `finished`.
    case running
    /// Inside `LuaCall.suspend`, before the coroutine was left; can become `answered` or `waiting`.
    case suspending
    /// Resumed inside `LuaCall.suspend`; can become `running`.
    case answered(Resumption)
    /// In a host function that waits; can become `running`, `queued` or `finished`.
    case waiting(WeakSuspension)
    /// Over; stays so.
    case finished
  }

  private enum Resumption {
    case values(Int32)
    case error(any Error)
  }

  /// The host keeps the suspension; a task that held it too could never be given up.
  private struct WeakSuspension {
    weak var suspension: LuaSuspension?
  }

  init(
    _ coroutine: OpaquePointer, slot: Int32, arguments: Int32, of state: LuaState, time: clua_task_time, context: AnyObject?,
    onFinish: @escaping (borrowing LuaOutcome) -> Void
  ) {
    self.coroutine = coroutine
    self.slot = slot
    self.state = state
    self.time = time
    self.context = context
    self.onFinish = onFinish
    phase = .created(arguments: arguments)
  }

  deinit { clua_release(state.lua, slot) }

  /// Whether it has ended, with results or an error.
  public var isFinished: Bool {
    if case .finished = phase { return true }
    return false
  }

  /// Whether it waits in a host function.
  public var isWaiting: Bool {
    if case .waiting = phase { return true }
    return false
  }

  /// VM time that is left to the task; `nil`: no limit. To be set between its runs.
  public var timeLeft: Duration? {
    get { time.left == 0 ? nil : .nanoseconds(time.left) }
    set { time.left = newValue?.limitNanoseconds ?? 0 }
  }

  /// Starts the task: it runs until it first waits, ends or its slice is over. Has no effect after the first time.
  ///
  /// Inside a host function it is queued instead: see `LuaState.hasRunnable`.
  public func start() {
    guard case .created(let arguments) = phase else { return }
    proceed(.values(arguments))
  }

  /// Ends the task with a `LuaError` of kind `cancelled`, whose `underlying` is `error`. No script can catch it.
  ///
  /// A waiting task ends at once, and its suspension's `onCancel` is called; one that runs ends when its host function returns. Variables
  /// that the script marked `<close>` are not closed.
  public func cancel(_ error: any Error) {
    switch phase {
    case .finished: break
    case .running, .suspending, .answered:
      cancellation = error
      clua_cancel_run(state.lua)
    case .waiting(let weak):
      weak.suspension?.isOver = true
      weak.suspension?.onCancel?()
      end(cancelledBy: error)
    case .created, .queued: end(cancelledBy: error)
    }
  }
}

// MARK: Waiting

extension LuaTask {
  /// Runs `start` for a host function that wants to wait on `lua`; it may be answered already when that returns.
  func wait(for suspension: LuaSuspension, on lua: OpaquePointer, _ start: () throws -> Void) throws -> LuaReturn {
    phase = .suspending
    do {
      try start()
    } catch {
      suspension.isOver = true
      phase = .running
      throw error
    }
    guard case .answered(let answer) = phase else {
      phase = .waiting(WeakSuspension(suspension: suspension))
      return LuaReturn(CLUA_WAIT)
    }
    phase = .running
    switch answer {
    case .values(let count): return LuaReturn(count)
    case .error(let error): throw error
    }
  }

  /// Takes the answer to a suspension: what `results` pushes or throws.
  func resume(_ suspension: LuaSuspension, _ results: (inout LuaArguments) throws -> Void) {
    let lua = clua_running(state.lua)
    let top = lua_gettop(lua)
    var pushed = LuaArguments(LuaStack(lua), of: state)
    do {
      try results(&pushed)
    } catch {
      lua_settop(lua, top)
      return answer(.error(error), from: lua)
    }
    answer(.values(pushed.count), from: lua)
  }

  private func answer(_ resumption: Resumption, from lua: OpaquePointer) {
    if case .suspending = phase {
      phase = .answered(resumption)
      return
    }
    if case .values(let count) = resumption, !clua_task_move(lua, coroutine, count) {
      return proceed(.error(LuaError.noMemory))
    }
    proceed(resumption)
  }
}

// MARK: Running

extension LuaTask {
  /// Runs on now, or in its turn when Lua runs already.
  private func proceed(_ resumption: Resumption) {
    if clua_is_running(state.lua) {
      phase = .queued(resumption)
      state.enqueue(self)
    } else {
      run(resumption)
    }
  }

  /// Takes its turn; a task that was cancelled in line has none.
  func takeTurn() {
    guard case .queued(let resumption) = phase else { return }
    run(resumption)
  }

  /// Whether it still is in line.
  var isQueued: Bool {
    if case .queued = phase { return true }
    return false
  }

  private func run(_ resumption: Resumption) {
    var arguments: Int32 = 0
    switch resumption {
    case .values(let count): arguments = count
    case .error(let error): LuaHostFunction.raise(error, on: state.lua)
    }
    phase = .running
    state.currentTask = self
    let result = clua_task_resume(coroutine, arguments, &time)
    state.currentTask = nil
    settle(result)
  }

  private func settle(_ result: clua_task_result) {
    switch result.state {
    case CLUA_TASK_WAITS: break  // `wait` set the phase
    case CLUA_TASK_SLICED:
      phase = .queued(.values(0))
      state.enqueue(self)
    case CLUA_TASK_DONE:
      finish(LuaOutcome(state: state, error: nil, count: result.results))
      lua_settop(state.lua, -result.results - 1)
    default: fail(result)
    }
  }

  private func fail(_ result: clua_task_result) {
    var error = state.failure(on: state.lua, status: result.status)
    lua_settop(state.lua, -2)
    if error.kind == .cancelled { error.underlying = cancellation }
    finish(LuaOutcome(state: state, error: error, count: 0))
  }

  private func end(cancelledBy reason: any Error) {
    finish(LuaOutcome(state: state, error: LuaError(.cancelled, "cancelled", underlying: reason), count: 0))
  }

  private func finish(_ outcome: consuming LuaOutcome) {
    phase = .finished
    let report = onFinish
    onFinish = nil
    report?(outcome)
  }
}
