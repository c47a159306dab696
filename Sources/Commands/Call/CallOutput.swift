import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore

/// Prints the answer of a call on standard output: on a terminal laid out for reading, elsewhere as the app sent it.
struct CallOutput: Sendable {
  let client: AppClient
  let display: CallDisplay
  let isForReading: Bool

  /// - Throws: `CommandError` for an answer that is no success.
  func show(_ response: HTTPClientResponse) async throws {
    guard (200..<300).contains(response.status.code) else {
      throw client.failure(response, try await client.control.collected(response))
    }
    if response.isEventStream { return try await showEvents(response) }
    if isForReading { return try await showForReading(response) }
    try await pass(response)
  }

  /// Each event's data as a line, when it comes.
  private func showEvents(_ response: HTTPClientResponse) async throws {
    try await client.events(of: response) { event in
      // How the platform ends a stream in which something went wrong.
      if event.name == "error" { throw client.failure(response, Array(event.data.utf8), isInStream: true) }
      display.clear()
      return print(isForReading ? readable(event.data) : event.data + "\n")
    }
  }

  private func showForReading(_ response: HTTPClientResponse) async throws {
    let body = try await client.control.collected(response)
    display.clear()
    guard !body.isEmpty else { return }
    guard let text = String(validating: body, as: UTF8.self) else {
      throw CommandError(
        "answer-not-text", "the answer is no text: \(body.count) bytes of \(response.contentType)",
        fix: "send it to a file: … > FILE")
    }
    print(readable(JSONText(text)?.indented() ?? text))
  }

  private func pass(_ response: HTTPClientResponse) async throws {
    var last: UInt8?
    var iterator = response.body.makeAsyncIterator()
    while let piece = try await client.next(&iterator) {
      display.clear()
      last = piece.readableBytesView.last ?? last
      guard piece.readableBytesView.withUnsafeBytes({ Descriptor.write(bytes: $0, to: STDOUT_FILENO) }) else { return }
    }
    let isText = response.contentType == "application/json" || response.contentType.hasPrefix("text/")
    if isText, let last, last != UInt8(ascii: "\n") { print("\n") }
  }

  /// Harmless to a terminal.
  private func readable(_ text: String) -> String {
    PlainText.lines(text).map { PlainText.escaped($0) }.joined(separator: "\n") + "\n"
  }

  /// False when whoever read this output is gone: so is the reason to go on.
  @discardableResult private func print(_ text: String) -> Bool { Descriptor.write(text, to: STDOUT_FILENO) }
}
