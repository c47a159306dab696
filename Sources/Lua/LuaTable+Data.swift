/// Tables as data. A table that JSON cannot express (functions, mixed keys, cycles) is refused with the path of the value.
extension LuaTable {
  /// The table as JSON of at most `limit` bytes.
  public func json(limit: Int = LuaTape.sizeMax) throws(LuaError) -> [UInt8] {
    try withTable { (stack) throws(LuaError) in try stack.json(at: -1, limit: limit) }
  }

  /// A copy of the table as a tape of at most `limit` bytes, which may leave the state's owner.
  public func tape(limit: Int = LuaTape.sizeMax) throws(LuaError) -> LuaTape {
    try withTable { (stack) throws(LuaError) in try stack.tape(at: -1, limit: limit) }
  }

  /// Reads the table as a Swift value. Throws `LuaError`, or `DecodingError` with the path that does not fit.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value { try tape().decode(type) }
}

extension LuaTape: LuaPushable {
  public func push(to stack: LuaStack) throws(LuaError) { try stack.push(self) }
}

extension LuaState {
  /// Adds `json` to the globals: `encode`, `decode`, `null` and `array`.
  public func openJSON() throws(LuaError) {
    let table = try atTop { (lua) throws(LuaError) in
      try LuaStack(lua).pushJSONLibrary()
      return LuaTable(slot: try LuaReference.makeSlot(LuaStack(lua), at: -1), of: self)
    }
    try globals.set("json", table)
  }

  /// The table of a JSON text, or any other value that it holds.
  public func value(json: UnsafeRawBufferPointer) throws(LuaError) -> LuaValue {
    try atTop { (lua) throws(LuaError) in
      try LuaStack(lua).push(json: json)
      return try LuaValue.read(from: LuaStack(lua), at: -1) ?? .nilValue
    }
  }
}
