import Foundation
import Testing

extension EndToEndTests {
  /// `apolune deploy` and what comes after it, against a real server with real runners.
  @Suite struct DeployTests {
    /// Answers with its version; `setup` is what runs before it is ready.
    static func script(_ version: Int, options: String = "", setup: String = "") -> String {
      """
      local app = app "tiny" { \(options) }
      function app.setup() print("version \(version) starts") \(setup) end
      app:endpoint("/", function() print("asked") return { version = \(version) } end)
      """
    }

    @Test func anExampleIsDeployedAndItsLineWorksWhenPasted() async throws {
      let server = try await RunningServer()
      let end = try await server.apolune("deploy", Executables.example("hello.lua"))
      #expect(end.status == 0, "\(end.errors)")
      #expect(end.output.contains("/hello is deployed as hello-1, in "), "\(end.output)")
      for phase in ["package", "validate", "register", "switch"] { #expect(end.errors.contains("  \(phase)"), "\(end.errors)") }
      let line = try #require(end.output.split(separator: "\n").first { $0.hasPrefix("  try") }).dropFirst(12)
      let pasted = try await shell(URL(filePath: "/bin/sh"), ["-c", "\(line) -s"])
      #expect(pasted.output == #"{"message":"Hello, world!"}"#)
      let stranger = try await shell(
        URL(filePath: "/bin/sh"), ["-c", "curl -s -o /dev/null -w '%{http_code}' \(server.url)/\(owner(end))/hello -d '{}'"])
      #expect(stranger.output == "401")
      try await server.stop()
    }

    private func owner(_ end: Finished) -> String { String(end.output.prefix { $0 != "/" }) }

    @Test func revisionsRollForwardAndBack() async throws {
      let server = try await RunningServer()
      let script = try server.write("tiny.lua", Self.script(1, options: "strategy = 'rolling'"))
      let first = try await server.json("deploy", script, "--message", "first", "--annotation", "by=test")
      #expect(first["revision"] as? String == "tiny-1")
      #expect(first["status"] as? String == "deployed")
      let path = "/" + (try #require(first["url"] as? String)).dropFirst(server.url.count + 1)
      #expect(try await server.call(path).body == #"{"version":1}"#)
      _ = try server.write("tiny.lua", Self.script(2, options: "strategy = 'rolling'"))
      #expect(try await server.json("deploy", script)["revision"] as? String == "tiny-2")
      #expect(try await server.call(path).body == #"{"version":2}"#)
      let list = try await server.apolune("apps", "list-rev", "tiny")
      #expect(list.output.contains("first by=test"), "\(list.output)\(list.errors)")
      #expect(list.output.contains("tiny-2    main  active"))
      let back = try await server.apolune("apps", "set-rev", "tiny", "1", "--strategy", "rolling")
      #expect(back.status == 0, "\(back.errors)")
      #expect(back.output.hasPrefix("tiny-1 takes the traffic of "), "\(back.output)")
      #expect(try await server.call(path).body == #"{"version":1}"#)
      let active = try await server.apolune("apps", "delete-rev", "tiny-1", "--yes")
      #expect(active.status == 1)
      let gone = try await server.apolune("apps", "delete-rev", "tiny", "2", "--yes")
      #expect(gone.status == 0, "\(gone.errors)")
      let missing = try await server.apolune("apps", "set-rev", "tiny", "2")
      #expect(missing.status == 1)
      #expect(try await server.call(path).body == #"{"version":1}"#)
      let history = try await server.apolune("apps", "history", "tiny")
      #expect(history.output.contains("tiny-2"), "\(history.output)\(history.errors)")
      try await server.stop()
    }

    @Test func aBrokenScriptChangesNothing() async throws {
      let server = try await RunningServer()
      let script = try server.write("tiny.lua", Self.script(1))
      _ = try await server.json("deploy", script)
      let broken = try server.write("broken.lua", "app 'tiny' { keep_alife = 1, command = { 'true' } }")
      let check = try await server.apolune("check", broken)
      let deploy = try await server.apolune("deploy", broken)
      #expect(deploy.status == 1)
      #expect(deploy.errors == check.errors)
      let json = try await server.apolune("deploy", broken, "--json")
      #expect(json.status == 1)
      #expect(json.output.isEmpty)
      #expect(json.errors.contains(#""code" : "script-invalid""#), "\(json.errors)")
      #expect(json.errors.contains(#""code" : "unknown-option""#))
      let revisions = try await server.json("apps", "list-rev", "tiny")["revisions"] as? [Any]
      #expect(revisions?.count == 1)
      try await server.stop()
    }

    @Test func aRevisionThatDoesNotStartLeavesTheOldOneServingAndSaysWhy() async throws {
      let server = try await RunningServer()
      let script = try server.write("tiny.lua", Self.script(1, options: "strategy = 'rolling'"))
      let first = try await server.json("deploy", script)
      let path = "/" + (try #require(first["url"] as? String)).dropFirst(server.url.count + 1)
      _ = try server.write("tiny.lua", Self.script(2, options: "strategy = 'rolling'", setup: "error('no model')"))
      let failed = try await server.apolune("deploy", script)
      #expect(failed.status == 1)
      let lines = failed.errors.split(separator: "\n")
      let cause = try #require(lines.firstIndex { $0.hasPrefix("error: ") }, "\(failed.errors)")
      #expect(lines[cause...].contains { $0.contains("no model") }, "\(failed.errors)")
      #expect(lines[cause...].contains { $0.contains("| version 2 starts") }, "\(failed.errors)")
      #expect(lines.last?.hasPrefix("  help: ") == true)
      #expect(try await server.call(path).body == #"{"version":1}"#)
      try await server.stop()
    }

    @Test func scalingStaysUntilItIsReset() async throws {
      let server = try await RunningServer()
      let script = try server.write("tiny.lua", Self.script(1, options: "keep_alive = '1m'"))
      _ = try await server.json("deploy", script)
      let scaled = try await server.apolune("apps", "scale", "tiny", "--keep-alive", "5m", "--max-multiplexing", "4")
      #expect(scaled.status == 0, "\(scaled.errors)")
      #expect(scaled.output.contains("until the next deploy: max_multiplexing"), "\(scaled.output)")
      let nonsense = try await server.apolune("apps", "scale", "tiny", "--max-concurrency", "-1")
      #expect(nonsense.status != 0)
      let check = try await server.apolune("deploy", script, "--check")
      #expect(check.status == 1)
      #expect(check.output.contains("keep_alive"), "\(check.output)")
      #expect(check.errors.contains("--yes"))
      let again = try await server.apolune("deploy", script, "--check", "--yes")
      #expect(again.output.contains("kept      keep_alive = 5m (the script says 1m)"), "\(again.output)\(again.errors)")
      let reset = try await server.apolune("deploy", script, "--reset-scale")
      #expect(!reset.output.contains("kept"), "\(reset.output)")
      try await server.stop()
    }

    @Test func appsAndEnvironmentsComeAndGo() async throws {
      let server = try await RunningServer()
      let script = try server.write("tiny.lua", Self.script(1))
      #expect(try await server.apolune("apps", "list").output.contains("deploy one with"))
      #expect(try await server.apolune("envs", "create", "staging", "--description", "before main").status == 0)
      let deployed = try await server.json("deploy", script, "--env", "staging", "--auth", "public")
      #expect(deployed["environment"] as? String == "staging")
      let url = try #require(deployed["url"] as? String)
      #expect(url.hasSuffix("/tiny--staging"))
      #expect(try await server.call(String(url.dropFirst(server.url.count))).status == 200)
      #expect(try await server.apolune("apps", "list").output.contains("no apps in main"))
      #expect(try await server.apolune("apps", "list", "--env", "staging").output.contains("tiny  staging"))
      let unasked = try await server.apolune("apps", "delete", "tiny", "--env", "staging")
      #expect(unasked.status == 1)
      #expect(unasked.errors.contains("--yes"))
      #expect(try await server.apolune("apps", "delete", "tiny", "--env", "staging", "--yes").status == 0)
      #expect(try await server.call(String(url.dropFirst(server.url.count))).status == 404)
      #expect(try await server.apolune("environments", "delete", "main", "--yes").status == 1)
      #expect(try await server.apolune("environments", "delete", "staging", "--yes").status == 0)
      #expect(try await !server.apolune("environments", "list").output.contains("staging"))
      let nodes = try await server.apolune("nodes")
      #expect(nodes.output.contains("cores held"), "\(nodes.output)\(nodes.errors)")
      try await server.stop()
    }
  }
}
