import Gateway
import RunnerProtocol
import Testing

@Suite(.serialized) struct ConsoleTests {
  func onConsole(_ body: (ConsoleLink, FakeRunner) async throws -> Void) async throws {
    try await onStage { stage in
      let runner = try await FakeRunner()
      stage.runners.withLock { $0.append(runner) }
      let launch = LaunchSpec(role: .console, bundle: "/", script: "a.lua", app: "app", runnerID: "c")
      let console = try await stage.gateway.openConsole(socket: runner.socket, launch: launch) { call in
        HostAnswer(succeeded: true, payload: Array("answer to \(call.name)".utf8))
      }
      try await body(console, runner)
      console.close()
    }
  }

  @Test func whatIsTypedIsEvaluated() async throws {
    try await onConsole { console, runner in
      #expect(runner.seen.withLock { $0.launch?.role } == .console)
      let first = try await console.evaluate("1 + 1")
      let second = try await console.evaluate("2")
      #expect([first, second] == [Evaluation(.value, text: "1 + 1"), Evaluation(.value, text: "2")])
    }
  }

  @Test func theConsoleAsksItsHost() async throws {
    try await onConsole { console, runner in
      let answer = try await console.evaluate("ask")
      #expect(answer == Evaluation(.value, text: "answer to runners"))
      #expect(runner.seen.withLock { $0.hostAnswers.count } == 1)
    }
  }

  @Test func aLoopCanBeInterrupted() async throws {
    try await onConsole { console, _ in
      let loop = Task { try await console.evaluate("loop") }
      try await Task.sleep(for: .milliseconds(50))
      console.interrupt()
      #expect(try await loop.value == Evaluation(.error, text: "interrupted"))
      let cancelled = Task { try await console.evaluate("loop") }
      try await Task.sleep(for: .milliseconds(50))
      cancelled.cancel()
      #expect(try await cancelled.value == Evaluation(.error, text: "interrupted"))
    }
  }

  @Test func aConsoleThatDiesIsATypedError() async throws {
    try await onConsole { console, _ in
      await #expect(throws: GatewayError.closed) { try await console.evaluate("die") }
      await #expect(throws: GatewayError.closed) { try await console.evaluate("1") }
    }
  }

  @Test func aConsoleThatCannotStartIsATypedError() async throws {
    try await onStage { stage in
      let launch = LaunchSpec(role: .console, bundle: "/", script: "a.lua", app: "app", runnerID: "c")
      await #expect {
        try await stage.gateway.openConsole(socket: "/tmp/nobody-listens-here", launch: launch) { _ in
          HostAnswer(succeeded: false, payload: [])
        }
      } throws: { ($0 as? GatewayError)?.code == "runner-unreachable" }
      let runner = try await FakeRunner(FakeRunner.Habits(readyAtOnce: false))
      stage.runners.withLock { $0.append(runner) }
      let opening = Task {
        try await stage.gateway.openConsole(socket: runner.socket, launch: launch) { _ in
          HostAnswer(succeeded: false, payload: [])
        }
      }
      try await until("launch") { runner.seen.withLock { $0.launch != nil } }
      runner.onConnection { $0.send(.failed, flush: true) { $0 += Array(#"{"code":"c","message":"m"}"#.utf8) } }
      await #expect(throws: GatewayError.launchFailed(FailureReport(code: "c", message: "m"))) { try await opening.value }
    }
  }
}
