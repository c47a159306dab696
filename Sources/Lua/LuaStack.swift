public import CLua

/// The stack of the coroutine that runs: where arguments and results pass between Swift and Lua.
///
/// Only `LuaPushable` and `LuaReadable` conformances see it, for the time of one call.
public struct LuaStack {
  @usableFromInline let lua: OpaquePointer

  /// How many tables the value read lies in.
  @usableFromInline let depth: Int32

  @inlinable init(_ lua: OpaquePointer, depth: Int32 = 0) {
    self.lua = lua
    self.depth = depth
  }

  /// The state whose stack it is.
  var state: LuaState {
    guard let owner = clua_owner(lua) else { preconditionFailure("a state has its owner from birth to death") }
    return Unmanaged<LuaState>.fromOpaque(owner).takeUnretainedValue()
  }

  @inlinable func type(at index: Int32) -> Int32 { lua_type(lua, index) }

  /// The bytes of a string, valid while it stays on the stack; `nil` for any other value.
  @inlinable func bytes(at index: Int32) -> UnsafeRawBufferPointer? {
    var length = 0
    guard let start = clua_string(lua, index, &length) else { return nil }
    return UnsafeRawBufferPointer(start: start, count: length)
  }

  @inlinable func push(bytes: UnsafeRawBufferPointer) throws(LuaError) {
    guard clua_push_string(lua, bytes.baseAddress, bytes.count) else { throw Self.noMemory() }
  }

  @usableFromInline static func noMemory() -> LuaError { .noMemory }
}
