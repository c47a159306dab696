// One look-up each, where the protocol's own `decodeIfPresent` makes three.
extension TapeKeyedDecoding {
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try reading.bool(at: required(key)) }
  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try present(key).map { try reading.bool(at: $0) } }

  func decode(_ type: String.Type, forKey key: Key) throws -> String { try reading.string(at: required(key)) }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    try present(key).map { try reading.string(at: $0) }
  }

  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try reading.double(at: required(key)) }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
    try present(key).map { try reading.double(at: $0) }
  }

  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try reading.float(at: required(key)) }
  func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
    try present(key).map { try reading.float(at: $0) }
  }

  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
    try present(key).map { try reading.integer(type, at: $0) }
  }

  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? {
    try present(key).map { try reading.integer(type, at: $0) }
  }

  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? {
    try present(key).map { try reading.integer(type, at: $0) }
  }

  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
    try present(key).map { try reading.integer(type, at: $0) }
  }

  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
    try present(key).map { try reading.integer(type, at: $0) }
  }

  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? {
    try present(key).map { try reading.integer(type, at: $0) }
  }

  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? {
    try present(key).map { try reading.integer(type, at: $0) }
  }

  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
    try present(key).map { try reading.integer(type, at: $0) }
  }

  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
    try present(key).map { try reading.integer(type, at: $0) }
  }

  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try reading.integer(type, at: required(key)) }
  func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
    try present(key).map { try reading.integer(type, at: $0) }
  }
}
