import EngineCore
import FoundationEssentials
import NIOCore
import NIOHTTP1
import RunnerProtocol
import Testing

@testable import Gateway

/// Random and damaged bytes from clients, programs and runners. Two seconds each in every test run; `scripts/fuzz-gateway N`
/// runs N rounds from another seed.
@Suite(.serialized) struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let rounds = environment["APOLUNE_FUZZ_ROUNDS"].flatMap { Int($0) }
  private static let seed = environment["APOLUNE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  /// Runs `body` for the rounds that were asked for, or for two seconds.
  private func fuzz(_ body: (inout Mutator, Int) async throws -> Void) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(2)
    var round = 0
    while Self.rounds.map({ round < $0 }) ?? (clock.now < end) {
      var mutator = Mutator(seed: Self.seed &+ UInt64(round))
      try await body(&mutator, round)
      round += 1
    }
  }

  /// Of this process: gateway, clients and programs.
  private static func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return try #require(Int(text.split(separator: " ")[1])) * 4096
  }

  /// Nothing is left of what came before, by the gateway's own count, and a good request is served.
  private func expectSound(_ stage: Stage, _ path: String, round: Int) async throws {
    let reply = try await stage.post(path)
    #expect(reply.status == 200, "after round \(round) of seed \(Self.seed)")
    try await until("nothing is left after round \(round) of seed \(Self.seed)") {
      guard let app = await stage.gateway.appFigures().first(where: { $0.app == Stage.app }),
        let all = await stage.gateway.figures()
      else {
        return false
      }
      return app.waiting == 0 && app.running == 0 && all.bodyBytes == 0 && all.connections <= 1
    }
  }

  private static let requests = [
    "POST /me/app HTTP/1.1\r\nHost: h\r\nContent-Length: 13\r\n\r\n{\"a\":[1,2,3]}",
    "POST /me/app/x?a=1&b=%20 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n{\"a\":\r\n2\r\n1}\r\n0\r\nT: t\r\n\r\n",
    "POST /me/app/stream HTTP/1.1\r\nHost: h:1\r\nX-Fal-Request-Timeout: 5.0\r\nX-Fal-Runner-Hint: a\r\nContent-Length: 2\r\n\r\n20",
    "GET /me/app/chunks HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /health HTTP/1.1\r\nHost: h\r\n\r\n",
    "OPTIONS http://h/me/app HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
    "GET /me/app/ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
      + "Sec-WebSocket-Version: 13\r\n\r\n",
    "POST /queue/me/app HTTP/1.1\r\nHost: queue.h\r\nAuthorization: Key a:b\r\nContent-Length: 2\r\n\r\n{}",
    "GET /queue/me/app/requests/00000000-0000-4000-8000-000000000000/status?logs=1 HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /v1/apps HTTP/1.1\r\nHost: rest.h\r\n\r\nHEAD /me/app/late HTTP/1.1\r\nHost: files.h\r\n\r\n",
  ].map { Array($0.utf8) }

  private static let pieces = [
    "\r\n", "\r\n\r\n", "\n", "\r", " ", "\t", ":", ";", ",", "?", "%", "/", "\0", "\u{ff}", "0\r\n\r\n", "ffffffff\r\n",
    "chunked",
    "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: x\r\n", "HTTP/1.1", "GET ", "POST ", "-1", "99999999999",
    "Connection: close\r\n", "Upgrade: h2c\r\n", "X: \(String(repeating: "y", count: 5_000))\r\n",
  ].map { Array($0.utf8) }

  @Test(arguments: [false, true]) func damagedRequestsHarmNobody(command: Bool) async throws {
    let program = try await FakeProgram()
    var configuration = GatewayConfiguration()
    configuration.demandMilliseconds = 1
    try await onStage(configuration) { stage in
      stage.route(command: command)
      try await stage.runner(slots: 100, port: command ? program.port : nil) { $0.role = command ? .command : .endpoints }
      let before = try Self.residentBytes()
      try await fuzz { mutator, round in
        let client = try await stage.client()
        var bytes = mutator.damaged(Self.requests, with: Self.pieces)[...]
        while !bytes.isEmpty {
          let piece = bytes.prefix(mutator.number(1...400))
          client.sendLater(bytes: Array(piece))
          bytes = bytes.dropFirst(piece.count)
          if mutator.number(0...3) == 0 { await Task.yield() }
        }
        if mutator.number(0...1) == 0 {
          let limit = ContinuousClock.now + .milliseconds(20)
          while client.received.isEmpty, !client.isClosed, ContinuousClock.now < limit { await Task.yield() }
        }
        client.close()
        if round % 500 == 499 { try await expectSound(stage, command ? "/x" : "/", round: round) }
      }
      try await expectSound(stage, command ? "/x" : "/", round: -1)
      let grown = try Self.residentBytes() - before
      #expect(grown < 64 << 20, "memory grew by \(grown) bytes")
    }
    try await program.close()
  }

  private static let frames: [[UInt8]] = {
    var frames: [[UInt8]] = []
    for kind in FrameKind.allCases {
      var bytes: [UInt8] = []
      bytes.append(frame: kind, stream: 1) { AnswerHead(status: 200, headers: [.init("a", "b")]).write(to: &$0) }
      bytes.append(frame: .answer, stream: 1) {
        AnswerHead(status: 200, headers: [.init("x-fal-runner-hints", "a,b")]).write(to: &$0)
        $0 += "{}".utf8
      }
      frames.append(bytes)
    }
    return frames
  }()

  @Test func damagedFramesEndTheirRunnerOnly() async throws {
    try await onStage { stage in
      stage.route()
      try await fuzz { mutator, round in
        let runner = try await stage.runner("r\(round)")
        let client = try await stage.client()
        try await client.post("/me/app/hold")
        try await until("it has the request") { runner.seen.withLock { $0.requests.count == 1 } }
        let bytes = mutator.damaged(Self.frames, with: [[0], [0xff], [1, 0, 0, 0], [67], [68], [69]])
        runner.onConnection { $0.say(bytes) }
        // What it said may have been an answer, may be the beginning of a frame, or ends it.
        let limit = ContinuousClock.now + .milliseconds(20)
        while client.received.isEmpty, ContinuousClock.now < limit { await Task.yield() }
        client.close()
        runner.die()
        try await until("it is gone") { stage.saw("r\(round)") { if case .closed = $0 { true } else { false } } }
      }
      try await stage.runner("good")
      try await expectSound(stage, "/", round: -1)
    }
  }

  /// Only faults may come out, which are what the client is told.
  private static func readForQueue(_ text: String) throws {
    for method in [HTTPMethod.POST, .GET, .PUT] { _ = QueueCall(method, path: text) }
    let fields = QueryFields(text)
    #expect(fields.without([]).isEmpty == fields.fields.isEmpty)
    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: text)
    for name in ["x-fal-queue-priority", "x-fal-no-retry", "x-fal-retry-config", "x-fal-store-io", "idempotency-key"] {
      head.headers.add(name: name, value: text)
    }
    do {
      _ = try Submission(head, path: "/", query: text)
    } catch {
      #expect((400..<500).contains(error.status))
    }
  }

  @Test func damagedTargetsAreTakenApartOrRefused() async throws {
    let seeds = [
      "/me/app/a/b?c=1&d=%20", "/queue/me/app/requests/1/status?logs=1", "http://h:80/me/app", "/v1/apps", "/files/a/b", "*",
      "queue.h:80", "[::1]:443", "/health", "/.well-known/x", "fal.run:443",
    ].map { Array($0.utf8) }
    try await fuzz { mutator, _ in
      for _ in 0..<100 {
        let text = String(decoding: mutator.damaged(seeds, with: Self.pieces), as: UTF8.self)
        for role in [HostRole(host: text), .run, .queue, .rest, .files] {
          let target = RequestTarget(text, role: role)
          #expect(target.query.isEmpty || target.query.utf8.first == UInt8(ascii: "?"))
          switch target.place {
          case .app(let key, let path), .queue(let key, let path):
            #expect(path.utf8.first == UInt8(ascii: "/") && key.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 1)
          case .control(let path), .rest(let path), .files(let path): #expect(path.utf8.first == UInt8(ascii: "/"))
          case .gatewayHealth, .metrics, .nothing: break
          }
        }
        try Self.readForQueue(text)
        _ = ConnectTarget(text, tlsPort: 1)
        _ = ProgramCancel.path(text)
        _ = text.authorityOfTarget?.isAuthority
        let notes = AnswerNotes(
          AnswerHead(status: 500, headers: [.init("x-fal-runner-hints", text), .init("x-fal-billable-units", text)]))
        #expect(notes.billableUnits.map { $0 >= 0 && $0.isFinite } ?? true)
        #expect(notes.hints?.count ?? 0 <= AnswerNotes.hintsMax)
      }
    }
  }
}
