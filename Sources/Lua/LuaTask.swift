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
  private var phase = Phase.created
  /// What it goes on with: values on its coroutine's stack, or an error to raise there.
  private var pendingValues: Int32
  private var pendingError: (any Error)?
  private var cancellation: (any Error)?
  /// Counts its waits and their ends, so that a suspension knows whether it is still the present one.
  private(set) var waitNumber = 0
  var onCancel: (() -> Void)?

  /// Where a task is in its life.
  private enum Phase {
    /// Not started; can become `running`, `queued` or `finished`.
    case created
    /// In line for its turn; can become `running` or `finished`.
    case queued
    /// On the C stack; can become `suspending`, `queued` or `finished`.
    case running
    /// Inside `LuaCall.suspend`, before the coroutine is left; can become `answered`, `waiting` or `running`.
    case suspending
    /// Resumed inside `LuaCall.suspend`; can become `running`.
    case answered
    /// In a host function that waits; can become `running`, `queued` or `finished`.
    case waiting
    /// Over; stays so.
    case finished
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
    pendingValues = arguments
  }

  deinit { clua_release(state.lua, slot) }

  /// Whether it has ended, with results or an error.
  public var isFinished: Bool { phase == .finished }

  /// Whether it waits in a host function.
  public var isWaiting: Bool { phase == .waiting }

  /// VM time that is left to the task; `nil`: no limit. To be set between its runs.
  public var timeLeft: Duration? {
    get { time.left == 0 ? nil : .nanoseconds(time.left) }
    set { time.left = newValue?.limitNanoseconds ?? 0 }
  }

  /// Starts the task: it runs until it first waits, ends or its slice is over. Has no effect after the first time.
  ///
  /// Inside a host function it is queued instead: see `LuaState.hasRunnable`.
  public func start() {
    if phase == .created { proceed() }
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
    case .created, .queued, .waiting:
      endWait()?()
      finish(LuaOutcome(state: state, error: LuaError(.cancelled, "cancelled", underlying: error), count: 0))
    }
  }
}

// MARK: Waiting

extension LuaTask {
  /// Runs `start` for a host function that wants to wait; the suspension may be resumed already when that returns.
  func wait(_ start: (LuaSuspension) throws -> Void) throws -> LuaReturn {
    phase = .suspending
    waitNumber += 1
    do {
      try start(LuaSuspension(task: self, number: waitNumber))
    } catch {
      _ = endWait()
      phase = .running
      throw error
    }
    guard phase == .answered else {
      phase = .waiting
      return LuaReturn(CLUA_WAIT)
    }
    phase = .running
    let count = pendingValues
    pendingValues = 0
    guard let error = pendingError else { return LuaReturn(count) }
    pendingError = nil
    throw error
  }

  /// Ends wait `number` with what `results` pushes or throws, and runs on.
  func resume(_ number: Int, _ results: (inout LuaArguments) throws -> Void) {
    guard number == waitNumber else { return }
    _ = endWait()
    let lua = clua_running(state.lua)
    let top = lua_gettop(lua)
    var pushed = LuaArguments(LuaStack(lua))
    do {
      try results(&pushed)
      pendingValues = pushed.count
    } catch {
      lua_settop(lua, top)
      pendingError = error
    }
    if phase == .suspending {
      phase = .answered
    } else {
      if pendingValues > 0, !clua_task_move(lua, coroutine, pendingValues) { giveUpValues() }
      proceed()
    }
  }

  private func giveUpValues() {
    pendingValues = 0
    pendingError = LuaError.noMemory
  }

  /// Makes the present suspension stale. Returns what was to be done if it was cancelled.
  private func endWait() -> (() -> Void)? {
    waitNumber += 1
    let action = onCancel
    if action != nil { onCancel = nil }
    return action
  }
}

// MARK: Running

extension LuaTask {
  /// Whether it still is in line.
  var isQueued: Bool { phase == .queued }

  /// Runs on now, or in its turn when Lua runs already.
  private func proceed() {
    if clua_is_running(state.lua) {
      phase = .queued
      state.enqueue(self)
    } else {
      run()
    }
  }

  /// Takes its turn.
  func run() {
    var count = pendingValues
    pendingValues = 0
    if let error = pendingError {
      pendingError = nil
      LuaHostFunction.raise(error, on: state.lua)
      count = CLUA_RAISE
    }
    phase = .running
    state.currentTask = self
    let result = clua_task_resume(coroutine, count, &time)
    state.currentTask = nil
    settle(result)
  }

  private func settle(_ result: clua_task_result) {
    switch result.state {
    case CLUA_TASK_WAITS: break  // `wait` set the phase
    case CLUA_TASK_SLICED:
      phase = .queued
      state.enqueue(self)
    case CLUA_TASK_DONE:
      finish(LuaOutcome(state: state, error: nil, count: result.results))
      lua_settop(state.lua, -result.results - 1)
    default: fail(result)
    }
  }

  private func fail(_ result: clua_task_result) {
    endWait()?()  // when the limit was met just as it began to wait
    var error = state.failure(on: state.lua, status: result.status)
    lua_settop(state.lua, -2)
    if error.kind == .cancelled { error.underlying = cancellation }
    finish(LuaOutcome(state: state, error: error, count: 0))
  }

  private func finish(_ outcome: consuming LuaOutcome) {
    phase = .finished
    let report = onFinish
    onFinish = nil
    report?(outcome)
  }
}
