import Foundation
import Testing

extension EndToEndTests {
  /// Every script of `Examples/` does what it says, in real processes.
  @Suite struct ExampleTests {
    @Test func helloGreets() async throws {
      let app = try await RunningApp(Executables.example("hello.lua"))
      let answer = try await app.call("/", #"{"name":"Ada"}"#)
      #expect(answer.status == 200)
      #expect(answer.body.contains("Ada"))
      #expect(answer.headers.lowercased().contains("x-fal-request-id: "))
      #expect(await app.stop().status == 0)
    }

    @Test func wordsCountsAndStreams() async throws {
      let app = try await RunningApp(Executables.example("words.lua"), ["--auth", "public"])
      let answer = try await app.call("/", #"{"text":"moon sun moon"}"#)
      #expect(answer.status == 200)
      #expect(answer.body.contains("moon"))
      let missing = try await app.call("/", "{}")
      #expect(missing.status == 422)
      #expect(missing.body == #"{"detail":"text is missing"}"#)
      let stream = try await app.call("/stream", #"{"text":"one two"}"#)
      #expect(stream.body.contains(#"data: {"word":"one"}"#))
      #expect(stream.body.contains(#"data: {"word":"two"}"#))
      #expect(stream.headers.lowercased().contains("content-type: text/event-stream"))
      _ = await app.stop()
    }

    @Test func streamSendsServerSentEvents() async throws {
      let app = try await RunningApp(Executables.example("stream.lua"))
      let answer = try await app.call("/", #"{"from":2,"pause":0.01}"#)
      #expect(answer.status == 200)
      #expect(answer.body.hasPrefix("data: {\"left\":2}\n\ndata: {\"left\":1}\n\ndata: {"))
      #expect(answer.body.contains(#""done":true"#))
      _ = await app.stop()
    }

    @Test func proxyCallsAnotherService() async throws {
      let target = try await RunningApp(Executables.example("hello.lua"))
      let folder = try TemporaryFolder()
      let env = try folder.write("proxy.env", "TARGET_URL=\(target.url)\n")
      let app = try await RunningApp(Executables.example("proxy.lua"), ["--env-file", env])
      let answer = try await app.call("/post", #"{"path":"","body":{"name":"Ada"}}"#)
      #expect(answer.status == 200)
      #expect(answer.body.contains("Ada"))
      _ = await (app.stop(), target.stop())
    }

    @Test func aCommandAppPassesBytesThrough() async throws {
      let app = try await RunningApp(Executables.example("command/app.lua"))
      let answer = try await app.call("/echo", #"{"text":"moon"}"#)
      #expect(answer.status == 200)
      #expect(answer.body.contains("moon"))
      _ = await app.stop()
    }

    @Test func theServersConfigurationIsShownByCheck() async throws {
      let end = try await shell(Executables.apolune, ["check", Executables.example("server.lua")])
      #expect(end.status == 0, "\(end.errors)")
      #expect(end.output.contains("  node       local: 64 CPU 16 times, 256 GB, 4 x RTX 4090 with 24 GB, region=eu\n"))
      let json = try await shell(Executables.apolune, ["check", "--json", Executables.example("server.lua")])
      #expect(json.output.contains("configuration"))
    }

    @Test func machinesIsAcceptedByCheck() async throws {
      let end = try await shell(Executables.apolune, ["check", Executables.example("machines.lua")])
      #expect(end.status == 0)
    }

    @Test func everyBrokenScriptGivesExactlyItsDiagnostics() async throws {
      let folder = Executables.repository.appending(path: "Examples/broken")
      let scripts = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".lua") }.sorted()
      try #require(!scripts.isEmpty)
      for script in scripts {
        let expected = try String(
          contentsOf: folder.appending(path: script.replacing(".lua", with: ".expected")), encoding: .utf8)
        let process = try await shell(
          URL(filePath: "/bin/sh"),
          ["-c", "cd '\(folder.path)' && '\(Executables.apolune.path)' check \(script) 2>&1 >/dev/null"])
        #expect(process.output == expected, "\(script)")
        #expect(process.status == (expected.contains("error[") || expected.contains("error:") ? 1 : 0), "\(script)")
      }
    }
  }
}
