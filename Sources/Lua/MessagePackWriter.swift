import CLua

/// Writes a tape as MessagePack, each value in its shortest form.
///
/// A string that is UTF-8 and holds no zero becomes text, any other becomes binary data: Lua has one type for both, and
/// silence, say, is valid UTF-8 too.
struct MessagePackWriter {
  private let storage: LuaTapeStorage
  private let limit: Int
  private var output: [UInt8] = []

  private init(_ storage: LuaTapeStorage, limit: Int) {
    self.storage = storage
    self.limit = limit
    output.reserveCapacity(min(limit, storage.count * 8))
  }

  static func write(_ storage: LuaTapeStorage, limit: Int) throws(LuaDataError) -> [UInt8] {
    var writer = MessagePackWriter(storage, limit: limit)
    try writer.value(at: 0)
    return writer.output
  }

  private mutating func value(at node: Int) throws(LuaDataError) {
    let header = storage.words[node]
    switch TapeTag(of: header) {
    case .null: output.append(0xc0)
    case .no: output.append(0xc2)
    case .yes: output.append(0xc3)
    case .small: integer(Int64(bitPattern: header) >> 8)
    case .integer: integer(Int64(bitPattern: storage.words[node + 1]))
    case .double: put(0xcb, storage.words[node + 1])
    case .string: try string(at: node)
    case .bytes: try bytes(at: node)
    case .array, .object: try container(at: node)
    default: throw LuaDataError(code: .refused, message: "an unknown value on a tape")
    }
    guard output.count <= limit else {
      throw LuaDataError(code: .limit, message: "the value takes more than \(limit) bytes")
    }
  }

  private mutating func put<Value: FixedWidthInteger>(_ first: UInt8, _ value: Value) {
    output.append(first)
    withUnsafeBytes(of: value.bigEndian) { output.append(contentsOf: $0) }
  }

  private mutating func integer(_ value: Int64) {
    switch value {
    case -32...127: output.append(UInt8(bitPattern: Int8(value)))
    case 0...0xff: put(0xcc, UInt8(value))
    case 0...0xffff: put(0xcd, UInt16(value))
    case 0...0xffff_ffff: put(0xce, UInt32(value))
    case 0...: put(0xcf, UInt64(value))
    case -0x80..<0: put(0xd0, Int8(value))
    case -0x8000..<0: put(0xd1, Int16(value))
    case -0x8000_0000..<0: put(0xd2, Int32(value))
    default: put(0xd3, value)
    }
  }

  private mutating func string(at node: Int) throws(LuaDataError) {
    let text = storage.utf8(at: node)
    guard Self.isText(text) else { return try bytes(at: node) }
    switch text.count {
    case 0...31: output.append(0xa0 | UInt8(text.count))
    case 0...0xff: put(0xd9, UInt8(text.count))
    case 0...0xffff: put(0xda, UInt16(text.count))
    default: put(0xdb, UInt32(text.count))
    }
    try append(text)
  }

  private static func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    clua_is_utf8(bytes.baseAddress, bytes.count) != 0 && !bytes.contains(0)
  }

  private mutating func bytes(at node: Int) throws(LuaDataError) {
    let bytes = storage.utf8(at: node)
    switch bytes.count {
    case 0...0xff: put(0xc4, UInt8(bytes.count))
    case 0...0xffff: put(0xc5, UInt16(bytes.count))
    default: put(0xc6, UInt32(bytes.count))
    }
    try append(bytes)
  }

  /// Looks first whether it still fits, so that nothing large is copied in vain. A tape is smaller than lengths of 32 bits.
  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) throws(LuaDataError) {
    guard output.count + bytes.count <= limit else {
      throw LuaDataError(code: .limit, message: "the value takes more than \(limit) bytes")
    }
    output.append(contentsOf: bytes)
  }

  private mutating func container(at node: Int) throws(LuaDataError) {
    let isObject = TapeTag(of: storage.words[node]) == .object
    let count = Int(truncatingIfNeeded: storage.words[node + 1])
    switch count {
    case 0...15: output.append((isObject ? 0x80 : 0x90) | UInt8(count))
    case 0...0xffff: put(isObject ? 0xde : 0xdc, UInt16(count))
    default: put(isObject ? 0xdf : 0xdd, UInt32(count))
    }
    let end = node + storage.words[node].tapePayload
    var next = node + 2
    while next < end {
      var isDead = false
      if isObject {
        isDead = TapeTag(of: storage.words[next]) == .dead
        if !isDead { try string(at: next) }
        next += storage.words[next].tapeStringSpan
      }
      if !isDead { try value(at: next) }
      next += storage.words[next].tapeSpan
    }
  }
}
