import EngineCore
import Gateway
import RunnerProtocol
import Synchronization
import Testing

/// Traffic moves from revision to revision under load, and nobody notices.
@Suite(.serialized) struct SwitchTests {
  private static let clients = 32
  private static let switches = 20

  final class Tally: Sendable {
    struct Counts: Sendable {
      var answers = 0
      var wrong: [String] = []
      var isOver = false
    }

    private let counts = Mutex(Counts())
    func withLock<Value: Sendable>(_ body: (inout Counts) -> sending Value) -> Value { counts.withLock { body(&$0) } }
  }

  /// Runs `switching` while clients ask without a pause, each on one connection from beginning to end.
  func underLoad(_ stage: Stage, _ switching: (Tally) async throws -> Void) async throws {
    let tally = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.clients {
        group.addTask {
          let client = try await stage.client()
          var round = number
          while !tally.withLock({ $0.isOver }) {
            round += 1
            let (path, body) = [("", "{}"), ("/late", "3"), ("/stream", "3"), ("/big", "20000")][round % 4]
            try await client.post("/me/app" + path, body)
            let reply = try await client.reply()
            tally.withLock { tally in
              tally.answers += 1
              if reply.status != 200 || !reply.isWhole || client.isClosed {
                tally.wrong.append("\(path): \(reply.status) \(reply.body.prefix(80))")
              }
            }
          }
          client.close()
        }
      }
      do {
        try await switching(tally)
      } catch {
        tally.withLock { $0.isOver = true }
        throw error
      }
      tally.withLock { $0.isOver = true }
      try await group.waitForAll()
    }
    let (answers, wrong) = tally.withLock { ($0.answers, $0.wrong) }
    #expect(wrong.isEmpty, "\(wrong.count) of \(answers): \(wrong.prefix(3))")
    #expect(answers >= Self.clients * Self.switches / 2)
    try await stage.becomesIdle()
  }

  private static let habits: FakeRunner.Habits = {
    var habits = FakeRunner.Habits()
    habits.endsWhenDrained = true
    return habits
  }()

  private func answersGrow(_ tally: Tally, by count: Int) async throws {
    let before = tally.withLock { $0.answers }
    try await until("traffic flows") { tally.withLock { $0.answers } >= before + count }
  }

  /// To other revisions, and to fresh runners of the same one.
  @Test(arguments: [true, false]) func rollingSwitchesLoseNothing(areOfOneRevision: Bool) async throws {
    func revision(_ number: Int) -> String { areOfOneRevision ? "r" : "r\(number)" }
    try await onStage { stage in
      stage.route(revision: revision(0))
      for index in 0..<2 { try await stage.runner("r0-\(index)", revision: revision(0), slots: 8, habits: Self.habits) }
      try await underLoad(stage) { tally in
        for number in 1...Self.switches {
          for index in 0..<2 {
            try await stage.runner("r\(number)-\(index)", revision: revision(number), slots: 8, habits: Self.habits)
          }
          stage.route(revision: revision(number))
          for index in 0..<2 { stage.gateway.drain(RunnerID("r\(number - 1)-\(index)")) }
          try await answersGrow(tally, by: Self.clients)
        }
        for number in 0..<Self.switches {
          try await until("r\(number) has ended") { stage.saw("r\(number)-0") { $0 == .closed } }
        }
      }
    }
  }

  @Test func recreateSwitchesLoseNothingAndRequestsWaitForTheNewRunner() async throws {
    try await onStage { stage in
      stage.route(revision: "r0")
      try await stage.runner("r0", revision: "r0", slots: 8, habits: Self.habits)
      try await underLoad(stage) { tally in
        for number in 1...Self.switches {
          stage.route(revision: "r\(number)")
          stage.gateway.drain(RunnerID("r\(number - 1)"))
          let runner = try await stage.runner(
            "r\(number)", revision: "r\(number)", slots: 8, readyAtOnce: false, habits: Self.habits)
          try await until("launch") { runner.seen.withLock { $0.launch != nil } }
          // Every client is done with the old runner and waits.
          try await until("all wait") { stage.demand?.queued == Self.clients }
          runner.becomeReady()
          try await answersGrow(tally, by: Self.clients)
        }
      }
    }
  }
}
