public import CLua

/// The table that a ``LuaRecord`` is read from. Valid during its initializer.
public struct LuaRow: ~Copyable {
  @usableFromInline let stack: LuaStack
  /// Where the table is on the stack.
  @usableFromInline let table: Int32

  @inlinable init(_ stack: LuaStack, _ table: Int32) {
    self.stack = stack
    self.table = table
  }

  /// The field `key`: a literal, since its address is what the state knows its key by. Make the type optional for a field that may
  /// be missing.
  @inlinable public func get<Value: LuaReadable>(
    _ key: StaticString, as type: Value.Type = Value.self
  ) throws(LuaError) -> Value {
    let found = clua_read_field(stack.lua, table, key.utf8Start, key.utf8CodeUnitCount)
    guard found >= CLUA_NIL else { throw LuaError.unreadable(found).below(key.luaStep) }
    let value: Value?
    do {
      value = try Value.read(from: stack, at: -1)
    } catch {
      throw stack.fail(error, below: key.luaStep)
    }
    guard let value else { throw stack.mismatch(expected: Value.luaExpectation, below: key.luaStep) }
    lua_settop(stack.lua, -2)
    return value
  }

  /// The error for a field whose value is of the right type but not acceptable, with its path: `[3].start: must not be negative`.
  public func refusal(of key: StaticString, _ problem: String) -> LuaError {
    LuaError(.data, problem).below(key.luaStep)
  }
}

extension StaticString {
  /// As a step of a path.
  @usableFromInline var luaStep: String { ".\(self)" }
}
