/// Reads one node of a tape. Three words, so that `any Decoder` holds it without an allocation.
struct TapeDecoder: Decoder {
  let reading: TapeReading
  let node: Int
  let depth: Int

  var codingPath: [any CodingKey] { reading.storage.path(to: node) }
  var userInfo: [CodingUserInfoKey: Any] { reading.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(try TapeKeyedDecoding<Key>(reading: reading, node: node, depth: depth))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try TapeUnkeyedDecoding(reading: reading, node: node, depth: depth)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
}

extension TapeDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { reading.isNull(at: node) }
  func decode(_ type: Bool.Type) throws -> Bool { try reading.bool(at: node) }
  func decode(_ type: String.Type) throws -> String { try reading.string(at: node) }
  func decode(_ type: Double.Type) throws -> Double { try reading.double(at: node) }
  func decode(_ type: Float.Type) throws -> Float { try reading.float(at: node) }
  func decode(_ type: Int.Type) throws -> Int { try reading.integer(type, at: node) }
  func decode(_ type: Int8.Type) throws -> Int8 { try reading.integer(type, at: node) }
  func decode(_ type: Int16.Type) throws -> Int16 { try reading.integer(type, at: node) }
  func decode(_ type: Int32.Type) throws -> Int32 { try reading.integer(type, at: node) }
  func decode(_ type: Int64.Type) throws -> Int64 { try reading.integer(type, at: node) }
  func decode(_ type: UInt.Type) throws -> UInt { try reading.integer(type, at: node) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try reading.integer(type, at: node) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try reading.integer(type, at: node) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try reading.integer(type, at: node) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try reading.integer(type, at: node) }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try reading.decode(type, at: node, depth: depth) }
}
