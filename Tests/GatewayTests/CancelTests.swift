import NIOHTTP1
import Testing

@testable import Gateway

@Suite(.serialized) struct CancelTests {
  func onCommandStage(slots: Int = 2, _ body: (Stage, FakeProgram) async throws -> Void) async throws {
    let program = try await FakeProgram()
    try await onStage { stage in
      stage.route(command: true)
      try await stage.runner(slots: slots, port: program.port) { $0.role = .command }
      try await body(stage, program)
    }
    try await program.close()
  }

  @Test func aProgramIsToldOfACallerThatLeft() async throws {
    try await onCommandStage { stage, program in
      let client = try await stage.client()
      try await client.post("/me/app/hold?x=1")
      try await until("it is asked") { program.seen.withLock { $0.heads.count == 1 } }
      client.close()
      try await until("it is told") { program.seen.withLock { $0.heads.count == 2 } }
      let heads = program.seen.withLock { $0.heads }
      #expect(heads[1].method == .POST && heads[1].uri == "/hold/cancel")
      #expect(heads[1].headers["x-fal-request-id"] == heads[0].headers["x-fal-request-id"])
      #expect(heads[1].headers["x-fal-request-id"].count == 1)
      try await stage.becomesIdle()
      #expect(try await stage.post("/x").status == 200)
      #expect(program.seen.withLock { $0.heads.count } == 3)
    }
  }

  @Test func thereAreNeverMoreWordsOpenThanSlots() async throws {
    try await onCommandStage(slots: 2) { stage, program in
      // The program does not answer those words: it holds what is asked of "/hold/cancel" too.
      for round in 0..<5 {
        let client = try await stage.client()
        try await client.post("/me/app/deaf")
        try await until("it is asked") { program.seen.withLock { $0.heads.count(where: { $0.uri == "/deaf" }) == round + 1 } }
        client.close()
        try await stage.becomesIdle()
      }
      #expect(try await stage.post("/x").status == 200)
      #expect(program.seen.withLock { $0.heads.count(where: { $0.uri == "/deaf/cancel" }) } == 2)
    }
  }

  @Test(arguments: ["GET", "DELETE"]) func onlyCallsOfEndpointsAreCancelled(method: String) async throws {
    try await onCommandStage { stage, program in
      let client = try await stage.client()
      try await client.send("\(method) /me/app/hold HTTP/1.1\r\nHost: h\r\n\r\n")
      try await until("it is asked") { program.seen.withLock { $0.heads.count == 1 } }
      client.close()
      try await until("it is closed") { program.seen.withLock { $0.closed == 1 } }
      #expect(try await stage.post("/x").status == 200)
      #expect(program.seen.withLock { $0.heads.count } == 2)
    }
  }
}
