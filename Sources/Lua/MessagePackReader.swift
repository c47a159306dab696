import CLua

/// Makes a tape of a MessagePack value. Pure; what it holds is bounded by the tape's limit, whatever the bytes say.
///
/// Numbers stay integers where Lua has them; binary data and text are strings. Keys of maps are text, binary data or integers,
/// which become their decimal digits, as in JSON. Extension types have no Lua form.
struct MessagePackReader {
  private let bytes: UnsafeRawBufferPointer
  private let wordsMax: Int
  private let words: TapeWords
  private var at = 0

  private init(_ bytes: UnsafeRawBufferPointer, limit: Int) {
    self.bytes = bytes
    wordsMax = limit / 8
    words = TapeWords(capacity: min(bytes.count / 8 + 16, max(wordsMax, 1)))
  }

  /// The one value that `bytes` are.
  static func read(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(LuaDataError) -> LuaTapeStorage {
    var reader = MessagePackReader(bytes, limit: limit)
    try reader.value(depth: 0)
    guard reader.at == bytes.count else { throw reader.syntax("there is something after the value") }
    return LuaTapeStorage(adopting: reader.words.handOver())
  }

  private mutating func value(depth: Int) throws(LuaDataError) {
    let first = try integer(UInt8.self)
    switch first {
    case 0x00...0x7f, 0xe0...0xff: try put(integer: Int64(Int8(bitPattern: first)))
    case 0x80...0x8f: try map(Int(first & 0x0f), depth)
    case 0x90...0x9f: try array(Int(first & 0x0f), depth)
    case 0xa0...0xbf: try string(Int(first & 0x1f), .string)
    case 0xc0: try put(TapeTag.null.header())
    case 0xc2: try put(TapeTag.no.header())
    case 0xc3: try put(TapeTag.yes.header())
    case 0xc4: try string(Int(try integer(UInt8.self)), .string)
    case 0xc5: try string(Int(try integer(UInt16.self)), .string)
    case 0xc6: try string(Int(try integer(UInt32.self)), .string)
    case 0xca: try put(double: Double(Float(bitPattern: try integer(UInt32.self))))
    case 0xcb: try put(double: Double(bitPattern: try integer(UInt64.self)))
    case 0xcc...0xd3: try number(first)
    case 0xd9: try string(Int(try integer(UInt8.self)), .string)
    case 0xda: try string(Int(try integer(UInt16.self)), .string)
    case 0xdb: try string(Int(try integer(UInt32.self)), .string)
    case 0xdc: try array(Int(try integer(UInt16.self)), depth)
    case 0xdd: try array(Int(try integer(UInt32.self)), depth)
    case 0xde: try map(Int(try integer(UInt16.self)), depth)
    case 0xdf: try map(Int(try integer(UInt32.self)), depth)
    case 0xc1: throw syntax("no value begins with the byte c1")
    // What is left are the kinds of extension types.
    default:
      throw LuaDataError(code: .refused, message: "an extension type of MessagePack has no Lua form", offset: at - 1)
    }
  }

  // MARK: Bytes

  private func syntax(_ problem: String) -> LuaDataError {
    LuaDataError(code: .syntax, message: "byte \(at): \(problem)", offset: at)
  }

  private mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(LuaDataError) -> Value {
    let size = MemoryLayout<Value>.size
    guard bytes.count - at >= size else { throw syntax("the value ends too early") }
    defer { at += size }
    return Value(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: Value.self))
  }

  private mutating func slice(_ count: Int) throws(LuaDataError) -> UnsafeRawBufferPointer {
    guard bytes.count - at >= count else { throw syntax("the value ends too early") }
    defer { at += count }
    return UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
  }

  // MARK: Tape

  private func reserve(_ extra: Int) throws(LuaDataError) {
    guard words.count + extra <= wordsMax else {
      throw LuaDataError(code: .limit, message: "the value takes more than \(wordsMax * 8) bytes", offset: at)
    }
  }

  private func put(_ word: UInt64) throws(LuaDataError) {
    try reserve(1)
    words.append(word)
  }

  private func put(integer value: Int64) throws(LuaDataError) {
    guard (value << 8) >> 8 != value else { return try put(TapeTag.small.header(Int(value))) }
    try reserve(2)
    words.append(TapeTag.integer.header())
    words.append(UInt64(bitPattern: value))
  }

  private func put(double value: Double) throws(LuaDataError) {
    try reserve(2)
    words.append(TapeTag.double.header())
    words.append(value.bitPattern)
  }

  /// The kinds from `uint 8` to `int 64`. What is too large for Lua's integers becomes a float, as in JSON.
  private mutating func number(_ first: UInt8) throws(LuaDataError) {
    switch first {
    case 0xcc: try put(integer: Int64(try integer(UInt8.self)))
    case 0xcd: try put(integer: Int64(try integer(UInt16.self)))
    case 0xce: try put(integer: Int64(try integer(UInt32.self)))
    case 0xcf:
      let value = try integer(UInt64.self)
      guard let small = Int64(exactly: value) else { return try put(double: Double(value)) }
      try put(integer: small)
    case 0xd0: try put(integer: Int64(try integer(Int8.self)))
    case 0xd1: try put(integer: Int64(try integer(Int16.self)))
    case 0xd2: try put(integer: Int64(try integer(Int32.self)))
    default: try put(integer: try integer(Int64.self))
    }
  }

  private mutating func string(_ count: Int, _ tag: TapeTag) throws(LuaDataError) {
    let text = try slice(count)
    try reserve(1 + (count + 7) / 8)
    words.append(text, tag: tag)
  }

  // MARK: Containers

  /// Begins a container of `count` elements of at least `size` bytes each; where it begins on the tape.
  private func open(_ count: Int, size: Int, _ depth: Int) throws(LuaDataError) -> Int {
    guard depth < LuaTape.depthMax else {
      throw LuaDataError(code: .depth, message: "nested deeper than \(LuaTape.depthMax)", offset: at)
    }
    // A count that lies is found out before anything is made of it.
    guard bytes.count - at >= count * size else { throw syntax("the value ends too early") }
    try reserve(2)
    let start = words.count
    words.append(0)
    words.append(UInt64(count))
    return start
  }

  private func close(_ start: Int, _ tag: TapeTag) { words.base[start] = tag.header(words.count - start) }

  private mutating func array(_ count: Int, _ depth: Int) throws(LuaDataError) {
    let start = try open(count, size: 1, depth)
    for _ in 0..<count { try value(depth: depth + 1) }
    close(start, .array)
  }

  private mutating func map(_ count: Int, _ depth: Int) throws(LuaDataError) {
    let start = try open(count, size: 2, depth)
    var keys = SeenKeys()
    for _ in 0..<count {
      let key = words.count
      try self.key()
      guard keys.insert(words.base, key) else { throw syntax("a map has the key '\(words.text(at: key))' twice") }
      try value(depth: depth + 1)
    }
    close(start, .object)
  }

  private mutating func key() throws(LuaDataError) {
    let first = try integer(UInt8.self)
    switch first {
    case 0xa0...0xbf: try string(Int(first & 0x1f), .string)
    case 0xc4, 0xd9: try string(Int(try integer(UInt8.self)), .string)
    case 0xc5, 0xda: try string(Int(try integer(UInt16.self)), .string)
    case 0xc6, 0xdb: try string(Int(try integer(UInt32.self)), .string)
    case 0x00...0x7f, 0xe0...0xff: try key(digits: String(Int8(bitPattern: first)))
    case 0xcc: try key(digits: String(try integer(UInt8.self)))
    case 0xcd: try key(digits: String(try integer(UInt16.self)))
    case 0xce: try key(digits: String(try integer(UInt32.self)))
    case 0xcf: try key(digits: String(try integer(UInt64.self)))
    case 0xd0: try key(digits: String(try integer(Int8.self)))
    case 0xd1: try key(digits: String(try integer(Int16.self)))
    case 0xd2: try key(digits: String(try integer(Int32.self)))
    case 0xd3: try key(digits: String(try integer(Int64.self)))
    default: throw syntax("a key of a map is text or an integer")
    }
  }

  private func key(digits: String) throws(LuaDataError) {
    var digits = digits
    try reserve(1 + (digits.utf8.count + 7) / 8)
    digits.withUTF8 { words.append(UnsafeRawBufferPointer($0), tag: .string) }
  }
}

/// The keys of one map so far. A tape has each but once.
private struct SeenKeys {
  /// Up to so many are compared one by one.
  private static let fewMax = 16

  private var few: [Int] = []
  private var many: Set<[UInt64]> = []

  /// False if there is an equal one. `node` is where the key stands.
  mutating func insert(_ words: UnsafeMutablePointer<UInt64>, _ node: Int) -> Bool {
    if many.isEmpty, few.count < Self.fewMax {
      let isNew = !few.contains { Self.areEqual(words, $0, node) }
      few.append(node)
      return isNew
    }
    if many.isEmpty { many = Set(few.map { Self.key(words, $0) }) }
    return many.insert(Self.key(words, node)).inserted
  }

  private static func areEqual(_ words: UnsafeMutablePointer<UInt64>, _ first: Int, _ second: Int) -> Bool {
    guard words[first] == words[second] else { return false }
    return (1..<words[first].tapeStringSpan).allSatisfy { words[first + $0] == words[second + $0] }
  }

  private static func key(_ words: UnsafeMutablePointer<UInt64>, _ node: Int) -> [UInt64] {
    Array(UnsafeBufferPointer(start: words + node, count: words[node].tapeStringSpan))
  }
}
