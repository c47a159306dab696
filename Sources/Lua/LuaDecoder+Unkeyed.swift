/// The elements of an array, read one after the other.
struct TapeUnkeyedDecoding: UnkeyedDecodingContainer {
  private let reading: TapeReading
  private let node: Int
  private let end: Int
  private let depth: Int
  private var at: Int
  private let length: Int
  private(set) var currentIndex = 0

  init(reading: TapeReading, node: Int, depth: Int) throws {
    let (start, end, count) = try reading.elements(at: node)
    self.reading = reading
    self.node = node
    self.end = end
    self.depth = depth
    at = start
    length = count
  }

  var codingPath: [any CodingKey] { reading.storage.path(to: node) }
  var count: Int? { length }
  var isAtEnd: Bool { at >= end }

  /// Reads the element in turn, and moves on unless that fails.
  @inline(__always)
  private mutating func next<T>(_ type: Any.Type, _ read: (Int) throws -> T) throws -> T {
    guard at < end else {
      let path = codingPath + [TapeKey(intValue: currentIndex)]
      throw DecodingError.valueNotFound(type, .init(codingPath: path, debugDescription: "The array is at its end."))
    }
    let value = try read(at)
    at += reading.words[at].tapeSpan
    currentIndex += 1
    return value
  }

  mutating func decodeNil() throws -> Bool {
    guard at < end else { return try next(Never.self) { _ in false } }
    guard reading.isNull(at: at) else { return false }
    return try next(Never.self) { _ in true }
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try next(type) { [reading, depth] in try reading.decode(type, at: $0, depth: depth + 1) }
  }

  mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try next([String: Any].self) { [reading, depth] in
      KeyedDecodingContainer(try TapeKeyedDecoding<Key>(reading: reading, node: $0, depth: depth + 1))
    }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next([Any].self) { [reading, depth] in try TapeUnkeyedDecoding(reading: reading, node: $0, depth: depth + 1) }
  }

  mutating func superDecoder() throws -> any Decoder {
    try next((any Decoder).self) { [reading, depth] in TapeDecoder(reading: reading, node: $0, depth: depth + 1) }
  }

  mutating func decode(_ type: Bool.Type) throws -> Bool { try next(type) { [reading] in try reading.bool(at: $0) } }
  mutating func decode(_ type: String.Type) throws -> String { try next(type) { [reading] in try reading.string(at: $0) } }
  mutating func decode(_ type: Double.Type) throws -> Double { try next(type) { [reading] in try reading.double(at: $0) } }
  mutating func decode(_ type: Float.Type) throws -> Float { try next(type) { [reading] in try reading.float(at: $0) } }
  mutating func decode(_ type: Int.Type) throws -> Int { try next(type) { [reading] in try reading.integer(type, at: $0) } }
  mutating func decode(_ type: Int8.Type) throws -> Int8 { try next(type) { [reading] in try reading.integer(type, at: $0) } }
  mutating func decode(_ type: Int16.Type) throws -> Int16 { try next(type) { [reading] in try reading.integer(type, at: $0) } }
  mutating func decode(_ type: Int32.Type) throws -> Int32 { try next(type) { [reading] in try reading.integer(type, at: $0) } }
  mutating func decode(_ type: Int64.Type) throws -> Int64 { try next(type) { [reading] in try reading.integer(type, at: $0) } }
  mutating func decode(_ type: UInt.Type) throws -> UInt { try next(type) { [reading] in try reading.integer(type, at: $0) } }
  mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next(type) { [reading] in try reading.integer(type, at: $0) } }
  mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next(type) { [reading] in try reading.integer(type, at: $0) } }
  mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next(type) { [reading] in try reading.integer(type, at: $0) } }
  mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next(type) { [reading] in try reading.integer(type, at: $0) } }
}
