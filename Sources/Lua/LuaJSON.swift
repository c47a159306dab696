/// JSON from and to Swift values, without Foundation and without a Lua state.
///
/// A float that is a whole number is written as `1.0` and an integer as `1`, so that both come back as what they were.
public enum LuaJSON {
  /// Writes a value as JSON.
  /// - Throws: `EncodingError`, or `LuaDataError` for what JSON cannot express and for more than `limit` bytes.
  public static func encode(_ value: some Encodable, pretty: Bool = false, limit: Int = LuaTape.sizeMax) throws -> [UInt8] {
    try LuaTape(encoding: value).json(pretty: pretty, limit: limit)
  }

  /// Reads a value from JSON.
  /// - Parameter limit: how many bytes the parsed text may take; about two to four times the text.
  /// - Throws: `LuaDataError` with line and column for what is no JSON, `DecodingError` for what is not the value.
  public static func decode<T: Decodable>(
    _ type: T.Type = T.self, from text: [UInt8], limit: Int = LuaTape.sizeMax
  ) throws -> T {
    try LuaTape(json: text, limit: limit).decode(type)
  }

  /// Reads a value from JSON; see ``decode(_:from:limit:)-([UInt8])``.
  public static func decode<T: Decodable>(
    _ type: T.Type = T.self, from text: UnsafeRawBufferPointer, limit: Int = LuaTape.sizeMax
  ) throws -> T {
    try LuaTape(json: text, limit: limit).decode(type)
  }
}
