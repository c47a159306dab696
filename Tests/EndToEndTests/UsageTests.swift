import Foundation
import Testing

extension EndToEndTests {
  /// What was used, and the log of requests, as the command line shows them.
  @Suite struct UsageTests {
    /// Polls: a request is told to the books a moment after it was answered.
    private func requests(_ server: RunningServer, become count: Int) async throws -> Bool {
      for _ in 0..<300 {
        let total = try await server.json("usage", "--by", "all")["total"] as? [String: Any]
        if total?["requests"] as? Int == count { return true }
        try await Task.sleep(for: .milliseconds(100))
      }
      return false
    }

    @Test func usageIsShownInItsFormsAndGoesOnWithTheNextServer() async throws {
      let server = try await RunningServer()
      let empty = try await server.apolune("usage", "--since", "1h")
      #expect(empty.output.hasPrefix("nothing was used from "), "\(empty.output)\(empty.errors)")
      let script = try server.write("tiny.lua", DeployTests.script(1, options: "min_concurrency = 1"))
      let deployed = try await server.json("deploy", script)
      let path = String(try #require(deployed["url"] as? String).dropFirst(server.url.count))
      for _ in 0..<2 { #expect(try await server.call(path).status == 200) }
      #expect(try await requests(server, become: 2))
      let table = try await server.apolune("usage", "--by", "app,machine,caller")
      #expect(table.output.hasPrefix("App "), "\(table.output)\(table.errors)")
      #expect(table.output.contains("\ntotal ") && table.output.contains("no machine type has a price"))
      let csv = try await server.apolune("usage", "--csv")
      #expect(csv.output.hasPrefix("app,requests,failed,units,"), "\(csv.output)\(csv.errors)")
      #expect(csv.output.split(separator: "\n").count == 2 && csv.output.contains(",2,0,0,"))
      let wrong = try await server.apolune("usage", "--by", "colour")
      #expect(wrong.status == 64 && wrong.errors.contains("colour"), "\(wrong.errors)")
      server.process.send(SIGTERM)
      #expect(await server.process.finished().status == 0)
      let next = try Running(
        Executables.apolune, ["server", "--listen", "127.0.0.1:0", "--json", "--access-log", "-"],
        environment: server.environment)
      let ready = try #require(await next.line { $0.hasPrefix("{") && $0.contains(#""url""#) })
      #expect(ready.contains(#""runnersAdopted":1"#), "\(ready)")
      #expect(try await requests(server, become: 2))
      #expect(await next.line { $0.contains(#""method":"GET","path":"/v1/usage","user":"#) } != nil)
      try await server.stop()
      #expect(await next.finished().status == 0)
    }
  }
}
