public import CLua

/// A sandboxed Lua state: its heap, its globals and its tasks.
///
/// One owner at a time: a state is not Sendable, and all that is reached through it stays with it. References (`LuaTable`, `LuaFunction`)
/// may be released anywhere, and `interrupter` works from any thread.
///
/// Scripts have no `io`, `os`, `debug`, `package`, `dofile`, `loadfile`, `string.dump` or `print` (add your own to `globals`), and of
/// `collectgarbage` only `"count"`. Reading an undefined name, or writing an undeclared one, is an error with its position.
public final class LuaState {
  @usableFromInline let lua: OpaquePointer
  @usableFromInline let entry: UnsafePointer<clua_entry_state>
  /// The limits that it was made with.
  public let limits: LuaLimits
  /// Finds the text of a module for `require`: once a module, since what it returns is cached. `nil` (the closure, or its result) makes
  /// `require` fail with the module's name.
  public var modules: ((String) throws -> LuaModule?)?
  /// The task that runs now.
  var currentTask: LuaTask?
  private var queue: [LuaTask] = []
  private var queueStart = 0

  /// Throws when the memory limit does not even hold the libraries, or no thread can be made to watch the time.
  public init(limits: LuaLimits = LuaLimits()) throws(LuaError) {
    self.limits = limits
    let memory = max(limits.memory, 0)
    var bounds = clua_limits(
      memory: memory, memory_hard: max(limits.memoryHard ?? memory + memory / 2, memory),
      time: limits.time?.limitNanoseconds ?? 0, source: max(limits.source, 0))
    var hooks = LuaHostFunction.hooks
    guard let lua = clua_open(&bounds, &hooks) else { throw LuaError(.memoryLimit, "no memory for a Lua state") }
    self.lua = lua
    entry = clua_entry(lua)
    clua_set_owner(lua, Unmanaged.passUnretained(self).toOpaque())
    try installFinder()
  }

  deinit { clua_close(lua) }

  /// The strict environment that scripts run in; the host adds to it.
  public var globals: LuaTable { LuaTable(slot: clua_globals_slot(lua), of: self, isOwned: false) }

  /// Bytes on the Lua heap.
  public var memoryInUse: Int { clua_memory(lua) }

  /// Stops what runs, from any thread.
  public var interrupter: LuaInterrupter { LuaInterrupter(lua) }

  /// Collects all garbage now. Lua collects by itself as it runs; this is for measuring, and for a host that idles.
  public func collectGarbage() { clua_collect(lua) }

  /// Loads source text as a function, without running it. Errors name it `name:line:`.
  ///
  /// `environment` holds the globals that the text sees; `nil`: those of the state. Throws for a syntax error, for bytecode and for a
  /// text larger than the limit.
  public func load(_ source: [UInt8], name: String, environment: LuaTable? = nil) throws(LuaError) -> LuaFunction {
    try atTop { (lua) throws(LuaError) in
      let status = source.withUnsafeBytes {
        clua_load(lua, $0.baseAddress, $0.count, name, environment?.slot ?? 0)
      }
      if status != 0 { throw failure(on: lua, status: status) }
      return LuaFunction(slot: try LuaReference.makeSlot(LuaStack(lua), at: -1), of: self)
    }
  }

  /// Loads source text.
  public func load(_ source: String, name: String, environment: LuaTable? = nil) throws(LuaError) -> LuaFunction {
    try load([UInt8](source.utf8), name: name, environment: environment)
  }

  /// Makes `body` a Lua function; `name` is what its errors call it.
  ///
  /// The state owns the closure: one that holds the state strongly keeps it alive for good.
  public func function(
    _ name: String, _ body: @escaping (borrowing LuaCall) throws -> LuaReturn
  ) throws(LuaError) -> LuaFunction {
    try atTop { (lua) throws(LuaError) in
      let object = Unmanaged.passRetained(LuaHostFunction(name, of: self, body)).toOpaque()
      let status = clua_push_function(lua, object)
      if status != 0 { throw failure(on: lua, status: status) }
      return LuaFunction(slot: try LuaReference.makeSlot(LuaStack(lua), at: -1), of: self)
    }
  }

  /// A new empty table. Throws when memory is out.
  public func table() throws(LuaError) -> LuaTable {
    try atTop { (lua) throws(LuaError) in
      guard clua_push_table(lua) else { throw .noMemory }
      return LuaTable(slot: try LuaReference.makeSlot(LuaStack(lua), at: -1), of: self)
    }
  }

  /// A new environment with a copy of `globals`. With `writable`, undeclared globals may be written, as a prompt needs it; reading an
  /// undefined name stays an error.
  public func environment(writable: Bool = false) throws(LuaError) -> LuaTable {
    try atTop { (lua) throws(LuaError) in
      guard clua_push_environment(lua, writable) else { throw .noMemory }
      return LuaTable(slot: try LuaReference.makeSlot(LuaStack(lua), at: -1), of: self)
    }
  }

  /// Runs `body` on the coroutine that runs now, and leaves its stack as it was.
  func atTop<Result>(_ body: (OpaquePointer) throws(LuaError) -> Result) throws(LuaError) -> Result {
    let lua = clua_running(self.lua)
    let top = lua_gettop(lua)
    guard lua_checkstack(lua, 8) != 0 else { throw .noMemory }
    defer { lua_settop(lua, top) }
    return try body(lua)
  }

  private func installFinder() throws(LuaError) {
    let finder = LuaHostFunction("require", of: self) { call in
      guard let module = try call.state.modules?(try call.string(1)) else { return call.returns() }
      return try call.returns(module.source, module.name)
    }
    let status = clua_set_finder(lua, Unmanaged.passRetained(finder).toOpaque())
    if status != 0 { throw failure(on: lua, status: status) }
  }
}

// MARK: Tasks

extension LuaState {
  /// Makes a task that will call `function` with what `arguments` pushes; `start()` starts it.
  ///
  /// `onFinish` is called once, outside the VM, when the task has ended. The task has the state's limits of time and slice.
  public func task(
    _ function: LuaFunction, _ arguments: (inout LuaArguments) throws -> Void = { _ in }, context: AnyObject? = nil,
    onFinish: @escaping (borrowing LuaOutcome) -> Void
  ) throws -> LuaTask {
    var slot: Int32 = -1
    guard let coroutine = clua_task_create(lua, function.slot, &slot) else { throw LuaError.noMemory }
    let running = clua_running(lua)
    let top = lua_gettop(running)
    var pushed = LuaArguments(LuaStack(running))
    do {
      try arguments(&pushed)
    } catch {
      lua_settop(running, top)
      clua_release(lua, slot)
      throw error
    }
    guard clua_task_move(running, coroutine, pushed.count) else {
      clua_release(lua, slot)
      throw LuaError.noMemory
    }
    let time = clua_task_time(left: limits.time?.limitNanoseconds ?? 0, slice: limits.slice?.limitNanoseconds ?? 0)
    return LuaTask(
      coroutine, slot: slot, arguments: pushed.count, of: self, time: time, context: context, onFinish: onFinish)
  }

  /// Whether tasks are in line: those whose slice was over, and those resumed while Lua ran.
  public var hasRunnable: Bool {
    queue[queueStart...].contains { $0.isQueued }
  }

  /// Gives the task that is longest in line its turn.
  public func runNext() {
    guard !clua_is_running(lua) else { return }
    while queueStart < queue.count {
      let task = queue[queueStart]
      queueStart += 1
      if queueStart == queue.count || queueStart > 64 {
        queue.removeSubrange(..<queueStart)
        queueStart = 0
      }
      if task.isQueued { return task.run() }
    }
  }

  func enqueue(_ task: LuaTask) { queue.append(task) }
}
