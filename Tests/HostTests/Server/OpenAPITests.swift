import AppModel
import ControlAPI
import Foundation
import Testing

@testable import Host

@Suite struct OpenAPITests {
  private func document() throws -> [String: Any] {
    let data = try OpenAPIDocument.json(version: "1")
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func theDocumentHasEveryRoute() throws {
    let paths = try #require(try document()["paths"] as? [String: [String: Any]])
    for route in RouteTable.routes {
      #expect(paths[route.path]?[route.method.rawValue.lowercased()] != nil, "\(route.operation)")
    }
  }

  @Test func everyReferenceLeadsSomewhere() throws {
    let document = try document()
    let components = try #require(document["components"] as? [String: Any])
    let schemas = try #require(components["schemas"] as? [String: Any])
    func references(_ value: Any) -> [String] {
      if let list = value as? [Any] { return list.flatMap(references) }
      guard let fields = value as? [String: Any] else { return [] }
      return fields.flatMap { key, value in key == "$ref" ? [value as? String ?? ""] : references(value) }
    }
    let found = Set(references(document))
    #expect(found.contains("#/components/schemas/DeployEvent"))
    for reference in found {
      #expect(schemas[String(reference.dropFirst("#/components/schemas/".count))] != nil, "\(reference)")
    }
  }

  @Test func aSchemaSaysWhatIsDecoded() throws {
    var notes = SchemaNotes()
    #expect(try notes.schema(of: AliasChange.self) == ["$ref": "#/components/schemas/AliasChange"])
    #expect(
      notes.components["AliasChange"] == [
        "type": "object", "required": ["revision"],
        "properties": [
          "revision": ["type": "string"], "strategy": ["type": "string", "enum": ["recreate", "rolling"]],
          "auth": ["type": "string", "enum": ["private", "shared", "public"]],
        ],
      ])
  }

  /// Every answer that the control API can give, filled in.
  static let samples: [any (Codable & Sendable)] = Samples.all

  @Test(arguments: samples.indices) func everyAnswerKeepsToItsSchema(index: Int) throws {
    let sample = Self.samples[index]
    var notes = SchemaNotes()
    let schema = try notes.schema(of: type(of: sample))
    let value = try JSONDecoder().decode(JSONValue.self, from: APIEncoding.data(of: sample))
    let faults = SchemaCheck(components: notes.components).faults(of: value, against: schema, at: "\(type(of: sample))")
    #expect(faults.isEmpty)
  }

  @Test func whatMayBeLeftOutIsNotRequired() throws {
    let bare: [any (Codable & Sendable)] = [
      APIProblem(code: "c", message: "m"), SettingsChange(), DeployEvent(.ready, app: "a", seconds: 1),
      AppInfo(owner: "o", name: "n", environment: "e", url: "u"), DeployRequest(script: "s", files: []),
      EnvironmentInfo(name: "n", description: nil, createdAt: nil, apps: 0), BlobsWanted(hashes: []),
      HistoryPage(entries: [.init(sequence: 1, at: 2, kind: "k", revision: nil, runner: nil, message: "m")], next: nil),
      LogLine(at: 1, runner: "r", level: "info", source: "app", requestID: nil, message: "m"), RunnerStop(),
    ]
    for sample in bare {
      var notes = SchemaNotes()
      let schema = try notes.schema(of: type(of: sample))
      let value = try JSONDecoder().decode(JSONValue.self, from: APIEncoding.data(of: sample))
      let faults = SchemaCheck(components: notes.components).faults(of: value, against: schema, at: "\(type(of: sample))")
      #expect(faults.isEmpty)
    }
  }

  @Test func aValueThatBreaksItsSchemaIsFound() throws {
    var notes = SchemaNotes()
    let schema = try notes.schema(of: AliasChange.self)
    let check = SchemaCheck(components: notes.components)
    #expect(check.faults(of: ["revision": 1], against: schema, at: "x") == ["x.revision is no string"])
    #expect(check.faults(of: ["auth": "none"], against: schema, at: "x").count == 2)
    #expect(check.faults(of: ["revision": "a", "more": 1], against: schema, at: "x") == ["x.more is not described"])
  }
}

extension JSONValue: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self = .integer(value) }
}

/// Compares JSON with as much of JSON Schema as the document uses.
struct SchemaCheck {
  var components: [String: JSONValue]

  func faults(of value: JSONValue, against schema: JSONValue, at place: String) -> [String] {
    guard case .object(var fields) = schema else { return ["\(place): the schema is no object"] }
    if let name = fields["$ref"]?.text?.split(separator: "/").last, case .object(let target)? = components[String(name)] {
      fields = target
    }
    switch (fields["type"]?.text, value) {
    case ("string", .text(let text)):
      guard case .list(let names)? = fields["enum"], !names.contains(.text(text)) else { return [] }
      return ["\(place) is none of \(names)"]
    case ("integer", .integer), ("number", .integer), ("number", .number), ("boolean", .boolean): return []
    case ("array", .list(let items)):
      return items.enumerated().flatMap { faults(of: $1, against: fields["items"] ?? .null, at: "\(place)[\($0)]") }
    case ("object", .object(let object)): return objectFaults(object, fields, place)
    default: return ["\(place) is no \(fields["type"]?.text ?? "?")"]
    }
  }

  private func objectFaults(_ object: [String: JSONValue], _ fields: [String: JSONValue], _ place: String) -> [String] {
    if let each = fields["additionalProperties"] {
      return object.flatMap { faults(of: $0.value, against: each, at: "\(place).\($0.key)") }
    }
    guard case .object(let properties)? = fields["properties"] else { return ["\(place): no properties"] }
    var found: [String] = []
    if case .list(let required)? = fields["required"] {
      found += required.compactMap { $0.text.flatMap { object[$0] == nil ? "\(place).\($0) is missing" : nil } }
    }
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      guard let property = properties[key] else {
        found.append("\(place).\(key) is not described")
        continue
      }
      found += faults(of: value, against: property, at: "\(place).\(key)")
    }
    return found
  }
}
