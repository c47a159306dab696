import ControlAPI
import Testing

@testable import Commands

@Suite struct QueueCommandTests {
  private static let queue = QueueInfo(
    size: 3, running: 1, byUser: [QueueUser(user: "bob", size: 2), QueueUser(user: "", size: 1)])

  @Test func theSizeIsALineAndATableWhereItIsWanted() {
    #expect(QueueSizeCommand.text(Self.queue, byUser: false, .plain) == "3 wait, 1 in progress\n")
    #expect(
      QueueSizeCommand.text(Self.queue, byUser: true, .plain)
        == "3 wait, 1 in progress\nUser      Waiting\nbob             2\n(no key)        1\n")
    let one = QueueInfo(size: 1, running: 0, byUser: [])
    #expect(QueueSizeCommand.text(one, byUser: true, .plain) == "1 waits, 0 in progress\n")
  }

  @Test func theQueueOfAnAppIsAskedForAndFlushed() async throws {
    let server = try await FakeServer([
      "GET /v1/apps/ada/words/queue": .init(pieces: [try Console.jsonLine(Self.queue)]),
      "DELETE /v1/apps/ada/words/queue": .init(pieces: [try Console.jsonLine(QueueFlush(flushed: 2))]),
    ])
    try await ControlClient.with(try ServerLocation(server.url, .flag), key: nil) { client in
      let calls = AppCalls(client: client, owner: "ada", name: "words", environment: "lab")
      let queue = try await calls.queue()
      #expect(queue == Self.queue)
      let flushed = try await calls.flushQueue(of: "b b").flushed
      #expect(flushed == 2)
    }
    #expect(server.requests.map(\.uri).last == "/v1/apps/ada/words/queue?environment=lab&user=b%20b")
  }
}
