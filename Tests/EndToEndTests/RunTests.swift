import Foundation
import Testing

extension EndToEndTests {
  /// `apolune run` from its start to an end of any kind.
  @Suite struct RunTests {
    static let tiny = """
      local app = app "tiny" { max_concurrency = 1, request_timeout = "5s" }
      app:endpoint("/", function(input) return { version = 1 } end)
      app:endpoint("/hang", function() sleep(60) end)
      app:endpoint("/throw", function() error("on purpose") end)
      app:endpoint("/loop", function() while true do end end)
      app:endpoint("/function", function() return print end)
      app:endpoint("/large", function() return ("x"):rep(100000000) end)
      """

    @Test func controlCEndsEverything() async throws {
      let folder = try TemporaryFolder()
      let app = try await RunningApp(try folder.write("tiny.lua", Self.tiny), environment: ["XDG_RUNTIME_DIR": folder.url.path])
      let runners = try app.runnerPIDs()
      #expect(runners.count == 1)
      let end = await app.stop()
      #expect(end.status == 0)
      #expect(!runners.contains(where: isAlive))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "apolune").path)
      #expect(left.filter { $0.hasPrefix("run-") }.isEmpty)
    }

    @Test func noRunnerOutlivesAKilledHostByMoreThanTwoSeconds() async throws {
      let folder = try TemporaryFolder()
      let app = try await RunningApp(try folder.write("tiny.lua", Self.tiny), environment: ["XDG_RUNTIME_DIR": folder.url.path])
      let runners = try app.runnerPIDs()
      #expect(runners.count == 1)
      app.process.send(SIGKILL)
      _ = await app.process.finished()
      #expect(await allEnded(runners, within: .seconds(2)))
      // The next start removes what the killed one left.
      let next = try await RunningApp(try folder.write("tiny.lua", Self.tiny), environment: ["XDG_RUNTIME_DIR": folder.url.path])
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "apolune").path)
      #expect(left.filter { $0.hasPrefix("run-") }.count == 1)
      _ = await next.stop()
    }

    @Test func theProgramOfACommandAppEndsWithAKilledHost() async throws {
      let app = try await RunningApp(Executables.example("command/app.lua"))
      let runners = try app.runnerPIDs()
      let programs = try runners.flatMap(processes(childrenOf:))
      #expect(!programs.isEmpty)
      app.process.send(SIGKILL)
      _ = await app.process.finished()
      #expect(await allEnded(runners + programs, within: .seconds(2)))
    }

    @Test func aKilledRunnerAnswers503AndTheNextRequestIsServed() async throws {
      let folder = try TemporaryFolder()
      let app = try await RunningApp(try folder.write("tiny.lua", Self.tiny))
      let runner = try #require(try app.runnerPIDs().first)
      async let hanging = app.call("/hang")
      // The request is on its way when a second one has to wait for the only slot.
      try await Task.sleep(for: .milliseconds(300))
      kill(runner, SIGKILL)
      let cut = try await hanging
      #expect(cut.status == 503)
      #expect(cut.body.contains("runner_disconnected"))
      let next = try await app.call()
      #expect(next.status == 200)
      #expect(try app.runnerPIDs() != [runner])
      _ = await app.stop()
    }

    @Test(arguments: [
      ("/throw", 500, "Internal Server Error"), ("/loop", 504, "request_timeout"), ("/function", 500, "detail"),
      ("/large", 500, "large"), ("/nowhere", 404, "Path /nowhere not found"),
    ])
    func aHandlerThatMisbehavesGetsATypedAnswer(path: String, status: Int, text: String) async throws {
      let folder = try TemporaryFolder()
      let app = try await RunningApp(try folder.write("tiny.lua", Self.tiny))
      let answer = try await app.call(path)
      #expect(answer.status == status)
      #expect(answer.body.contains(text), "\(answer.body.prefix(300))")
      #expect(try await app.call().status == 200)
      _ = await app.stop()
    }

    @Test func savingReloadsAndABrokenScriptLeavesTheOldOneServing() async throws {
      let folder = try TemporaryFolder()
      let script = try folder.write("tiny.lua", Self.tiny)
      let app = try await RunningApp(script)
      try folder.write("tiny.lua", Self.tiny.replacing("version = 1", with: "version = 2"))
      let reloaded = await app.process.line { $0.contains(#""event":"reloaded""#) }
      #expect(reloaded?.contains("tiny.lua") == true)
      #expect(try await app.call().body == #"{"version":2}"#)
      try folder.write("tiny.lua", "local app = app 'tiny' { machine_typo = 'S' }")
      let failed = await app.process.line { $0.contains(#""event":"reload_failed""#) }
      #expect(failed?.contains("unknown-option") == true)
      #expect(try await app.call().body == #"{"version":2}"#)
      _ = await app.stop()
    }

    @Test func anAppThatAReloadMakesPrivateIsClosedAtOnce() async throws {
      let folder = try TemporaryFolder()
      let app = try await RunningApp(try folder.write("tiny.lua", Self.tiny))
      #expect(try await app.call().status == 200)
      try folder.write("tiny.lua", Self.tiny.replacing("max_concurrency = 1", with: "auth = 'private'"))
      _ = await app.process.line { $0.contains(#""event":"reloaded""#) }
      #expect(try await app.call().status == 401)
      _ = await app.stop()
    }

    @Test func aPortInUseIsAClearError() async throws {
      let folder = try TemporaryFolder()
      let script = try folder.write("tiny.lua", Self.tiny)
      let first = try await RunningApp(script)
      let port = try #require(URL(string: first.url)?.port)
      let second = try await shell(Executables.apolune, ["run", script, "--no-repl", "--port", "\(port)"])
      #expect(second.status == 1)
      #expect(second.errors.contains("port \(port)"))
      _ = await first.stop()
    }

    @Test func aPrivateAppNeedsThePrintedKey() async throws {
      let folder = try TemporaryFolder()
      let app = try await RunningApp(try folder.write("tiny.lua", Self.tiny), ["--auth", "private"])
      #expect(try await app.call().status == 401)
      _ = await app.stop()
    }

    private func allEnded(_ pids: [Int32], within limit: Duration) async -> Bool {
      let end = ContinuousClock.now + limit
      while pids.contains(where: isAlive) {
        guard ContinuousClock.now < end else { return false }
        // There is no event for the end of a process that is not ours.
        try? await Task.sleep(for: .milliseconds(20))
      }
      return true
    }
  }
}
