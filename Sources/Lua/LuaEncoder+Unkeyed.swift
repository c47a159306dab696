/// Writes the elements of an array.
struct TapeUnkeyedEncoding: UnkeyedEncodingContainer {
  private let encoder: TapeEncoder

  init(encoder: TapeEncoder) { self.encoder = encoder }

  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.writer.count(of: encoder) }

  /// Writes an element; when it fails, nothing of it stays.
  @inline(__always)
  private func put(_ write: (TapeWriter) throws -> Void) throws {
    let writer = encoder.writer
    try writer.element(of: encoder, .array)
    let position = writer.position
    do {
      try write(writer)
    } catch {
      writer.undo(encoder, to: position)
      throw error
    }
  }

  private func nest(_ kind: TapeWriter.Kind = .undecided) -> TapeEncoder {
    var nested: TapeEncoder?
    do {
      try put { nested = $0.nest(kind) }
    } catch {
      return encoder.writer.refusing()
    }
    return nested ?? encoder.writer.refusing()
  }

  mutating func encodeNil() throws { try put { $0.null() } }
  mutating func encode(_ value: Bool) throws { try put { $0.bool(value) } }
  mutating func encode(_ value: String) throws { try put { $0.string(value) } }
  mutating func encode(_ value: Double) throws { try put { $0.double(value) } }
  mutating func encode(_ value: Float) throws { try put { $0.double(Double(value)) } }
  mutating func encode(_ value: Int) throws { try put { $0.integer(Int64(value)) } }
  mutating func encode(_ value: Int64) throws { try put { $0.integer(value) } }
  mutating func encode(_ value: Int8) throws { try put { try $0.integer(value) } }
  mutating func encode(_ value: Int16) throws { try put { try $0.integer(value) } }
  mutating func encode(_ value: Int32) throws { try put { try $0.integer(value) } }
  mutating func encode(_ value: UInt) throws { try put { try $0.integer(value) } }
  mutating func encode(_ value: UInt8) throws { try put { try $0.integer(value) } }
  mutating func encode(_ value: UInt16) throws { try put { try $0.integer(value) } }
  mutating func encode(_ value: UInt32) throws { try put { try $0.integer(value) } }
  mutating func encode(_ value: UInt64) throws { try put { try $0.integer(value) } }
  mutating func encode<T: Encodable>(_ value: T) throws { try put { try $0.encode(value) } }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    KeyedEncodingContainer(TapeKeyedEncoding<Nested>(encoder: nest(.object)))
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { TapeUnkeyedEncoding(encoder: nest(.array)) }
  mutating func superEncoder() -> any Encoder { nest() }
}
