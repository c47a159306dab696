public import CLua

/// A host function's view of the Lua code that called it. Valid during the call.
///
/// Arguments are numbered from 1. Accessors throw "bad argument #1 to 'name' (…)", which the script sees with its own position.
public struct LuaCall: ~Copyable {
  @usableFromInline let lua: OpaquePointer
  @usableFromInline unowned(unsafe) let function: LuaHostFunction

  @inlinable init(_ lua: OpaquePointer, _ function: LuaHostFunction) {
    self.lua = lua
    self.function = function
  }

  /// The state that the call came from.
  @inlinable public var state: LuaState { function.state }

  /// The task that the call belongs to; `nil` when Lua was entered by a plain call.
  public var task: LuaTask? { function.state.currentTask }

  /// Number of arguments.
  @inlinable public var count: Int { Int(lua_gettop(lua)) }

  /// Whether argument `index` is missing or nil.
  @inlinable public func isNone(_ index: Int) -> Bool { lua_type(lua, Int32(index)) <= CLUA_NIL }

  /// Argument `index` as any type that can be read from Lua.
  @inlinable public func argument<Value: LuaReadable>(_ index: Int, as type: Value.Type = Value.self) throws(LuaError) -> Value {
    let value: Value?
    do {
      value = try Value.read(from: LuaStack(lua), at: Int32(index))
    } catch {
      throw misfit(index, error)
    }
    guard let value else { throw badArgument(index, expected: Value.luaExpectation) }
    return value
  }

  /// Argument `index` as an integer; a float with an exact integer value counts as one.
  @inlinable public func integer(_ index: Int) throws(LuaError) -> Int { try argument(index) }

  /// Argument `index` as a number.
  @inlinable public func number(_ index: Int) throws(LuaError) -> Double { try argument(index) }

  /// Argument `index` as a boolean.
  @inlinable public func boolean(_ index: Int) throws(LuaError) -> Bool { try argument(index) }

  /// Argument `index` as text; a string that is not UTF-8 is refused.
  @inlinable public func string(_ index: Int) throws(LuaError) -> String { try argument(index) }

  /// A copy of the bytes of the string at `index`.
  @inlinable public func bytes(_ index: Int) throws(LuaError) -> [UInt8] { try argument(index) }

  /// The table at `index`.
  public func table(_ index: Int) throws(LuaError) -> LuaTable { try argument(index) }

  /// The function at `index`.
  public func function(_ index: Int) throws(LuaError) -> LuaFunction { try argument(index) }

  /// Argument `index`, whatever it is; nil when it is missing.
  public func value(_ index: Int) throws(LuaError) -> LuaValue { try argument(index) }

  /// Lends the bytes of the string at `index` without a copy.
  @inlinable public func withBytes<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    guard let bytes = LuaStack(lua).bytes(at: Int32(index)) else { throw badArgument(index, expected: "string") }
    return try body(bytes)
  }

  /// Where the Lua code that called is; `level` 2 is its caller, and so on. `nil` where that is no Lua code.
  public func position(level: Int = 1) -> (source: String, line: Int)? {
    let lua = self.lua
    return LuaPosition.read { clua_position(lua, Int32(clamping: level), $0, $1) }
  }

  /// The error for an argument that is not as expected, for checks beyond its type.
  public func badArgument(_ index: Int, _ problem: String) -> LuaError {
    LuaError(.runtime, "bad argument #\(index) to '\(function.name)' (\(problem))")
  }

  @usableFromInline func badArgument(_ index: Int, expected: String) -> LuaError {
    let found =
      lua_type(lua, Int32(index)) == CLUA_STRING && expected.hasSuffix(" string")
      ? "bytes" : String(cString: clua_type_name(lua, Int32(index)))
    return badArgument(index, "\(expected) expected, got \(found)")
  }
}

extension LuaCall {
  /// Returns nothing.
  @inlinable public func returns() -> LuaReturn { LuaReturn(0) }

  /// Returns one value. Throws when memory is out.
  @inlinable public func returns(_ value: some LuaPushable) throws(LuaError) -> LuaReturn {
    try value.push(to: LuaStack(lua))
    return LuaReturn(1)
  }

  /// Returns two values. Throws when memory is out.
  @inlinable public func returns(_ first: some LuaPushable, _ second: some LuaPushable) throws(LuaError) -> LuaReturn {
    try first.push(to: LuaStack(lua))
    try second.push(to: LuaStack(lua))
    return LuaReturn(2)
  }

  /// Returns what `results` pushes. Throws what it throws, and when memory is out.
  public func returns(pushing results: (inout LuaArguments) throws -> Void) throws -> LuaReturn {
    var pushed = LuaArguments(LuaStack(lua))
    try results(&pushed)
    return LuaReturn(pushed.count)
  }

  /// Makes the task wait: `start` begins the work and keeps the suspension, whose `resume` runs the task on.
  ///
  /// The script sees an ordinary call that takes its time; other tasks run meanwhile. It works under `pcall` and in nested coroutines.
  /// Throws "cannot wait here" outside a task, and where Lua cannot be left in the middle: in the callbacks of `table.sort` and
  /// `string.gsub`, and in functions called by the host.
  public func suspend(_ start: (LuaSuspension) throws -> Void) throws -> LuaReturn {
    guard let task, clua_can_wait(lua) else { throw LuaError(.runtime, "cannot wait here") }
    return try task.wait(start)
  }
}
