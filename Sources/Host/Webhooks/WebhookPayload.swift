import FoundationEssentials
import Queueing

/// What a webhook says of a request that has ended, as fal says it.
enum WebhookPayload {
  /// A larger result is fetched from the queue: as many as are sent at once have theirs in memory.
  static let resultBytesMax = 4 << 20

  static let notJSON =
    "Response payload is not JSON serializable. Either return a JSON serializable object or use the queue endpoint to retrieve the response."
  static let tooLarge =
    "Response payload is larger than \(resultBytesMax) bytes. Use the queue endpoint to retrieve the response."

  static func bytes(id: String, _ outcome: QueueOutcome) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let id = try text(id)
    bytes += Array("{\"request_id\":".utf8) + id + Array(",\"gateway_request_id\":".utf8) + id
    bytes += Array(",\"status\":\"\(outcome.isSuccess ? "OK" : "ERROR")\"".utf8)
    if !outcome.isSuccess { bytes += Array(",\"error\":".utf8) + (try text(error(outcome))) }
    let (payload, problem) = payload(outcome.body)
    bytes += Array(",\"payload\":".utf8) + payload
    if let problem { bytes += Array(",\"payload_error\":".utf8) + (try text(problem)) }
    return bytes + Array("}".utf8)
  }

  /// Of the app's own, the status; of the platform's, its name.
  private static func error(_ outcome: QueueOutcome) -> String {
    outcome.errorType.isEmpty ? "Invalid status code: \(outcome.status)" : outcome.errorType
  }

  /// Nothing at all is no problem: an app may have nothing to say.
  private static func payload(_ body: [UInt8]) -> ([UInt8], problem: String?) {
    let nothing = Array("null".utf8)
    if body.isEmpty { return (nothing, nil) }
    guard body.count <= resultBytesMax else { return (nothing, tooLarge) }
    return JSONSyntax.isValue(body) ? (body, nil) : (nothing, notJSON)
  }

  private static func text(_ text: String) throws -> [UInt8] { Array(try JSONEncoder().encode(text)) }
}
