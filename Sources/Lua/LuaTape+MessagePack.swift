extension LuaTape {
  /// Reads one MessagePack value.
  ///
  /// Binary data and text are strings; integers as keys of maps become their digits; what is too large for an integer becomes
  /// a float. Extension types, and a key that a map has twice, are refused.
  /// - Parameter limit: how many bytes the tape may take; up to sixteen times the value's.
  /// - Throws: `LuaDataError` with the offset.
  public init(messagePack bytes: UnsafeRawBufferPointer, limit: Int = LuaTape.sizeMax) throws(LuaDataError) {
    self.init(storage: try MessagePackReader.read(bytes, limit: limit))
  }

  /// The value as MessagePack of at most `limit` bytes. A string that is not UTF-8, or holds a zero, is written as binary
  /// data.
  public func messagePack(limit: Int = LuaTape.sizeMax) throws(LuaDataError) -> [UInt8] {
    try MessagePackWriter.write(storage, limit: limit)
  }
}

/// Values of Lua as MessagePack.
extension LuaArguments {
  /// Appends a MessagePack value.
  public mutating func push(messagePack bytes: UnsafeRawBufferPointer) throws {
    try push(try LuaTape(messagePack: bytes))
  }
}

extension LuaCall {
  /// Argument `index` as MessagePack of at most `limit` bytes; nil is written as nil.
  public func messagePack(at index: Int, limit: Int = LuaTape.sizeMax) throws -> [UInt8] {
    try tape(at: index).messagePack(limit: limit)
  }
}

extension LuaOutcome {
  /// Result `index` as MessagePack of at most `limit` bytes.
  public func messagePack(at index: Int, limit: Int = LuaTape.sizeMax) throws -> [UInt8] {
    try stack.tape(at: stackIndex(index), limit: LuaTape.sizeMax).messagePack(limit: limit)
  }
}
