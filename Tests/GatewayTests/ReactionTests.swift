import EngineCore
import Gateway
import Glibc
import RunnerProtocol
import Testing

@Suite(.serialized) struct ReactionTests {
  private func onProgram(timeout: Double = 3600, _ body: (Stage, FakeProgram) async throws -> Void) async throws {
    let program = try await FakeProgram()
    try await onStage { stage in
      stage.route(command: true)
      try await stage.runner(port: program.port) {
        $0.role = .command
        $0.requestTimeoutSeconds = timeout
      }
      try await body(stage, program)
    }
    // A test may have closed it.
    try? await program.close()
  }

  private func reason(_ stage: Stage) -> String? {
    stage.events.withLock { events in
      for case .unhealthy(let report) in events[RunnerID("one")] ?? [] { return report.code }
      return nil
    }
  }

  @Test func aRunnerThatAsksToStopGetsNoOtherRequest() async throws {
    try await onProgram { stage, _ in
      let reply = try await stage.post("/x", headers: "X-Say: x-fal-stop-runner=true\r\n")
      #expect(reply.status == 200)
      #expect(reply.headers["x-fal-stop-runner"] == nil)
      try await until("it is told") { stage.count("one") { $0 == .stopWanted } == 1 }
      let client = try await stage.client()
      try await client.post("/me/app/x")
      try await until("it waits") { stage.demand?.queued == 1 }
    }
  }

  /// A socket that listens and whose queue of connections is full: whoever connects waits.
  private func deafPort() -> (port: Int, sockets: [Int32]) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var sockets = [listener]
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        bind(listener, name, length)
        listen(listener, 0)
        getsockname(listener, name, &length)
        for _ in 0..<4 {
          let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
          connect(client, name, length)
          sockets.append(client)
        }
      }
    }
    return (Int(UInt16(bigEndian: address.sin_port)), sockets)
  }

  @Test func aProgramThatTakesNoConnectionInTimeIsReplaced() async throws {
    let (port, sockets) = deafPort()
    defer { for socket in sockets { close(socket) } }
    var configuration = GatewayConfiguration()
    configuration.connectMilliseconds = 100
    try await onStage(configuration) { stage in
      stage.route(command: true)
      try await stage.runner(port: port) { $0.role = .command }
      let reply = try await stage.post("/x")
      #expect(reply.status == 503)
      #expect(reply.headers["x-fal-error-type"] == "runner_connection_timeout")
      try await until("it is told") { reason(stage) == "connection-refused" }
    }
  }

  @Test func aRunnerThatAsksForNothingIsKept() async throws {
    try await onProgram { stage, _ in
      for word in ["x-fal-stop-runner=false", "x-fal-needs-retry=1", "x-fal-billable-units=2"] {
        let reply = try await stage.post("/x", headers: "X-Say: \(word)\r\n")
        #expect(reply.headers["x-fal-needs-retry"] == nil)
        #expect(reply.headers["x-fal-billable-units"] == (word.contains("billable") ? "2" : nil))
      }
      #expect(stage.count("one") { $0 == .stopWanted } == 0)
    }
  }

  @Test func aRunnerWhoseAppAnswers503IsReplaced() async throws {
    try await onProgram { stage, _ in
      let reply = try await stage.post("/503")
      #expect(reply.status == 503)
      try await until("it is told") { reason(stage) == "answered-503" }
    }
  }

  @Test func anErrorOfAnAppThatTakesConnectionsChangesNothing() async throws {
    try await onProgram { stage, _ in
      let replies = [try await stage.post("/unwell"), try await stage.post("/x")]
      #expect(replies.map(\.status) == [500, 200])
      #expect(reason(stage) == nil)
    }
  }

  @Test func aProgramThatRefusesConnectionsIsReplaced() async throws {
    try await onProgram { stage, program in
      try await program.close()
      let reply = try await stage.post("/x")
      #expect(reply.headers["x-fal-error-type"] == "runner_connection_refused")
      try await until("it is told") { reason(stage) == "connection-refused" }
    }
  }

  @Test func aRequestThatTakesTooLongStopsItsRunner() async throws {
    try await onProgram(timeout: 0.1) { stage, _ in
      let reply = try await stage.post("/hold")
      #expect(reply.headers["x-fal-error-type"] == "request_timeout")
      try await until("it is told") { stage.count("one") { $0 == .stopWanted } == 1 }
    }
  }

  @Test func aRequestGoesToTheRunnerThatKnowsItsHint() async throws {
    let programs = [try await FakeProgram(), try await FakeProgram()]
    try await onStage { stage in
      stage.route(command: true)
      for (index, program) in programs.enumerated() {
        try await stage.runner("r\(index)", port: program.port) { $0.role = .command }
      }
      // In turn: each says what it is good for.
      for _ in 0..<2 { _ = try await stage.post("/x", headers: "X-Say: x-fal-runner-hints=red\r\n") }
      let reply = try await stage.post("/x", headers: "X-Say: x-fal-runner-hints=a, blue\r\n")
      #expect(reply.headers["x-fal-runner-hints"] == "a, blue")
      let before = programs.map { $0.seen.withLock { $0.heads.count } }
      for _ in 0..<4 { _ = try await stage.post("/x", headers: "X-Fal-Runner-Hint: blue\r\n") }
      let added = zip(programs, before).map { program, count in program.seen.withLock { $0.heads.count } - count }
      #expect(added.sorted() == [0, 4])
      #expect(before[added.firstIndex(of: 4) ?? 0] == 2)
      for _ in 0..<4 { _ = try await stage.post("/x", headers: "X-Fal-Runner-Hint: green\r\n") }
      let after = programs.map { $0.seen.withLock { $0.heads.count } }
      // A hint that nobody knows is no hint: both get their turn.
      #expect(zip(after, zip(before, added)).allSatisfy { $0 - $1.0 - $1.1 == 2 })
    }
    for program in programs { try await program.close() }
  }

  @Test func oneFailureOfACheckThatTheAppAskedForIsEnough() async throws {
    try await onStage { stage in
      let program = try await FakeProgram()
      stage.route(command: true)
      try await stage.runner(port: program.port) {
        $0.role = .command
        $0.healthPath = "/unwell"
        $0.healthRegularly = false
        $0.healthStartSeconds = 3600
      }
      _ = try await stage.post("/x", headers: "X-Say: x-fal-runner-health-check=1\r\n")
      try await until("it is told") { reason(stage) == "unhealthy" }
      try await program.close()
    }
  }
}
