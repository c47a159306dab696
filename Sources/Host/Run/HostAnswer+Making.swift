import FoundationEssentials
import Gateway
import RunnerProtocol

extension HostAnswer {
  /// An error that the script sees.
  static func refused(_ text: String) -> HostAnswer { HostAnswer(succeeded: false, payload: Array(text.utf8)) }

  static func json(_ value: some Encodable) -> HostAnswer {
    do {
      return HostAnswer(succeeded: true, payload: Array(try JSONEncoder().encode(value)))
    } catch {
      return .refused("the answer cannot be written: \(error)")
    }
  }

  /// An app's answer: its JSON, its text where it is none, the list of its events where it streamed, or its error.
  init(_ answer: GatewayAnswer) {
    guard (200..<300).contains(answer.status) else {
      self = Self.problem(status: answer.status, body: answer.body)
      return
    }
    self.init(succeeded: true, payload: answer.events.map(Self.list) ?? Self.jsonOrText(answer.body))
  }

  private static func list(_ events: [[UInt8]]) -> [UInt8] {
    Array("[".utf8) + events.joined(separator: Array(",".utf8)) + Array("]".utf8)
  }

  private static func jsonOrText(_ body: [UInt8]) -> [UInt8] {
    if body.isEmpty { return Array("null".utf8) }
    let isJSON = (try? JSONDecoder().decode(JSONValue.self, from: Data(body))) != nil
    return isJSON ? body : Self.json(String(decoding: body, as: UTF8.self)).payload
  }

  private struct Problem: Codable {
    var status: Int?
    var detail: String
  }

  private struct Body: Decodable {
    var detail: JSONValue
  }

  /// fal's error body, with a detail that is no text written as JSON.
  private static func problem(status: Int, body: [UInt8]) -> HostAnswer {
    let detail: String
    if let known = try? JSONDecoder().decode(Body.self, from: Data(body)).detail {
      detail = known.text ?? String(decoding: Self.json(known).payload, as: UTF8.self)
    } else {
      detail = String(decoding: body.prefix(1_000), as: UTF8.self)
    }
    return HostAnswer(succeeded: false, payload: Self.json(Problem(status: status, detail: detail)).payload)
  }
}
