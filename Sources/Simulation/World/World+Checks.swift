import EngineCore
import Store

extension World {
  /// After facts were written, before anything follows from them.
  func checkWritten(_ batch: Batch) throws {
    guard let server else { return }
    let state = server.state
    try require(server.store.lastSequence == factsWritten, "fact \(factsWritten) is number \(server.store.lastSequence)")
    try require(
      state.durableProjection == written.durableProjection, "folding the durable facts gives another state than the live one")
    try Checks.check(state, changed: batch.apps, at: clock)
    // With several apps, one may take or give room after another was decided on.
    guard batch.apps.count == 1, let app = batch.apps.first, state.appsToSettle(after: batch.facts).isEmpty else { return }
    let again = try state.decide(Input(at: clock, seed: 7, .time(app))).filter(\.isDurable)
    try require(again.isEmpty, "deciding again on \(app) at the same time gives \(again.map(\.words))")
  }

  /// A wake that was asked for would have come first.
  func expectNothingDue() throws {
    guard let server, server.isServing, server.letters.isEmpty, server.settling.isEmpty, server.retryAt == nil else { return }
    for app in server.state.apps.keys.sorted() {
      let facts = try server.state.decide(Input(at: clock, seed: 1, .time(app))).filter(\.isDurable)
      try require(facts.isEmpty, "the core slept through a deadline of \(app): \(facts.map(\.words))")
    }
  }

  /// What the database file says is what was written down.
  func checkRecovery() throws {
    guard let store = server?.store else { return }
    try check(try store.recover())
  }

  func check(_ recovered: Recovered) throws {
    try require(recovered.warnings.isEmpty, "recovery warns: \(recovered.warnings)")
    try require(
      recovered.sequence == factsWritten, "of \(factsWritten) facts \(recovered.sequence) are found in the database")
    try require(
      recovered.state.durableProjection == written.durableProjection, "the database gives another state than the facts")
    for app in recovered.state.apps.values {
      // Only a gateway knows: it tells again, and of apps without requests it may never.
      try require(app.queue.count == 0, "recovery brings back requests of \(app.id) that the last server's gateway had")
      try require(app.runners.allSatisfy { $0.inFlight == 0 }, "recovery brings back what runners of \(app.id) worked on")
    }
  }
}
