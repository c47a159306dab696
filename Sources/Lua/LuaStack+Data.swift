import CLua

/// Data across the stack: JSON text and tapes, in one pass each.
extension LuaStack {
  /// Pushes the value of a JSON text.
  func push(json: UnsafeRawBufferPointer) throws(LuaError) {
    var issue = clua_issue()
    let code = clua_json_push(lua, json.baseAddress ?? UnsafeRawPointer(bitPattern: 1), json.count, &issue)
    if Int(code) != CLUA_DATA_OK { throw failure(code, issue) }
  }

  /// Pushes a tape's value.
  func push(_ tape: LuaTape) throws(LuaError) {
    var issue = clua_issue()
    let code = clua_tape_push(lua, tape.storage.words, tape.storage.count, &issue)
    if Int(code) != CLUA_DATA_OK { throw failure(code, issue) }
  }

  /// The value at `index` as JSON of at most `limit` bytes, lent to `body`.
  func withJSON<Result>(
    at index: Int32, limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    var issue = clua_issue()
    var bytes = clua_bytes()
    let code = clua_json_write(lua, index, max(limit, 0), 0, &bytes, &issue)
    if Int(code) != CLUA_DATA_OK { throw failure(code, issue) }
    defer { clua_bytes_free(bytes) }
    return try body(UnsafeRawBufferPointer(start: bytes.data, count: bytes.length))
  }

  /// The value at `index` as JSON of at most `limit` bytes.
  func json(at index: Int32, limit: Int) throws(LuaError) -> [UInt8] {
    var issue = clua_issue()
    var bytes = clua_bytes()
    let code = clua_json_write(lua, index, max(limit, 0), 0, &bytes, &issue)
    if Int(code) != CLUA_DATA_OK { throw failure(code, issue) }
    defer { clua_bytes_free(bytes) }
    return [UInt8](UnsafeRawBufferPointer(start: bytes.data, count: bytes.length))
  }

  /// The value at `index` as a tape of at most `limit` bytes.
  func tape(at index: Int32, limit: Int) throws(LuaError) -> LuaTape {
    var issue = clua_issue()
    var bytes = clua_bytes()
    let code = clua_tape_read(lua, index, max(limit, 0), &bytes, &issue)
    if Int(code) != CLUA_DATA_OK { throw failure(code, issue) }
    return LuaTape(storage: LuaTapeStorage(adopting: bytes))
  }

  /// Pushes the library `json`.
  func pushJSONLibrary() throws(LuaError) {
    var issue = clua_issue()
    let code = clua_json_library(lua, &issue)
    if Int(code) != CLUA_DATA_OK { throw failure(code, issue) }
  }

  /// What a failing function of the shim leaves behind, as an error; takes a Lua error off the stack.
  func failure(_ code: Int32, _ issue: clua_issue) -> LuaError {
    if Int(code) == CLUA_DATA_RAISED {
      defer { lua_settop(lua, -2) }
      return LuaState.failure(on: lua, status: CLUA_RUNTIME_STATUS)
    }
    let reason = LuaDataError(issue)
    return LuaError(reason.code == .memory ? .memoryLimit : .data, reason.description, underlying: reason)
  }
}
