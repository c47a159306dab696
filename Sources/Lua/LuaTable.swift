import CLua

/// A Lua table. All access is raw: no metamethod runs, so none of it can fail by a script's doing.
public final class LuaTable: LuaReference {
  /// The field `key`; `.nilValue` when there is none.
  public func get(_ key: String) throws(LuaError) -> LuaValue { try get(key, as: LuaValue.self) ?? .nilValue }

  /// The field `key` as a Swift value; `nil` when it is of another kind, or missing.
  public func get<Value: LuaReadable>(_ key: String, as type: Value.Type) throws(LuaError) -> Value? {
    try withTable { (stack) throws(LuaError) in
      try key.push(to: stack)
      _ = clua_get_value(stack.lua, -2)
      return try Value.read(from: stack, at: -1)
    }
  }

  /// The element `index`, from 1; `.nilValue` when there is none.
  public func get(_ index: Int) throws(LuaError) -> LuaValue {
    try withTable { (stack) throws(LuaError) in
      _ = clua_get_index(stack.lua, -1, Int64(index))
      return try LuaValue.read(from: stack, at: -1) ?? .nilValue
    }
  }

  /// Sets the field `key`; a value that pushes nil removes it. Throws when memory is out.
  public func set(_ key: String, _ value: some LuaPushable) throws(LuaError) { try assign(key, value) }

  /// Sets the element `index`, from 1. Throws when memory is out.
  public func set(_ index: Int, _ value: some LuaPushable) throws(LuaError) { try assign(index, value) }

  /// Sets the field `key`. Throws when memory is out.
  public func set(_ key: String, _ value: LuaValue) throws(LuaError) { try assign(key, value) }

  /// Sets the field `key`. Throws when memory is out.
  public func rawSet(_ key: String, _ value: some LuaPushable) throws(LuaError) { try assign(key, value) }

  /// The length of the sequence at 1, 2, ….
  public var count: Int {
    let lua = clua_running(state.lua)
    guard lua_checkstack(lua, 1) != 0 else { return 0 }
    clua_push_ref(lua, slot)
    defer { lua_settop(lua, -2) }
    return clua_length(lua, -1)
  }

  /// All keys with their values, in no particular order.
  public func pairs() throws(LuaError) -> [(LuaValue, LuaValue)] {
    try withTable { (stack) throws(LuaError) in
      var pairs: [(LuaValue, LuaValue)] = []
      lua_pushnil(stack.lua)
      while clua_next(stack.lua, -2) {
        let key = try LuaValue.read(from: stack, at: -2) ?? .nilValue
        let value = try LuaValue.read(from: stack, at: -1) ?? .nilValue
        pairs.append((key, value))
        lua_settop(stack.lua, -2)
      }
      return pairs
    }
  }

  /// Makes `metatable` this table's metatable; `nil` takes it away.
  public func setMetatable(_ metatable: LuaTable?) throws(LuaError) {
    try withTable { (stack) throws(LuaError) in
      try metatable.push(to: stack)
      clua_set_metatable(stack.lua, -2)
    }
  }

  private func assign(_ key: some LuaPushable, _ value: some LuaPushable) throws(LuaError) {
    try withTable { (stack) throws(LuaError) in
      try key.push(to: stack)
      try value.push(to: stack)
      let status = clua_set_value(stack.lua, -3)
      if status != 0 { throw state.failure(on: stack.lua, status: status) }
    }
  }

  /// Runs `body` with the table on top of the stack, and leaves the stack as it was.
  func withTable<Result>(_ body: (LuaStack) throws(LuaError) -> Result) throws(LuaError) -> Result {
    let lua = clua_running(state.lua)
    let top = lua_gettop(lua)
    guard lua_checkstack(lua, 8) != 0 else { throw .noMemory }
    defer { lua_settop(lua, top) }
    clua_push_ref(lua, slot)
    return try body(LuaStack(lua))
  }
}

extension LuaTable: LuaPushable {
  @inlinable public func push(to stack: LuaStack) { pushReference(to: stack) }
}

extension LuaTable: LuaReadable {
  public static var luaExpectation: String { "table" }

  public static func read(from stack: LuaStack, at index: Int32) throws(LuaError) -> LuaTable? {
    guard stack.type(at: index) == CLUA_TABLE else { return nil }
    return LuaTable(slot: try makeSlot(stack, at: index), of: stack.state)
  }
}
