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
    do { try first.push(to: LuaStack(frame.L)) } catch { throw abandon(frame, error) }
    try finish(frame, 1)
  }

  /// Calls the function with one argument and reads its first result.
  @inlinable public func call<Result: LuaReadable>(
    _ first: some LuaPushable, returning: Result.Type = Result.self
  ) throws(LuaError) -> Result {
    let frame = begin()
    do { try first.push(to: LuaStack(frame.L)) } catch { throw abandon(frame, error) }
    return try finish(frame, 1, Result.self)
  }

  /// Calls the function with two arguments and drops its results.
  @inlinable public func call(_ first: some LuaPushable, _ second: some LuaPushable) throws(LuaError) {
    let frame = begin()
    do {
      try first.push(to: LuaStack(frame.L))
      try second.push(to: LuaStack(frame.L))
    } catch { throw abandon(frame, error) }
    try finish(frame, 2)
  }

  /// Calls the function with two arguments and reads its first result.
  @inlinable public func call<Result: LuaReadable>(
    _ first: some LuaPushable, _ second: some LuaPushable, returning: Result.Type = Result.self
  ) throws(LuaError) -> Result {
    let frame = begin()
    do {
      try first.push(to: LuaStack(frame.L))
      try second.push(to: LuaStack(frame.L))
    } catch { throw abandon(frame, error) }
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
    let frame = begin()
    var pushed = LuaArguments(LuaStack(frame.L), of: state)
    do { try arguments(&pushed) } catch { throw abandon(frame, error) }
    let status = clua_call(frame.L, pushed.count, CLUA_ALL_RESULTS)
    if status != 0 { throw fail(frame, status) }
    defer { lua_settop(frame.L, frame.base) }
    return try readResults(frame)
  }

  private func readResults(_ frame: clua_frame) throws(LuaError) -> [LuaValue] {
    guard lua_checkstack(frame.L, 8) != 0 else { throw .noMemory }
    let first = frame.base + 1 + (clua_is_running(state.lua) ? 1 : 0)
    let last = lua_gettop(frame.L)
    var values: [LuaValue] = []
    for index in stride(from: first, through: last, by: 1) {
      values.append(try LuaValue.read(from: LuaStack(frame.L), at: index, of: state) ?? .nilValue)
    }
    return values
  }

  @inlinable func begin() -> clua_frame { clua_begin(state.lua, slot) }

  @inlinable func finish(_ frame: clua_frame, _ arguments: Int32) throws(LuaError) {
    let status = clua_call(frame.L, arguments, 0)
    if status != 0 { throw fail(frame, status) }
    lua_settop(frame.L, frame.base)
  }

  @inlinable func finish<Result: LuaReadable>(
    _ frame: clua_frame, _ arguments: Int32, _: Result.Type
  ) throws(LuaError) -> Result {
    let status = clua_call(frame.L, arguments, 1)
    if status != 0 { throw fail(frame, status) }
    guard let result = try Result.read(from: LuaStack(frame.L), at: -1, of: state) else {
      throw mismatch(frame, expected: Result.luaExpectation)
    }
    lua_settop(frame.L, frame.base)
    return result
  }

  @usableFromInline func fail(_ frame: clua_frame, _ status: Int32) -> LuaError {
    let error = state.failure(on: frame.L, status: status)
    lua_settop(frame.L, frame.base)
    return error
  }

  @usableFromInline func abandon(_ frame: clua_frame, _ error: LuaError) -> LuaError {
    lua_settop(frame.L, frame.base)
    return error
  }

  @usableFromInline func mismatch(_ frame: clua_frame, expected: String) -> LuaError {
    let name = String(cString: clua_type_name(frame.L, -1))
    lua_settop(frame.L, frame.base)
    return LuaError(.data, "the function returned \(name) where \(expected) was expected")
  }
}

extension LuaFunction: LuaPushable {
  @inlinable public func push(to stack: LuaStack) { pushReference(to: stack) }
}

extension LuaFunction: LuaReadable {
  public static var luaExpectation: String { "function" }

  public static func read(from stack: LuaStack, at index: Int32, of state: LuaState) throws(LuaError) -> LuaFunction? {
    guard stack.type(at: index) == CLUA_FUNCTION else { return nil }
    return LuaFunction(slot: try makeSlot(stack, at: index), of: state)
  }
}
