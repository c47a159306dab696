import CLua

/// How a task ended. Valid during `onFinish`.
public struct LuaOutcome: ~Copyable {
  let state: LuaState
  /// What it failed with; `nil` when it returned.
  public let error: LuaError?
  /// Number of results.
  public let count: Int
  let base: Int32

  init(state: LuaState, error: LuaError?, count: Int32) {
    self.state = state
    self.error = error
    self.count = Int(count)
    base = lua_gettop(state.lua) - count
  }

  /// Result `index`, from 1; nil when there are fewer.
  public func value(_ index: Int) throws(LuaError) -> LuaValue { try result(index) ?? .nilValue }

  /// Whether result `index` is nil, or there is none.
  public func isNil(_ index: Int) -> Bool { index > count || lua_type(state.lua, stackIndex(index)) <= CLUA_NIL }

  /// Result `index` as a Swift value; `nil` when it is of another kind.
  public func result<Value: LuaReadable>(_ index: Int, as type: Value.Type = Value.self) throws(LuaError) -> Value? {
    try Value.read(from: stack, at: stackIndex(index))
  }

  var stack: LuaStack { LuaStack(state.lua) }

  /// Where result `index` is on the stack; a place that holds nothing when there is none.
  func stackIndex(_ index: Int) -> Int32 { index >= 1 && index <= count ? base + Int32(index) : base + Int32(count) + 1 }
}
