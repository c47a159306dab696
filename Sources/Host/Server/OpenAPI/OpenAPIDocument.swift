import AppModel
import ControlAPI
import FoundationEssentials

/// The OpenAPI 3.1 document of the control API, written from the table of routes.
enum OpenAPIDocument {
  /// Statuses that any operation may answer with, besides its own.
  private static let failuresCommon = [400, 413, 500, 503]

  /// Throws only where a type of the table cannot tell its fields: tests make sure that none is like that.
  static func json(version: String) throws -> Data {
    var notes = SchemaNotes()
    let problem = try notes.schema(of: APIProblem.self)
    var paths: [String: [String: JSONValue]] = [:]
    for route in RouteTable.routes {
      paths[route.path, default: [:]][route.method.rawValue.lowercased()] = try operation(route, problem, &notes)
    }
    let document: JSONValue = [
      "openapi": "3.1.0",
      "info": [
        "title": "Apolune control API", "version": .text(version),
        "summary": "Deploy, scale and watch apps of one Apolune server.",
      ],
      "servers": [["url": "/"]],
      "paths": .object(paths.mapValues(JSONValue.object)),
      "components": [
        "schemas": .object(notes.components),
        "securitySchemes": [
          "key": [
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "`Key <id:secret>`, or `Bearer <id:secret>`: the key of the server's owner.",
          ]
        ],
      ],
      "security": [["key": []]],
    ]
    return try APIEncoding.data(of: document)
  }

  private static func operation(_ route: Route, _ problem: JSONValue, _ notes: inout SchemaNotes) throws -> JSONValue {
    var operation: [String: JSONValue] = [
      "operationId": .text(route.operation.rawValue), "summary": .text(route.summary),
      "responses": try responses(route, problem, &notes),
    ]
    let parameters = pathParameters(route) + route.query.map(queryParameter)
    if !parameters.isEmpty { operation["parameters"] = .list(parameters) }
    switch route.body {
    case .none: break
    case .json(let type):
      operation["requestBody"] = [
        "required": true, "content": ["application/json": ["schema": try notes.schema(of: type)]],
      ]
    case .content:
      operation["requestBody"] = ["required": true, "content": ["application/octet-stream": [:]]]
    }
    if route.isOpen { operation["security"] = [] }
    return .object(operation)
  }

  private static func responses(_ route: Route, _ problem: JSONValue, _ notes: inout SchemaNotes) throws -> JSONValue {
    var success: [String: JSONValue] = ["description": "Success."]
    switch route.answer {
    case .none: break
    case .json(let type): success["content"] = ["application/json": ["schema": try notes.schema(of: type)]]
    case .lines(let type):
      success["description"] = "One JSON object a line, as they come."
      success["content"] = ["application/x-ndjson": ["schema": try notes.schema(of: type)]]
    case .document: success["content"] = ["application/json": ["schema": ["type": "object"]]]
    }
    var responses: [String: JSONValue] = ["\(route.status)": .object(success)]
    let failure: JSONValue = ["description": "A problem.", "content": ["application/json": ["schema": problem]]]
    for status in failuresCommon + route.failures + (route.isOpen ? [] : [401, 403]) { responses["\(status)"] = failure }
    return .object(responses)
  }

  private static func pathParameters(_ route: Route) -> [JSONValue] {
    route.segments.compactMap { segment in
      guard case .parameter(let name) = segment else { return nil }
      return ["name": .text(name), "in": "path", "required": true, "schema": ["type": "string"]]
    }
  }

  private static func queryParameter(_ query: ControlQuery) -> JSONValue {
    [
      "name": .text(query.rawValue), "in": "query", "required": false, "description": .text(query.meaning),
      "schema": ["type": .text(query.type)],
    ]
  }
}

extension ControlQuery {
  fileprivate var type: String {
    switch self {
    case .environment, .state, .search, .by, .user: "string"
    case .since, .until, .grace: "number"
    case .last, .first, .limit, .before: "integer"
    case .follow, .dead: "boolean"
    }
  }

  fileprivate var meaning: String {
    switch self {
    case .environment: "Name of the environment; `main` where one app is meant, else all."
    case .since: "Seconds since 1970: not before."
    case .until: "Seconds since 1970: not after."
    case .state: "States in small letters, separated by commas: `idle,running`; `all`: every one that lives."
    case .search: "A text that a line has in it, letter for letter."
    case .last: "The newest this many lines."
    case .first: "The oldest this many lines."
    case .follow: "Goes on as lines are written, until the runner ends."
    case .limit: "Entries of a page."
    case .before: "Entries older than this sequence number."
    case .dead: "Those alone that nobody tries any more."
    case .grace: "Seconds that requests have to finish."
    case .user: "Name of a user: only what is theirs."
    case .by:
      "What to add up by, separated by commas: \(UsageDimension.allCases.map(\.rawValue).joined(separator: ", ")); empty: all."
    }
  }
}
