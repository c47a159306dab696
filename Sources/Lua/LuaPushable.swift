public import CLua

/// A Swift value that can be an argument or a result of a Lua function.
public protocol LuaPushable {
  /// Pushes exactly one value. The caller has made room for it.
  func push(to stack: LuaStack) throws(LuaError)
}

extension Int: LuaPushable {
  @inlinable public func push(to stack: LuaStack) { lua_pushinteger(stack.lua, Int64(self)) }
}

extension Double: LuaPushable {
  @inlinable public func push(to stack: LuaStack) { lua_pushnumber(stack.lua, self) }
}

extension Bool: LuaPushable {
  @inlinable public func push(to stack: LuaStack) { lua_pushboolean(stack.lua, self ? 1 : 0) }
}

extension String: LuaPushable {
  @inlinable public func push(to stack: LuaStack) throws(LuaError) {
    let pushed = utf8.withContiguousStorageIfAvailable { clua_push_string(stack.lua, $0.baseAddress, $0.count) }
    if pushed == true { return }
    try pushSlowly(to: stack, failed: pushed != nil)
  }

  @usableFromInline func pushSlowly(to stack: LuaStack, failed: Bool) throws(LuaError) {
    if failed { throw .noMemory }
    try [UInt8](utf8).push(to: stack)
  }
}

extension StaticString: LuaPushable {
  @inlinable public func push(to stack: LuaStack) throws(LuaError) {
    let pushed = withUTF8Buffer { clua_push_string(stack.lua, $0.baseAddress, $0.count) }
    guard pushed else { throw LuaStack.noMemory() }
  }
}

extension [UInt8]: LuaPushable {
  @inlinable public func push(to stack: LuaStack) throws(LuaError) {
    let pushed = withUnsafeBytes { clua_push_string(stack.lua, $0.baseAddress, $0.count) }
    guard pushed else { throw LuaStack.noMemory() }
  }
}

extension UnsafeRawBufferPointer: LuaPushable {
  @inlinable public func push(to stack: LuaStack) throws(LuaError) { try stack.push(bytes: self) }
}

extension Optional: LuaPushable where Wrapped: LuaPushable {
  @inlinable public func push(to stack: LuaStack) throws(LuaError) {
    switch self {
    case .some(let value): try value.push(to: stack)
    case .none: lua_pushnil(stack.lua)
    }
  }
}
