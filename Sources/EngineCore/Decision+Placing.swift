import AppModel
import Planning

extension Decision {
  /// Gives room to the runners that have none, the oldest first.
  mutating func placePending() {
    for runner in app.runners where runner.isUnplaced {
      guard let revision = app.revision(runner.revision) else { continue }
      let definition = app.definition(of: revision)
      switch pool.place(definition.machines, regions: definition.regions, besides: delta) {
      case .placed(let placement): record(.runnerPlaced(runner.id, placement))
      case .notNow(let reason), .never(let reason): wait(runner, for: reason, definition.timeouts.startup, revision.restart)
      }
    }
  }

  /// A rollout does not wait for ever: others may hold the room for good.
  private mutating func wait(
    _ runner: Runner, for reason: String, _ startup: Duration, _ restart: RestartPolicy
  ) {
    if runner.waitsFor != reason { record(.runnerWaits(runner.id, reason: reason)) }
    guard let rollout = app.rollout, rollout.revision == runner.revision else { return }
    guard !restart.waitsForPlace || reached(rollout.startedAt + startup) else { return }
    endRollout(of: runner, RunnerFailure(code: "no-room", message: reason))
    // Under `rolling` the revision has no part to play any more.
    if let runner = app.runner(runner.id), !app.isWanted(runner.revision) { retire(runner) }
  }
}
