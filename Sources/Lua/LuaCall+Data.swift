/// Arguments and results as data.
extension LuaCall {
  /// Argument `index` as JSON of at most `limit` bytes; nil is written as `null`.
  public func json(at index: Int, limit: Int = LuaTape.sizeMax) throws(LuaError) -> [UInt8] {
    do {
      return try LuaStack(lua).json(at: Int32(index), limit: limit)
    } catch {
      throw misfit(index, error)
    }
  }

  /// A copy of argument `index` as a tape of at most `limit` bytes.
  public func tape(at index: Int, limit: Int = LuaTape.sizeMax) throws(LuaError) -> LuaTape {
    do {
      return try LuaStack(lua).tape(at: Int32(index), limit: limit)
    } catch {
      throw misfit(index, error)
    }
  }

  /// Argument `index` as a Swift value.
  ///
  /// Throws "bad argument #1 to 'name' (.words[3].name: Expected String, found null.)", whose `underlying` is the `DecodingError`.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self, at index: Int) throws -> Value {
    let tape = try tape(at: index)
    do {
      return try tape.decode(type)
    } catch let error as DecodingError {
      var refusal = badArgument(index, error.luaMessage)
      refusal.underlying = error
      throw refusal
    }
  }

  /// Returns the value of a JSON text.
  public func returns(json: UnsafeRawBufferPointer) throws(LuaError) -> LuaReturn {
    try LuaStack(lua).push(json: json)
    return LuaReturn(1)
  }

  /// Returns the value of a JSON text.
  public func returns(json: [UInt8]) throws -> LuaReturn { try json.withUnsafeBytes { try returns(json: $0) } }

  @usableFromInline func misfit(_ index: Int, _ error: LuaError) -> LuaError {
    guard error.kind == .data else { return error }
    var error = error
    error.message = badArgument(index, error.message).message
    return error
  }
}

extension LuaArguments {
  /// Appends the value of a JSON text.
  public mutating func push(json: UnsafeRawBufferPointer) throws(LuaError) {
    try pushOne { (stack) throws(LuaError) in try stack.push(json: json) }
  }

  /// Appends the value of a JSON text.
  public mutating func push(json: [UInt8]) throws { try json.withUnsafeBytes { try push(json: $0) } }
}

extension LuaSuspension {
  /// Runs the task on with the value of a JSON text, or with the error that its parsing gives.
  public func resume(json: UnsafeRawBufferPointer) { resume(pushing: { try $0.push(json: json) }) }

  /// Runs the task on with the value of a JSON text, or with the error that its parsing gives.
  public func resume(json: [UInt8]) { resume(pushing: { try $0.push(json: json) }) }
}

extension LuaOutcome {
  /// Result `index` as JSON of at most `limit` bytes.
  public func json(at index: Int, limit: Int = LuaTape.sizeMax) throws(LuaError) -> [UInt8] {
    try stack.json(at: stackIndex(index), limit: limit)
  }

  /// Lends result `index` as JSON of at most `limit` bytes, without another copy.
  public func withJSON<Result>(
    at index: Int, limit: Int = LuaTape.sizeMax, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try stack.withJSON(at: stackIndex(index), limit: limit, body)
  }

  /// Result `index` as a Swift value.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self, at index: Int) throws -> Value {
    try stack.tape(at: stackIndex(index), limit: LuaTape.sizeMax).decode(type)
  }
}
