import CLua

/// Collects the arguments of a call or the results of a wait. Valid during the closure that gets it.
public struct LuaArguments {
  let stack: LuaStack
  /// How many values were pushed.
  public private(set) var count: Int32 = 0

  init(_ stack: LuaStack) { self.stack = stack }

  /// Appends a value. Throws when memory is out.
  public mutating func push(_ value: some LuaPushable) throws(LuaError) {
    try pushOne { (stack) throws(LuaError) in try value.push(to: stack) }
  }

  /// Appends nil.
  public mutating func pushNil() throws(LuaError) {
    try pushOne { (stack) throws(LuaError) in lua_pushnil(stack.lua) }
  }

  /// Appends what `body` pushes, which is exactly one value.
  mutating func pushOne(_ body: (LuaStack) throws(LuaError) -> Void) throws(LuaError) {
    guard lua_checkstack(stack.lua, 4) != 0 else { throw .noMemory }
    try body(stack)
    count += 1
  }
}
