/// The fields of an object, read in place.
struct TapeKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let reading: TapeReading
  private let node: Int
  private let start: Int
  private let end: Int
  private let depth: Int

  init(reading: TapeReading, node: Int, depth: Int) throws {
    let word = reading.words[node]
    guard TapeTag(of: word) == .object else { throw reading.mismatch([String: Any].self, at: node) }
    self.reading = reading
    self.node = node
    self.depth = depth
    start = node + 2
    end = node + word.tapeSpan
  }

  var codingPath: [any CodingKey] { reading.storage.path(to: node) }

  var allKeys: [Key] {
    var keys: [Key] = []
    keys.reserveCapacity(Int(truncatingIfNeeded: reading.words[node + 1]))
    var at = start
    while at < end {
      let header = reading.words[at]
      if TapeTag(of: header) == .string, let key = Key(stringValue: reading.storage.text(at: at)) { keys.append(key) }
      at += header.tapeStringSpan
      at += reading.words[at].tapeSpan
    }
    return keys
  }

  func contains(_ key: Key) -> Bool { find(key) != nil }

  @inline(__always)
  private func find(_ key: Key) -> Int? { reading.find(key.stringValue, start: start, end: end, depth: depth) }

  /// The value under a key, unless it is missing or null.
  @inline(__always)
  func present(_ key: Key) -> Int? {
    guard let value = find(key), !reading.isNull(at: value) else { return nil }
    return value
  }

  @inline(__always)
  func required(_ key: Key) throws -> Int {
    guard let value = find(key) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "No value for '\(key.stringValue)'."))
    }
    return value
  }

  func decodeNil(forKey key: Key) throws -> Bool { reading.isNull(at: try required(key)) }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try reading.decode(type, at: required(key), depth: depth + 1)
  }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    guard let value = present(key) else { return nil }
    return try reading.decode(type, at: value, depth: depth + 1)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    KeyedDecodingContainer(try TapeKeyedDecoding<Nested>(reading: reading, node: required(key), depth: depth + 1))
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try TapeUnkeyedDecoding(reading: reading, node: required(key), depth: depth + 1)
  }

  func superDecoder() throws -> any Decoder {
    let key = TapeKey(stringValue: "super")
    guard let value = reading.find(key.stringValue, start: start, end: end, depth: depth) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "No value for 'super'."))
    }
    return TapeDecoder(reading: reading, node: value, depth: depth + 1)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    TapeDecoder(reading: reading, node: try required(key), depth: depth + 1)
  }
}
