import Synchronization
import Testing

@testable import Host

@Suite struct TurnstileTests {
  @Test func onlySoManyAreInsideAndAllGetTheirTurn() async throws {
    let turnstile = Turnstile(width: 3)
    let inside = Inside()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          try await turnstile.pass {
            inside.change(by: 1)
            await Task.yield()
            inside.change(by: -1)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(inside.now == 0)
    #expect((1...3).contains(inside.most))
  }

  private final class Inside: Sendable {
    private let state = Mutex((now: 0, most: 0))

    func change(by count: Int) { state.withLock { ($0.now, $0.most) = ($0.now + count, max($0.most, $0.now + count)) } }

    var now: Int { state.withLock { $0.now } }
    var most: Int { state.withLock { $0.most } }
  }

  @Test func whoIsCancelledLeavesTheLineAndNobodyElse() async throws {
    let turnstile = Turnstile(width: 1)
    let (gate, open) = AsyncStream<Void>.makeStream()
    let (entered, isIn) = AsyncStream<Void>.makeStream()
    let holder = Task {
      try await turnstile.pass {
        isIn.yield()
        for await _ in gate { break }
      }
    }
    for await _ in entered { break }
    let gone = Task { try await turnstile.pass {} }
    let patient = Task { try await turnstile.pass { true } }
    gone.cancel()
    await #expect(throws: CancellationError.self) { try await gone.value }
    open.yield()
    try await holder.value
    #expect(try await patient.value)
  }
}
