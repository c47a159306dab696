public import CLua

/// A Lua function that Swift can call.
public final class LuaFunction: LuaReference {
  /// Where the function was defined; `nil` for a host function.
  public var position: (source: String, line: Int)? {
    let lua = clua_running(state.lua)
    guard lua_checkstack(lua, 2) != 0 else { return nil }
    clua_push_ref(lua, slot)
    defer { lua_settop(lua, -2) }
    return LuaPosition.read { clua_function_line(lua, -1, $0, $1) }
  }

  /// Calls the function and drops its results. Throws what the function raises, or the limit that it met.
  @inlinable public func call() throws(LuaError) { try finish(begin(), 0) }

  /// Calls the function and reads its first result. Throws as well when that is of another kind than expected.
  @inlinable public func call<Result: LuaReadable>(returning: Result.Type = Result.self) throws(LuaError) -> Result {
    try finish(begin(), 0, Result.self)
  }

  /// Calls the function with one argument and drops its results.
  @inlinable public func call(_ first: some LuaPushable) throws(LuaError) {
    let frame = begin()
    try push(first, frame, after: 0)
    try finish(frame, 1)
  }

  /// Calls the function with one argument and reads its first result.
  @inlinable public func call<Result: LuaReadable>(
    _ first: some LuaPushable, returning: Result.Type = Result.self
  ) throws(LuaError) -> Result {
    let frame = begin()
    try push(first, frame, after: 0)
    return try finish(frame, 1, Result.self)
  }

  /// Calls the function with two arguments and drops its results.
  @inlinable public func call(_ first: some LuaPushable, _ second: some LuaPushable) throws(LuaError) {
    let frame = begin()
    try push(first, frame, after: 0)
    try push(second, frame, after: 1)
    try finish(frame, 2)
  }

  /// Calls the function with two arguments and reads its first result.
  @inlinable public func call<Result: LuaReadable>(
    _ first: some LuaPushable, _ second: some LuaPushable, returning: Result.Type = Result.self
  ) throws(LuaError) -> Result {
    let frame = begin()
    try push(first, frame, after: 0)
    try push(second, frame, after: 1)
    return try finish(frame, 2, Result.self)
  }

  /// Calls the function with any number of arguments and reads all its results.
  public func call(arguments: [any LuaPushable]) throws(LuaError) -> [LuaValue] {
    try call(pushing: { (pushed) throws(LuaError) in
      for argument in arguments { try pushed.push(argument) }
    })
  }

  /// Calls the function with what `arguments` pushes and reads all its results.
  public func call(pushing arguments: (inout LuaArguments) throws(LuaError) -> Void) throws(LuaError) -> [LuaValue] {
    let base = lua_gettop(clua_running(state.lua))
    let frame = begin()
    defer { lua_settop(frame.L, base) }
    var pushed = LuaArguments(LuaStack(frame.L))
    try arguments(&pushed)
    let status = clua_call(frame.L, pushed.count, CLUA_ALL_RESULTS)
    if status != 0 { throw state.failure(on: frame.L, status: status) }
    guard lua_checkstack(frame.L, 8) != 0 else { throw .noMemory }
    var values: [LuaValue] = []
    for index in stride(from: base + frame.handlers + 1, through: lua_gettop(frame.L), by: 1) {
      values.append(try LuaValue.read(from: LuaStack(frame.L), at: index) ?? .nilValue)
    }
    return values
  }

  @inlinable func begin() -> clua_frame { clua_begin(state.lua, state.entry, slot) }

  /// Pushes an argument behind `count` others; takes the whole call off the stack when that fails.
  @inlinable func push(_ value: some LuaPushable, _ frame: clua_frame, after count: Int32) throws(LuaError) {
    do {
      try value.push(to: LuaStack(frame.L))
    } catch {
      lua_settop(frame.L, -2 &- frame.handlers &- count)
      throw error
    }
  }

  @inlinable func finish(_ frame: clua_frame, _ arguments: Int32) throws(LuaError) {
    let status = clua_call(frame.L, arguments, 0)
    if status != 0 { throw fail(frame, status) }
    if frame.handlers != 0 { lua_settop(frame.L, -frame.handlers - 1) }
  }

  @inlinable func finish<Result: LuaReadable>(
    _ frame: clua_frame, _ arguments: Int32, _: Result.Type
  ) throws(LuaError) -> Result {
    let status = clua_call(frame.L, arguments, 1)
    if status != 0 { throw fail(frame, status) }
    let result: Result?
    do {
      result = try Result.read(from: LuaStack(frame.L), at: -1)
    } catch {
      lua_settop(frame.L, -2 &- frame.handlers)
      throw error
    }
    guard let result else { throw mismatch(frame, expected: Result.luaExpectation) }
    lua_settop(frame.L, -2 &- frame.handlers)
    return result
  }

  @usableFromInline func fail(_ frame: clua_frame, _ status: Int32) -> LuaError {
    let error = state.failure(on: frame.L, status: status)
    lua_settop(frame.L, -2 &- frame.handlers)
    return error
  }

  @usableFromInline func mismatch(_ frame: clua_frame, expected: String) -> LuaError {
    let name = String(cString: clua_type_name(frame.L, -1))
    lua_settop(frame.L, -2 &- frame.handlers)
    return LuaError(.data, "the function returned \(name) where \(expected) was expected")
  }
}

extension LuaFunction: LuaPushable {
  @inlinable public func push(to stack: LuaStack) { pushReference(to: stack) }
}

extension LuaFunction: LuaReadable {
  public static var luaExpectation: String { "function" }

  public static func read(from stack: LuaStack, at index: Int32) throws(LuaError) -> LuaFunction? {
    guard stack.type(at: index) == CLUA_FUNCTION else { return nil }
    return LuaFunction(slot: try makeSlot(stack, at: index), of: stack.state)
  }
}
