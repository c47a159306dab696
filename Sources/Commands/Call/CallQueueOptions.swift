import ArgumentParser
import ControlAPI

/// How a call goes through the queue.
struct CallQueueOptions: ParsableArguments {
  enum Priority: String, CaseIterable, ExpressibleByArgument {
    case normal
    case low
  }

  @Flag(help: "Send it through the queue: it is kept until it has a result, and tried again when a runner fails.")
  var queue = false
  @Flag(help: "Do not wait: print the request's id and addresses.") var detach = false
  @Option(help: "normal (default), or low: after all that are normal.") var priority: Priority?
  @Option(help: .init("An address that is sent the result.", valueName: "url")) var webhook: String?
  @Flag(help: "Try it once only.") var noRetry = false
  @Option(help: .init("Submitting again with the same key gives the same request.", valueName: "key")) var idempotencyKey: String?

  func validate() throws {
    guard !queue else { return }
    let others = [
      ("--detach", detach), ("--priority", priority != nil), ("--webhook", webhook != nil), ("--no-retry", noRetry),
      ("--idempotency-key", idempotencyKey != nil),
    ]
    if let first = others.first(where: \.1) { throw ValidationError("\(first.0) goes with --queue.") }
  }

  var headers: [(String, String)] {
    var headers: [(String, String)] = []
    if let priority { headers.append(("x-fal-queue-priority", priority.rawValue)) }
    if noRetry { headers.append(("x-fal-no-retry", "1")) }
    if let idempotencyKey { headers.append(("idempotency-key", idempotencyKey)) }
    return headers
  }

  /// With its question mark; empty when there is none.
  var query: String { webhook.map { "?fal_webhook=\(ControlPath.encoded($0))" } ?? "" }
}
