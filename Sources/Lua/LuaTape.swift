import CLua

/// A value as flat bytes: what a Lua table, a JSON text or a Swift value looks like outside of any state.
///
/// A tape is copied out of a state in one pass, is `Sendable`, and is read where it is: decoding makes no intermediate tree. It keeps what
/// JSON and Lua distinguish: integers and floats, arrays and objects (also empty ones), null, and strings that are not UTF-8.
public struct LuaTape: Sendable {
  /// How deep arrays and objects may nest.
  public static let depthMax = Int(CLUA_DEPTH_MAX)
  /// How many bytes a tape, or the text made from one, takes at most unless the caller says otherwise.
  public static let sizeMax = 256 << 20

  let storage: LuaTapeStorage

  init(storage: LuaTapeStorage) { self.storage = storage }

  /// Parses a JSON text.
  ///
  /// Of equal keys in one object the last one wins. Integers of up to 64 bits stay integers; other numbers become floats.
  /// - Parameter limit: how many bytes the tape may take; about two to four times the text.
  /// - Throws: `LuaDataError` with line and column.
  public init(json text: UnsafeRawBufferPointer, limit: Int = LuaTape.sizeMax) throws(LuaDataError) {
    var issue = clua_issue()
    var bytes = clua_bytes()
    guard clua_tape_parse(text.baseAddress, text.count, limit, &bytes, &issue) == CLUA_DATA_OK else {
      throw LuaDataError(issue)
    }
    storage = LuaTapeStorage(adopting: bytes)
  }

  /// Parses a JSON text; see ``init(json:limit:)-(UnsafeRawBufferPointer,_)``.
  public init(json text: [UInt8], limit: Int = LuaTape.sizeMax) throws(LuaDataError) {
    let parsed = text.withUnsafeBytes { bytes in
      Result { () throws(LuaDataError) in try LuaTape(json: bytes, limit: limit) }
    }
    self = try parsed.get()
  }

  /// Writes a Swift value.
  ///
  /// `[UInt8]` becomes a Lua string of these bytes. Of what the value encodes twice under one key, the first is read.
  /// - Throws: `EncodingError`, or whatever the value's `encode(to:)` throws.
  public init(encoding value: some Encodable, userInfo: [CodingUserInfoKey: any Sendable] = [:]) throws {
    let writer = TapeWriter(userInfo: userInfo)
    try writer.encode(value)
    storage = try writer.finish()
  }

  /// Reads the tape as a Swift value.
  ///
  /// A float without a fraction reads as an integer, an integer as a float, and an empty object as an empty array, since Lua's `{}` is both.
  /// - Throws: `DecodingError` with the coding path, or whatever the type's `init(from:)` throws.
  public func decode<T: Decodable>(_ type: T.Type = T.self, userInfo: [CodingUserInfoKey: any Sendable] = [:]) throws -> T {
    let reading = TapeReading(storage: storage, userInfo: userInfo)
    return try reading.decode(type, at: 0, depth: 0)
  }

  /// The tape as JSON.
  /// - Parameters:
  ///   - pretty: whether to break lines and indent by two spaces.
  ///   - limit: how many bytes the text may take.
  /// - Throws: `LuaDataError` for a string that is not UTF-8, a number that is not finite, or more than `limit` bytes.
  public func json(pretty: Bool = false, limit: Int = LuaTape.sizeMax) throws(LuaDataError) -> [UInt8] {
    try withJSON(pretty: pretty, limit: limit) { Array($0) }
  }

  /// Lends the tape as JSON without copying it once more; see ``json(pretty:limit:)``.
  public func withJSON<R>(
    pretty: Bool = false, limit: Int = LuaTape.sizeMax, _ body: (UnsafeRawBufferPointer) -> R
  ) throws(LuaDataError) -> R {
    var issue = clua_issue()
    var bytes = clua_bytes()
    guard clua_tape_write(storage.words, storage.count, limit, pretty ? 1 : 0, &bytes, &issue) == CLUA_DATA_OK else {
      let isAtNode = Int(issue.code) == CLUA_DATA_REFUSED
      throw LuaDataError(issue, path: isAtNode ? storage.path(to: Int(issue.offset)).luaPath : "")
    }
    defer { clua_bytes_free(bytes) }
    return body(UnsafeRawBufferPointer(start: bytes.data, count: bytes.length))
  }

  /// How many bytes the tape takes.
  public var size: Int { storage.count * 8 }
}
