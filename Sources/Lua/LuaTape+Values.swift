import CLua

extension LuaTape: LuaReadable {
  public static var luaExpectation: String { "value" }

  /// Copies any value that data can express. Throws, with the path, for one that it cannot.
  public static func read(from stack: LuaStack, at index: Int32) throws(LuaError) -> LuaTape? {
    guard stack.type(at: index) > CLUA_NIL else { return nil }
    return try stack.tape(at: index, limit: sizeMax)
  }
}

extension LuaState {
  /// A new table with the value of a tape. Throws when that is no table, and when memory is out.
  public func table(_ tape: LuaTape) throws(LuaError) -> LuaTable {
    try atTop { (lua) throws(LuaError) in
      let stack = LuaStack(lua)
      try tape.push(to: stack)
      guard let table = try LuaTable.read(from: stack, at: -1) else { throw LuaError(.data, "the data is no table") }
      return table
    }
  }
}

extension LuaTable {
  /// Marks the table as an array, so that it is written as `[]` when it is empty. Throws when memory is out.
  public func markArray() throws(LuaError) {
    try withTable { (stack) throws(LuaError) in
      var issue = clua_issue()
      let code = clua_json_mark_array(stack.lua, -1, &issue)
      if code != CLUA_DATA_OK { throw stack.failure(code, issue) }
    }
  }

  /// Whether the table carries the mark of arrays.
  public func isMarkedArray() throws(LuaError) -> Bool {
    try withTable { (stack) throws(LuaError) in clua_json_is_array(stack.lua, -1) != 0 }
  }
}

extension LuaArguments {
  /// Appends a Swift value as a table (or what it encodes as). Throws `EncodingError`, and `LuaError` when memory is out.
  public mutating func push(encoding value: some Encodable) throws { try push(try LuaTape(encoding: value)) }
}

extension LuaCall {
  /// Returns a Swift value as a table (or what it encodes as). Throws `EncodingError`, and `LuaError` when memory is out.
  public func returns(encoding value: some Encodable) throws -> LuaReturn { try returns(try LuaTape(encoding: value)) }
}

extension DecodingError {
  /// The path as Lua writes it and what is wrong there: `.words[3].name: Expected String, found null.`
  public var luaMessage: String {
    let context: Context
    switch self {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found), .dataCorrupted(let found):
      context = found
    @unknown default: return "\(self)"
    }
    let path = context.codingPath.luaPath
    return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
  }
}
