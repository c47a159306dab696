/// A decoder without data: every field is there and empty, and is written down.
struct RecordingDecoder: Decoder {
  final class Notes {
    var properties: [String: JSONValue] = [:]
    var required: [String] = []
    /// Set when the type is one value rather than fields.
    var single: JSONValue?
  }

  let recording: Recording
  let notes = Notes()
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(recording: Recording) { self.recording = recording }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(RecordingFields<Key>(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NothingToDecode() }

  func singleValueContainer() -> any SingleValueDecodingContainer { RecordingValue(decoder: self) }
}

/// A type asked for something that is in none of the control API's values.
struct NothingToDecode: Error {}

private struct RecordingFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: RecordingDecoder
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool { true }
  func decodeNil(forKey key: Key) -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let (value, schema) = try decoder.recording.note(type)
    decoder.notes.properties[key.stringValue] = schema
    decoder.notes.required.append(key.stringValue)
    return value
  }

  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? { try note(type, key) }

  // The protocol has these apart from the general one, and would ask `decode` for them.
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try note(type, key) }
  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try note(type, key) }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try note(type, key) }
  func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try note(type, key) }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try note(type, key) }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try note(type, key) }

  private func note<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
    decoder.notes.properties[key.stringValue] = try decoder.recording.schema(of: type)
    return nil
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { throw NothingToDecode() }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw NothingToDecode() }
  func superDecoder() throws -> any Decoder { throw NothingToDecode() }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw NothingToDecode() }
}

private struct RecordingValue: SingleValueDecodingContainer {
  let decoder: RecordingDecoder
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let (value, schema) = try decoder.recording.note(type)
    decoder.notes.single = schema
    return value
  }
}
