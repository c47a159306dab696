import Lua

/// The text of a host's refusal: plain text, or JSON in fal's shape.
enum HostProblem {
  private struct Body: Decodable {
    var status: Int?
    var detail: String
  }

  static func text(of payload: [UInt8]) -> String {
    guard payload.first == UInt8(ascii: "{"), let body = try? LuaJSON.decode(Body.self, from: payload) else {
      return String(decoding: payload, as: UTF8.self)
    }
    return body.status.map { "\($0): \(body.detail)" } ?? body.detail
  }
}
