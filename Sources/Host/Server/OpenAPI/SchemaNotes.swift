/// Learns the JSON schemas of types from their own `Decodable`, so that the document cannot say anything else than what is
/// decoded.
///
/// A type's `init(from:)` is run on a decoder that has no data but writes down what it is asked for.
struct SchemaNotes {
  /// Schemas of types that have fields, by the name that the document gives them.
  private(set) var components: [String: JSONValue] = [:]

  /// Throws for a type that asks for what an empty value cannot give.
  mutating func schema(of type: any Decodable.Type) throws -> JSONValue {
    let recording = Recording()
    let schema = try recording.schema(of: type)
    components.merge(recording.components) { first, _ in first }
    return schema
  }
}

/// What the decoders of one type, and of those within it, have been asked for.
final class Recording {
  private(set) var components: [String: JSONValue] = [:]

  func schema(of type: any Decodable.Type) throws -> JSONValue { try note(type).schema }

  /// An empty value of the type, and its schema.
  func note<Value: Decodable>(_ type: Value.Type) throws -> (value: Value, schema: JSONValue) {
    if let known = type as? any SelfDescribing.Type {
      let (value, schema) = try known.note(in: self)
      if let value = value as? Value { return (value, schema) }
    }
    if let (value, names) = Self.choices(type) {
      return (value, ["type": "string", "enum": .list(names.map(JSONValue.text))])
    }
    let decoder = RecordingDecoder(recording: self)
    let value = try type.init(from: decoder)
    if let single = decoder.notes.single { return (value, single) }
    var schema: [String: JSONValue] = ["type": "object", "properties": .object(decoder.notes.properties)]
    if !decoder.notes.required.isEmpty { schema["required"] = .list(decoder.notes.required.sorted().map(JSONValue.text)) }
    let name = Self.name(of: type)
    components[name] = .object(schema)
    return (value, ["$ref": .text("#/components/schemas/\(name)")])
  }

  /// The first case and the names of all, if the type is a choice of texts.
  private static func choices<Value>(_ type: Value.Type) -> (Value, [String])? {
    guard let choices = type as? any CaseIterable.Type else { return nil }
    let cases = all(choices)
    let names = cases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    guard names.count == cases.count, let first = cases.first as? Value else { return nil }
    return (first, names)
  }

  private static func all<Choice: CaseIterable>(_ type: Choice.Type) -> [Any] { Array(type.allCases) }

  /// `ControlAPI.DeployRequest.File` is `DeployRequestFile`.
  private static func name(of type: Any.Type) -> String {
    String(reflecting: type).split(separator: ".").dropFirst().joined()
  }
}

/// A type of the standard library that says its schema itself.
protocol SelfDescribing {
  static func note(in recording: Recording) throws -> (value: Self, schema: JSONValue)
}

extension String: SelfDescribing {
  static func note(in recording: Recording) -> (value: String, schema: JSONValue) { ("", ["type": "string"]) }
}
extension Bool: SelfDescribing {
  static func note(in recording: Recording) -> (value: Bool, schema: JSONValue) { (false, ["type": "boolean"]) }
}
extension Int: SelfDescribing {
  static func note(in recording: Recording) -> (value: Int, schema: JSONValue) { (0, ["type": "integer"]) }
}
extension Int32: SelfDescribing {
  static func note(in recording: Recording) -> (value: Int32, schema: JSONValue) {
    (0, ["type": "integer", "format": "int32"])
  }
}
extension Int64: SelfDescribing {
  static func note(in recording: Recording) -> (value: Int64, schema: JSONValue) {
    (0, ["type": "integer", "format": "int64"])
  }
}
extension Double: SelfDescribing {
  static func note(in recording: Recording) -> (value: Double, schema: JSONValue) { (0, ["type": "number"]) }
}
extension Array: SelfDescribing where Element: Decodable {
  static func note(in recording: Recording) throws -> (value: [Element], schema: JSONValue) {
    ([], ["type": "array", "items": try recording.schema(of: Element.self)])
  }
}
extension Dictionary: SelfDescribing where Key == String, Value: Decodable {
  static func note(in recording: Recording) throws -> (value: [String: Value], schema: JSONValue) {
    ([:], ["type": "object", "additionalProperties": try recording.schema(of: Value.self)])
  }
}
