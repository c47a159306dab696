import AsyncHTTPClient
import NIOCore
import NIOPosix

/// Sends one webhook, and says whether it was taken.
struct WebhookSender: Sendable {
  /// fal's.
  static let timeLimit = TimeAmount.seconds(15)
  private static let connectLimit = TimeAmount.seconds(5)
  /// Of an answer, which nobody looks at: so much is read that the connection can be used again.
  private static let answerBytesMax = 64 << 10
  /// Of an error's text.
  private static let problemLengthMax = 300

  private let client: HTTPClient
  private let timeLimit: TimeAmount

  private init(client: HTTPClient, timeLimit: TimeAmount) {
    self.client = client
    self.timeLimit = timeLimit
  }

  /// Opens a client for `body` only.
  static func with(timeLimit: TimeAmount, _ body: @Sendable (WebhookSender) async -> Void) async throws {
    // A redirect would lead to a server that nobody looked at.
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout = .init(connect: min(Self.connectLimit, timeLimit), read: timeLimit)
    configuration.httpVersion = .http1Only
    // When to try again is the schedule's decision.
    configuration.connectionPool.retryConnectionEstablishment = false
    try await HTTPClient.withHTTPClient(configuration: configuration) { client in
      await body(WebhookSender(client: client, timeLimit: timeLimit))
    }
  }

  /// - Returns: why it was not taken; nil: it was.
  /// - Throws: `CancellationError`; whether it was taken is not known then.
  func post(_ url: String, _ headers: [(String, String)], _ body: [UInt8]) async throws -> String? {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "User-Agent", value: "apolune-webhook")
    request.headers.add(contentsOf: headers)
    request.body = .bytes(body)
    do {
      let response = try await client.execute(request, timeout: timeLimit)
      guard (200..<300).contains(response.status.code) else { return "the receiver answered \(response.status.code)" }
      await drain(response)
      return nil
    } catch {
      guard !Task.isCancelled else { throw CancellationError() }
      return problem(error)
    }
  }

  /// It was taken, whatever comes now.
  private func drain(_ response: HTTPClientResponse) async {
    do {
      _ = try await response.body.collect(upTo: Self.answerBytesMax)
    } catch {
      // The connection is closed.
    }
  }

  private func problem(_ error: any Error) -> String {
    switch error {
    case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout || error == .connectTimeout:
      "the receiver did not answer within \(timeLimit.nanoseconds / 1_000_000) ms"
    case is NIOConnectionError, is IOError: "the receiver cannot be reached: \("\(error)".prefix(Self.problemLengthMax))"
    default: "the receiver did not answer: \("\(error)".prefix(Self.problemLengthMax))"
    }
  }
}
