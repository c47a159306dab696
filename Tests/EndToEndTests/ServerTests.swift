import Foundation
import Testing

extension EndToEndTests {
  /// Runners, logs, and the server's own life, as the command line shows them.
  @Suite struct ServerTests {
    private func runners(_ server: RunningServer, _ more: String...) async throws -> [[String: Any]] {
      let end = try await shell(
        Executables.apolune, ["runners", "list", "--json"] + more, environment: server.environment)
      #expect(end.status == 0, "\(end.errors)")
      let list = try #require(JSONSerialization.jsonObject(with: Data(end.output.utf8)) as? [String: Any])
      return list["runners"] as? [[String: Any]] ?? []
    }

    /// Polls: what a server does on its own gives its clients no event.
    private func until(_ condition: () async throws -> Bool) async throws {
      for _ in 0..<300 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(100))
      }
      Issue.record("waited in vain")
    }

    @Test func runnersAreReadStoppedAndKilled() async throws {
      let server = try await RunningServer()
      let script = try server.write("tiny.lua", DeployTests.script(1, options: "min_concurrency = 1"))
      let deployed = try await server.json("deploy", script)
      let path = String(try #require(deployed["url"] as? String).dropFirst(server.url.count))
      let first = try #require(try await runners(server).first?["id"] as? String)
      let following = try Running(
        Executables.apolune, ["runners", "logs", first, "--follow", "--json"], environment: server.environment)
      #expect(await following.line { $0.contains("version 1 starts") } != nil)
      #expect(try await server.call(path).status == 200)
      #expect(await following.line { $0.contains("asked") } != nil)
      let search = try await server.apolune("runners", "logs", first, "--search", "asked", "-n", "5")
      #expect(search.output.contains("asked"), "\(search.output)\(search.errors)")
      #expect(!search.output.contains("starts"))
      let stopped = try await server.apolune("runners", "stop", first, "--replace")
      #expect(stopped.status == 0, "\(stopped.errors)")
      // Its log ends with it.
      #expect(await following.finished().status == 0)
      try await until { try await runners(server, "--state", "idle").contains { $0["id"] as? String != first } }
      let second = try #require(try await runners(server, "--state", "idle").first?["id"] as? String)
      #expect(try await server.apolune("machine", "kill", second).status == 0)
      try await until { try await runners(server, "--state", "idle").contains { $0["id"] as? String != second } }
      let unknown = try await server.apolune("runners", "stop", "nosuchrunner")
      #expect(unknown.status == 1)
      #expect(unknown.errors.contains("nosuchrunner"))
      let table = try await server.apolune("apps", "runners", "tiny")
      #expect(table.output.hasPrefix("Alias  Machine Type  Runner ID"), "\(table.output)\(table.errors)")
      try await server.stop()
    }

    @Test func aServerThatEndsLeavesItsRunnersToTheNext() async throws {
      let server = try await RunningServer()
      let script = try server.write("tiny.lua", DeployTests.script(1, options: "min_concurrency = 1"))
      _ = try await server.json("deploy", script)
      let before = try await runners(server).compactMap { $0["pid"] as? Int }
      #expect(before.count == 1)
      let second = try await server.apolune("server", "--listen", "127.0.0.1:0")
      #expect(second.status == 75)
      server.process.send(SIGTERM)
      #expect(await server.process.finished().status == 0)
      let gone = try await server.apolune("apps", "list")
      #expect(gone.status == 1)
      #expect(gone.errors.contains("apolune server"), "\(gone.errors)")
      let next = try Running(
        Executables.apolune, ["server", "--listen", "127.0.0.1:0", "--json"], environment: server.environment)
      let ready = try #require(await next.line { $0.hasPrefix("{") })
      #expect(ready.contains(#""runnersAdopted":1"#), "\(ready)")
      #expect(try await runners(server).compactMap { $0["pid"] as? Int } == before)
      try await server.stop()
      #expect(await next.finished().status == 0)
      #expect(!before.contains { isAlive(Int32($0)) })
    }

    @Test func theOperatorsFileIsObeyedAndAWrongOneStartsNothing() async throws {
      let folder = try TemporaryFolder()
      let environment = RunningServer.environment(folder.url, folder.url.appending(path: "data").path)
        .merging(["APOLUNE_LISTEN": ""]) { $1 }
      defer { endProcesses(naming: folder.url.path) }
      let right = try folder.write(
        "server.lua", "server { owner = 'ada', listen = '127.0.0.1:0' }\nmachine 'TINY' { cpu = 0.1, memory = '64MB' }")
      let server = try Running(Executables.apolune, ["server", "--config", right, "--json"], environment: environment)
      let ready = try #require(await server.line { $0.hasPrefix("{") })
      #expect(ready.contains(#""owner":"ada""#), "\(ready)")
      let app = try folder.write("tiny.lua", DeployTests.script(1, options: "machine_type = 'TINY'"))
      let deployed = try await shell(Executables.apolune, ["deploy", app], environment: environment)
      #expect(deployed.status == 0, "\(deployed.errors)")
      #expect(deployed.output.contains("ada/tiny is deployed"))
      server.send(SIGINT)
      #expect(await server.finished().status == 0)
      let wrong = try folder.write("wrong.lua", "server { listn = '127.0.0.1:0' }")
      let check = try await shell(Executables.apolune, ["check", wrong], environment: environment)
      let refused = try await shell(Executables.apolune, ["server", "--config", wrong], environment: environment)
      #expect(refused.status == 1)
      #expect(refused.errors == check.errors)
      #expect(refused.errors.contains("did you mean 'listen'?"), "\(refused.errors)")
    }

    @Test func aDeployStartsAServerWhereNoneRunsAndTwoShareIt() async throws {
      let folder = try TemporaryFolder()
      let data = folder.url.appending(path: "data").path
      let environment = RunningServer.environment(folder.url, data)
      defer { endProcesses(naming: folder.url.path) }
      let one = try folder.write("one.lua", DeployTests.script(1).replacing("tiny", with: "one"))
      let two = try folder.write("two.lua", DeployTests.script(2).replacing("tiny", with: "two"))
      async let first = shell(Executables.apolune, ["deploy", one], environment: environment)
      async let second = shell(Executables.apolune, ["deploy", two], environment: environment)
      for end in try await [first, second] {
        #expect(end.status == 0, "\(end.errors)")
        #expect(end.errors.contains("one was started in the background"), "\(end.errors)")
      }
      let list = try await shell(Executables.apolune, ["apps", "list"], environment: environment)
      #expect(list.output.contains("one ") && list.output.contains("two "), "\(list.output)\(list.errors)")
      let third = try await shell(Executables.apolune, ["deploy", one], environment: environment)
      #expect(!third.errors.contains("background"))
      let stop = try await shell(Executables.apolune, ["server", "stop", "--runners"], environment: environment)
      #expect(stop.status == 0, "\(stop.errors)")
      let status = try await shell(Executables.apolune, ["server", "status"], environment: environment)
      #expect(status.status == 1)
    }

    @Test func controlCLeavesTheRolloutGoing() async throws {
      let server = try await RunningServer()
      let script = try server.write("tiny.lua", DeployTests.script(1, options: "strategy = 'rolling'"))
      _ = try await server.json("deploy", script)
      _ = try server.write("tiny.lua", DeployTests.script(2, options: "strategy = 'rolling'", setup: "sleep(2)"))
      let deploy = try Running(Executables.apolune, ["deploy", script], environment: server.environment)
      #expect(await deploy.errorLine { $0.hasPrefix("  register") } != nil)
      deploy.send(SIGINT)
      let end = await deploy.finished()
      #expect(end.status == 130)
      #expect(end.errors.contains("the rollout of tiny-2 goes on"), "\(end.errors)")
      #expect(end.errors.contains("apolune apps set-rev tiny"))
      try await until { try await server.apolune("apps", "list").output.contains("tiny-2") }
      try await server.stop()
    }
  }
}
