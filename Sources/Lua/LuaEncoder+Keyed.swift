/// Writes the fields of an object.
struct TapeKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  private let encoder: TapeEncoder

  init(encoder: TapeEncoder) { self.encoder = encoder }

  var codingPath: [any CodingKey] { encoder.codingPath }

  /// Writes a key and its value; when the value fails, neither stays.
  @inline(__always)
  private func put(_ key: some CodingKey, _ write: (TapeWriter) throws -> Void) throws {
    let writer = encoder.writer
    try writer.element(of: encoder, .object)
    let position = writer.position
    writer.string(key.stringValue)
    do {
      try write(writer)
    } catch {
      writer.undo(encoder, to: position)
      throw error
    }
  }

  private func nest(_ key: some CodingKey, _ kind: TapeWriter.Kind = .undecided) -> TapeEncoder {
    var nested: TapeEncoder?
    do {
      try put(key) { nested = $0.nest(kind) }
    } catch {
      return encoder.writer.refusing()
    }
    return nested ?? encoder.writer.refusing()
  }

  mutating func encodeNil(forKey key: Key) throws { try put(key) { $0.null() } }
  mutating func encode(_ value: Bool, forKey key: Key) throws { try put(key) { $0.bool(value) } }
  mutating func encode(_ value: String, forKey key: Key) throws { try put(key) { $0.string(value) } }
  mutating func encode(_ value: Double, forKey key: Key) throws { try put(key) { $0.double(value) } }
  mutating func encode(_ value: Float, forKey key: Key) throws { try put(key) { $0.double(Double(value)) } }
  mutating func encode(_ value: Int, forKey key: Key) throws { try put(key) { $0.integer(Int64(value)) } }
  mutating func encode(_ value: Int64, forKey key: Key) throws { try put(key) { $0.integer(value) } }
  mutating func encode(_ value: Int8, forKey key: Key) throws { try put(key) { try $0.integer(value) } }
  mutating func encode(_ value: Int16, forKey key: Key) throws { try put(key) { try $0.integer(value) } }
  mutating func encode(_ value: Int32, forKey key: Key) throws { try put(key) { try $0.integer(value) } }
  mutating func encode(_ value: UInt, forKey key: Key) throws { try put(key) { try $0.integer(value) } }
  mutating func encode(_ value: UInt8, forKey key: Key) throws { try put(key) { try $0.integer(value) } }
  mutating func encode(_ value: UInt16, forKey key: Key) throws { try put(key) { try $0.integer(value) } }
  mutating func encode(_ value: UInt32, forKey key: Key) throws { try put(key) { try $0.integer(value) } }
  mutating func encode(_ value: UInt64, forKey key: Key) throws { try put(key) { try $0.integer(value) } }
  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try put(key) { try $0.encode(value) } }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    KeyedEncodingContainer(TapeKeyedEncoding<Nested>(encoder: nest(key, .object)))
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    TapeUnkeyedEncoding(encoder: nest(key, .array))
  }

  mutating func superEncoder() -> any Encoder { nest(TapeKey(stringValue: "super")) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { nest(key) }
}
