import Foundation
import Testing

extension EndToEndTests {
  /// `apolune call` against a real server with real runners.
  @Suite struct CallTests {
    static let script = """
      local app = app "echo" { keep_alive = "60s" }
      app:endpoint("/", function(input)
        if input.sleep then print("sleeping") sleep(input.sleep) end
        return input.text and { text = input.text } or fail(422, "text is missing")
      end)
      app:endpoint("/count", { stream = true }, function(input, request)
        for n = 1, input.to do request:send { n = n } end
        if input.breaks then error("lost count") end
      end)
      """

    @Test func anAppIsCalledWithArgumentsAndItsAnswerPrinted() async throws {
      let server = try await RunningServer()
      _ = try await server.json("deploy", try server.write("echo.lua", Self.script))
      let called = try await server.apolune("call", "echo", "text[moon]=1", "text[sun][]=a b")
      #expect(called.output == #"{"text":{"moon":1,"sun":["a b"]}}"# + "\n", "\(called.errors)")
      #expect(called.status == 0)
      #expect(called.errors.isEmpty)
      let whole = try await server.apolune("call", "echo", "--input", "-", input: #"{"text": 7}"#)
      #expect(whole.output == #"{"text":7}"# + "\n", "\(whole.errors)")
      let refused = try await server.apolune("call", "echo")
      #expect(refused.status == 1)
      #expect(refused.errors.hasPrefix("error: ") && refused.errors.contains("answered 422: text is missing\n  request "))
      let json = try await server.apolune("call", "echo", "--json")
      #expect(json.errors.contains(#""code" : "status-422""#), "\(json.errors)")
      let unknown = try await server.apolune("call", "nobody/echo")
      #expect(unknown.errors.contains(#"Application "nobody/echo" not found"#), "\(unknown.errors)")
      try await server.stop()
    }

    @Test func aStreamIsALineForEachEventAndEndsWithItsError() async throws {
      let server = try await RunningServer()
      _ = try await server.json("deploy", try server.write("echo.lua", Self.script))
      let stream = try await server.apolune("call", "echo", "--path", "/count", "to=3")
      #expect(stream.output == #"{"n":1}"# + "\n" + #"{"n":2}"# + "\n" + #"{"n":3}"# + "\n", "\(stream.errors)")
      #expect(stream.status == 0)
      let broken = try await server.apolune("call", "echo", "--path", "/count", "to=1", "breaks=true")
      #expect(broken.output == #"{"n":1}"# + "\n")
      #expect(broken.status == 1)
      #expect(broken.errors.contains("ended its stream with an error"), "\(broken.errors)")
      try await server.stop()
    }

    @Test func ctrlCEndsACall() async throws {
      let server = try await RunningServer()
      _ = try await server.json("deploy", try server.write("echo.lua", Self.script))
      let call = try Running(Executables.apolune, ["call", "echo", "sleep=120"], environment: server.environment)
      let runner = try #require(try await server.json("runners", "list")["runners"] as? [[String: Any]])
      let id = try #require(runner.first?["id"] as? String)
      let logs = try Running(Executables.apolune, ["runners", "logs", id, "-f"], environment: server.environment)
      #expect(await logs.line { $0.contains("sleeping") } != nil)
      logs.send(SIGKILL)
      call.send(SIGINT)
      let end = await call.finished()
      #expect(end.status == 130)
      #expect(end.errors.contains("was ended by you"), "\(end.errors)")
      try await server.stop()
    }

    @Test func aKeyThatMayOnlyCallKnowsWhoseAppsTheseAre() async throws {
      let server = try await RunningServer()
      let deployed = try await server.json("deploy", try server.write("echo.lua", Self.script))
      let owner = try #require(deployed["owner"] as? String)
      let key = try #require(try await server.json("keys", "create", "--preset", "API")["key"] as? String)
      let environment = server.environment.merging(["APOLUNE_KEY": key]) { $1 }
      let called = try await shell(Executables.apolune, ["call", "echo", "text=hi"], environment: environment)
      #expect(called.output == #"{"text":"hi"}"# + "\n", "\(called.errors)")
      let stranger = server.environment.merging(["APOLUNE_DATA_DIR": "/nowhere", "APOLUNE_SERVER": server.url]) { $1 }
      let nameless = try await shell(Executables.apolune, ["call", "echo", "text=hi"], environment: stranger)
      #expect(nameless.errors.contains("apolune call OWNER/echo"), "\(nameless.errors)")
      let keyless = try await shell(Executables.apolune, ["call", "\(owner)/echo", "text=hi"], environment: stranger)
      #expect(keyless.errors.contains("wants a key, and there is none here"), "\(keyless.errors)")
      try await server.stop()
    }
  }
}
