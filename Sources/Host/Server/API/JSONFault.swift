import ControlAPI

/// Says what is wrong with a JSON body, and where.
enum JSONFault {
  static func problem(_ error: DecodingError, in bytes: some Collection<UInt8>) -> APIProblem {
    if bytes.isEmpty { return APIProblem(code: "bad-json", message: "the body is empty", fix: "send a JSON object") }
    switch error {
    case .keyNotFound(let key, let context):
      return APIProblem(code: "bad-json", message: "the body lacks '\(place(context.codingPath + [key]))'")
    case .valueNotFound(_, let context):
      return APIProblem(code: "bad-json", message: "'\(place(context.codingPath))' is null")
    case .typeMismatch(_, let context):
      return APIProblem(
        code: "bad-json", message: "'\(place(context.codingPath))' has the wrong type", fix: context.debugDescription)
    case .dataCorrupted(let context):
      guard context.codingPath.isEmpty else {
        return APIProblem(
          code: "bad-json", message: "'\(place(context.codingPath))' has no value that is known", fix: context.debugDescription)
      }
      let reason = context.underlyingError.map { "\($0)" } ?? context.debugDescription
      return APIProblem(code: "bad-json", message: "the body is not JSON: \(reason)")
    @unknown default:
      return APIProblem(code: "bad-json", message: "the body cannot be read: \(error)")
    }
  }

  /// `files[3].hash`; `the body` for the whole.
  private static func place(_ path: [any CodingKey]) -> String {
    var text = ""
    for key in path {
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : "." + key.stringValue
      }
    }
    return text.isEmpty ? "the body" : text
  }
}
