/// Writes one value onto a tape. Three words, so that `any Encoder` holds it without an allocation.
struct TapeEncoder: Encoder {
  let writer: TapeWriter
  /// Which of the writer's open values this is, and the number it was opened with.
  let frame: Int
  let serial: Int

  var codingPath: [any CodingKey] { writer.path }
  var userInfo: [CodingUserInfoKey: Any] { writer.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    writer.decide(self, .object)
    return KeyedEncodingContainer(TapeKeyedEncoding<Key>(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    writer.decide(self, .array)
    return TapeUnkeyedEncoding(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension TapeEncoder: SingleValueEncodingContainer {
  /// Writes the only node of this value; a value that fails to encode may be followed by another try.
  @inline(__always)
  private func put(_ write: () throws -> Void) throws {
    try writer.single(self)
    let position = writer.position
    do {
      try write()
    } catch {
      writer.undo(self, to: position)
      throw error
    }
  }

  func encodeNil() throws { try put { writer.null() } }
  func encode(_ value: Bool) throws { try put { writer.bool(value) } }
  func encode(_ value: String) throws { try put { writer.string(value) } }
  func encode(_ value: Double) throws { try put { writer.double(value) } }
  func encode(_ value: Float) throws { try put { writer.double(Double(value)) } }
  func encode(_ value: Int) throws { try put { writer.integer(Int64(value)) } }
  func encode(_ value: Int64) throws { try put { writer.integer(value) } }
  func encode(_ value: Int8) throws { try put { try writer.integer(value) } }
  func encode(_ value: Int16) throws { try put { try writer.integer(value) } }
  func encode(_ value: Int32) throws { try put { try writer.integer(value) } }
  func encode(_ value: UInt) throws { try put { try writer.integer(value) } }
  func encode(_ value: UInt8) throws { try put { try writer.integer(value) } }
  func encode(_ value: UInt16) throws { try put { try writer.integer(value) } }
  func encode(_ value: UInt32) throws { try put { try writer.integer(value) } }
  func encode(_ value: UInt64) throws { try put { try writer.integer(value) } }
  func encode<T: Encodable>(_ value: T) throws { try put { try writer.encode(value) } }
}
