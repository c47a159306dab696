import ControlAPI
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import Commands

@Suite struct ControlClientTests {
  private func with(
    _ answers: [String: FakeServer.Canned], key: ClientKey? = ClientKey("id:secret", .variable),
    _ body: (ControlClient, FakeServer) async throws -> Void
  ) async throws {
    let server = try await FakeServer(answers)
    try await ControlClient.with(try ServerLocation(server.url, .flag), key: key) { try await body($0, server) }
  }

  private func json(_ value: some Encodable) throws -> String { try Console.jsonLine(value) }

  private static let status = ServerStatus(
    version: "1", owner: "ada", pid: 7, startedAt: 1, url: "http://h", dataFolder: "/d")

  @Test func aCallSendsTheKeyAndReadsTheAnswer() async throws {
    try await with(["GET /v1/status": .init(pieces: [try json(Self.status)])]) { client, server in
      let status = try await client.status()
      #expect(status == Self.status)
      #expect(server.requests.map(\.authorization) == ["Key id:secret"])
    }
  }

  @Test func namesThatNeedItAreEncodedInPathsAndQueries() async throws {
    let list = try json(RunnerList(runners: []))
    try await with(["GET /v1/apps/a%20b/c%2F..%3F/runners": .init(pieces: [list])]) { client, server in
      let calls = AppCalls(client: client, owner: "a b", name: "c/..?", environment: "ä&b")
      let runners = try await calls.runners([.since: "1.5"]).runners
      #expect(runners.isEmpty)
      #expect(
        server.requests[0].uri.hasSuffix("/runners?environment=%C3%A4%26b&since=1%2E5")
          || server.requests[0].uri.hasSuffix("since=1.5"))
    }
  }

  @Test func aProblemIsSaidAsTheServerSaysIt() async throws {
    var problem = APIProblem(code: "app-not-found", message: "there is no app 'x'", fix: "did you mean 'y'?")
    problem.diagnostics = [.init(.error, "unknown-option", "there is no 'keep_alife'")]
    try await with(["GET /v1/nodes": .init(status: 404, pieces: [try json(problem)])]) { client, _ in
      let error = try await #require(throws: CommandError.self) { try await client.nodes() }
      #expect(error == CommandError(problem))
      #expect(error.render(.plain).contains("error[unknown-option]: there is no 'keep_alife'\n"))
      #expect(error.render(.plain).hasSuffix("error: there is no app 'x'\n  help: did you mean 'y'?\n"))
    }
  }

  @Test func aKeyThatIsNotTakenIsNamedByItsPlace() async throws {
    let refusal = FakeServer.Canned(status: 401, pieces: [try json(APIProblem(code: "unauthorized", message: "wrong key"))])
    let places: [(ClientKey?, String, String)] = [
      (ClientKey("k", .variable), "does not take the key from $APOLUNE_KEY: wrong key", "mend or unset $APOLUNE_KEY"),
      (ClientKey("k", .file("/d/owner.key")), "does not take the key in /d/owner.key: wrong key", "--server"),
      (nil, "wants a key, and there is none here", "--data-dir"),
    ]
    for (key, message, fix) in places {
      try await with(["GET /v1/status": refusal], key: key) { client, _ in
        let error = try await #require(throws: CommandError.self) { try await client.status() }
        #expect(error.code == "unauthorized")
        #expect(error.message.contains(message))
        #expect(error.fix?.contains(fix) == true)
        #expect(!"\(error)".contains("secret"))
      }
    }
  }

  @Test func nobodyListeningIsToldApartFromEverythingElse() async throws {
    // A port that was free a moment ago.
    let url = try await FakeServer([:]).url
    try await waitUntilRefused(url)
    for (origin, fix) in [(ServerLocation.Origin.usual, "start one with"), (.variable, "from $APOLUNE_SERVER")] {
      try await ControlClient.with(try ServerLocation(url, origin), key: nil) { client in
        let error = try await #require(throws: CommandError.self) { try await client.status() }
        #expect(error.code == ClientFailure.noServer)
        #expect(error.message == "no server at \(url)")
        #expect(error.fix?.contains(fix) == true, "\(error)")
      }
    }
  }

  /// The listener closes on its own thread.
  private func waitUntilRefused(_ url: String) async throws {
    for _ in 0..<500 {
      do {
        try await ControlClient.with(try ServerLocation(url, .flag), key: nil) { _ = try await $0.status() }
      } catch let error as CommandError where error.code == ClientFailure.noServer {
        return
      } catch {}
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  @Test func aStrangerOnThePortIsNoServer() async throws {
    try await with(["GET /v1/status": .init(status: 200, pieces: ["<html>"])]) { client, _ in
      let error = try await #require(throws: CommandError.self) { try await client.status() }
      #expect(error.code == "not-a-server")
      let other = try await #require(throws: CommandError.self) { try await client.nodes() }
      #expect(other.message.contains("it answered 404"))
    }
  }

  @Test func linesArriveOneByOneHoweverTheyAreCut() async throws {
    let lines = try ["a", "bé", "c"].map { try json(DeployEvent(.log, app: $0, seconds: 1)) }
    let whole = lines[0] + "\n\n" + lines[1] + "\r\n" + lines[2]
    let pieces = Array(whole.utf8).chunked(7).map { String(decoding: $0, as: UTF8.self) }
    let cut = pieces.joined() == whole ? pieces : [whole]
    try await with(["POST /v1/deploys": .init(pieces: cut, pause: .milliseconds(1))]) { client, _ in
      let apps = Mutex<[String]>([])
      try await client.deploy(DeployRequest(script: "a.lua", files: [])) { event in
        apps.withLock { $0.append(event.app) }
        return true
      }
      #expect(apps.withLock { $0 } == ["a", "bé", "c"])
    }
  }

  @Test func aStreamThatBreaksIsToldAfterWhatCameOfIt() async throws {
    let line = try json(DeployEvent(.registered, app: "a", seconds: 1)) + "\n"
    try await with(["POST /v1/deploys": .init(pieces: [line, "{\"kind"], breaks: true)]) { client, _ in
      let count = Mutex(0)
      let error = try await #require(throws: CommandError.self) {
        try await client.deploy(DeployRequest(script: "a.lua", files: [])) { _ in
          count.withLock { $0 += 1 }
          return true
        }
      }
      #expect(error.code == ClientFailure.broken)
      #expect(count.withLock { $0 } == 1)
    }
  }

  @Test func aLineWithoutEndIsGivenUp() async throws {
    let piece = String(repeating: "x", count: 300_000)
    try await with(["POST /v1/deploys": .init(pieces: [piece, piece, piece, piece])]) { client, _ in
      let error = try await #require(throws: CommandError.self) {
        try await client.deploy(DeployRequest(script: "a.lua", files: [])) { _ in true }
      }
      #expect(error.code == "not-a-server")
      #expect(error.message.contains("more than"))
    }
  }

  @Test func cancellingEndsAStreamThatIsQuiet() async throws {
    let line = try json(DeployEvent(.starting, app: "a", seconds: 1)) + "\n"
    try await with(["POST /v1/deploys": .init(pieces: [line], stays: true)]) { client, _ in
      let (came, arrived) = AsyncStream<Void>.makeStream()
      let watching = Task {
        try await client.deploy(DeployRequest(script: "a.lua", files: [])) { _ in
          arrived.yield()
          return true
        }
      }
      for await _ in came { break }
      watching.cancel()
      await #expect(throws: CancellationError.self) { try await watching.value }
    }
  }

  @Test func aFileIsSentInPiecesAndWhole() async throws {
    let path = "/tmp/apolune-upload-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    let content = String(repeating: "0123456789", count: 70_000)
    try Data(content.utf8).write(to: URL(filePath: path))
    defer { unlink(path) }
    try await with(["PUT /v1/blobs/abc": .init(status: 204)]) { client, server in
      try await client.upload("abc", FileChunks(path: path, size: content.utf8.count))
      #expect(server.requests[0].body == content)
    }
  }
}

extension Array {
  fileprivate func chunked(_ size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
