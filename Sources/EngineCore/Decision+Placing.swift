import AppModel
import Planning

extension Decision {
  /// Runners of other apps that wait longer and are served first, in thought: there may be thousands, and they get their
  /// turn by `appsToSettle`.
  private static let olderMax = 64

  /// Gives room to the runners that have none, the oldest first.
  mutating func placePending() {
    guard app.runners.contains(where: \.isUnplaced) else { return }
    // In the order of the waiting list, which a clock that jumped back may have made another than that of the runners.
    let unplaced = app.runners.filter(\.isUnplaced).sorted { ($0.requestedAt, $0.id.text) < ($1.requestedAt, $1.id.text) }
    var queue = PlacingQueue(others: waiting.entries.prefix(Self.olderMax).filter { $0.app != app.id })
    for runner in unplaced {
      guard let revision = app.revision(runner.revision) else { continue }
      let wish = Wish(app.definition(of: revision))
      switch queue.place(wish, since: runner.requestedAt, in: pool, delta) {
      case .placed(let placement): record(.runnerPlaced(runner.id, placement))
      case .notNow(let reason), .never(let reason): wait(runner, for: reason, revision.restart)
      }
    }
  }

  /// Somebody who looks on is told at once that his rollout finds no room; others see `failOverdueRollout`.
  private mutating func wait(_ runner: Runner, for reason: String, _ restart: RestartPolicy) {
    if runner.waitsFor != reason { record(.runnerWaits(runner.id, reason: reason)) }
    guard !restart.waitsForPlace, !pool.isEmpty else { return }
    endRollout(of: runner, RunnerFailure(code: "no-room", message: reason))
  }
}

/// Who gets room in the course of one decision, in the order in which it was asked for.
private struct PlacingQueue {
  /// Runners of other apps, the oldest first. They take their room when their own apps decide; until then it is kept.
  var others: [WaitingList.Entry]
  private var next = 0
  private var reserved: [Placement] = []
  /// What found no room: there is only less for those behind.
  private var refused: [Wish: PlacementAnswer] = [:]

  init(others: [WaitingList.Entry]) { self.others = others }

  mutating func place(_ wish: Wish, since: Moment, in pool: Pool, _ delta: PoolDelta) -> PlacementAnswer {
    while next < others.count, others[next].since < since {
      if case .placed(let placement) = answer(others[next].wish, pool, delta) { reserved.append(placement) }
      next += 1
    }
    return answer(wish, pool, delta)
  }

  private mutating func answer(_ wish: Wish, _ pool: Pool, _ delta: PoolDelta) -> PlacementAnswer {
    if let refusal = refused[wish] { return refusal }
    var besides = delta
    for placement in reserved { besides.take(placement) }
    let answer = pool.place(wish, besides: besides)
    if case .placed = answer { return answer }
    refused[wish] = answer
    return answer
  }
}
