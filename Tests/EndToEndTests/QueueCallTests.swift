import Foundation
import Testing

extension EndToEndTests {
  /// `apolune call --queue` and `apolune queue` against a real server with real runners.
  @Suite struct QueueCallTests {
    private static let script = """
      local app = app "slow" { keep_alive = "60s", max_concurrency = 1 }
      app:endpoint("/", function(input)
        print("sleeping") sleep(input.sleep or 0)
        return input.text and { text = input.text } or fail(422, "text is missing")
      end)
      """

    private func submit(_ server: RunningServer, _ arguments: String...) async throws -> String {
      let words = ["call", "slow", "--queue", "--detach", "--json"] + arguments
      let end = try await shell(Executables.apolune, words, environment: server.environment)
      #expect(end.status == 0, "\(end.errors)")
      let json = try #require(JSONSerialization.jsonObject(with: Data(end.output.utf8)) as? [String: Any])
      return try #require(json["request_id"] as? String)
    }

    @Test func aQueuedCallIsFollowedToItsResult() async throws {
      let server = try await RunningServer()
      _ = try await server.json("deploy", try server.write("slow.lua", Self.script))
      let called = try await server.apolune("call", "slow", "--queue", "text=moon", "sleep=0.3")
      #expect(called.output == #"{"text":"moon"}"# + "\n", "\(called.errors)")
      #expect(called.status == 0)
      for part in ["request ", "/slow: in progress", "sleeping", "/slow: completed"] { #expect(called.errors.contains(part)) }
      let failed = try await server.apolune("call", "slow", "--queue")
      #expect(failed.status == 1)
      #expect(failed.errors.contains("answered 422: text is missing"), "\(failed.errors)")
      let id = try await submit(server, "text=sun", "--idempotency-key", "k")
      #expect(try await submit(server, "text=sun", "--idempotency-key", "k") == id)
      let result = try await server.apolune("call", "slow", "--result", id)
      #expect(result.output == #"{"text":"sun"}"# + "\n", "\(result.errors)")
      #expect(try await server.apolune("call", "slow", "--status", id).output == "\(id) is completed\n")
      #expect(try await server.apolune("call", "slow", "--cancel", id).errors.contains("has ended before"))
      let unknown = try await server.apolune("call", "slow", "--result", UUID().uuidString.lowercased())
      #expect(unknown.errors.contains("Request not found"), "\(unknown.errors)")
      try await server.stop()
    }

    @Test func ctrlCCancelsAQueuedCall() async throws {
      let server = try await RunningServer()
      _ = try await server.json("deploy", try server.write("slow.lua", Self.script))
      let call = try Running(Executables.apolune, ["call", "slow", "--queue", "sleep=120"], environment: server.environment)
      #expect(await call.errorLine { $0.contains("sleeping") } != nil)
      call.send(SIGINT)
      let end = await call.finished()
      #expect(end.status == 130)
      let line = try #require(end.errors.split(separator: "\n").first { $0.hasPrefix("request ") })
      let id = String(line.dropFirst("request ".count))
      #expect(end.errors.contains("request \(id) is cancelled"), "\(end.errors)")
      let result = try await server.apolune("call", "slow", "--result", id)
      #expect(result.status == 1)
      #expect(result.errors.contains("client_cancelled"), "\(result.errors)")
      try await server.stop()
    }

    @Test func theQueueIsCountedAndFlushed() async throws {
      let server = try await RunningServer()
      _ = try await server.json("deploy", try server.write("slow.lua", Self.script))
      let call = try Running(Executables.apolune, ["call", "slow", "--queue", "sleep=120"], environment: server.environment)
      #expect(await call.errorLine { $0.contains("sleeping") } != nil)
      let id = try await submit(server, "text=moon")
      _ = try await submit(server, "text=sun")
      #expect(try await server.apolune("queue", "size", "slow").output == "2 wait, 1 in progress\n")
      let users = try await server.apolune("queue", "size", "slow", "--by-user")
      #expect(users.output.contains("Waiting\n"), "\(users.output)")
      let unasked = try await server.apolune("queue", "flush", "slow")
      #expect(unasked.status == 1)
      #expect(unasked.errors.contains("2 requests in the queue of "), "\(unasked.errors)")
      #expect(try await server.apolune("queue", "flush", "slow", "--user", "bob", "--yes").output == "0 requests are cancelled\n")
      #expect(try await server.json("queue", "flush", "slow", "--yes")["flushed"] as? Int == 2)
      #expect(try await server.apolune("queue", "size", "slow").output == "0 wait, 1 in progress\n")
      #expect(try await server.apolune("call", "slow", "--result", id).errors.contains("The queue was flushed"))
      call.send(SIGINT)
      _ = await call.finished()
      try await server.stop()
    }
  }
}
