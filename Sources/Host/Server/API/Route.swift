import ControlAPI

/// One operation of the control API as data. Requests are matched against it, and the OpenAPI document is written from it,
/// so that the two cannot differ.
struct Route: Sendable {
  enum Method: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  enum Segment: Sendable, Hashable {
    case fixed(String)
    case parameter(String)
  }

  enum Body: Sendable {
    case none
    case json(any (Decodable & Sendable).Type)
    /// Raw bytes.
    case content
  }

  enum Answer: Sendable {
    case none
    case json(any (Decodable & Sendable).Type)
    /// One JSON object a line.
    case lines(any (Decodable & Sendable).Type)
    /// The OpenAPI document.
    case document
  }

  var operation: Operation
  var method: Method
  var path: String
  var query: [ControlQuery] = []
  var body = Body.none
  var answer: Answer
  /// Status of success.
  var status = 200
  /// Statuses of failure that are its own; those that any operation may have come on top.
  var failures: [Int] = []
  /// Whether it needs no key.
  var isOpen: Bool { operation.need == .nothing }
  /// One sentence.
  var summary: String

  /// The parts of the path; `{name}` takes whatever is there.
  var segments: [Segment] {
    path.split(separator: "/").map { part in
      part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .fixed(String(part))
    }
  }
}
