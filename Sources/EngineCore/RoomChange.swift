import Planning

/// What folding a fact about a runner changed of what it holds.
enum RoomChange {
  /// It needs a place from now on.
  case waits(RunnerID)
  /// It needs none any more.
  case gaveUp(RunnerID, since: Moment)
  case taken(RunnerID, since: Moment, Placement)
  case freed(Placement)

  init?(from before: (isUnplaced: Bool, placement: Placement?), to runner: Runner) {
    switch (before.placement, runner.placement) {
    case (nil, let placement?): self = .taken(runner.id, since: runner.requestedAt, placement)
    case (let placement?, nil): self = .freed(placement)
    case (nil, nil), (_?, _?):
      switch (before.isUnplaced, runner.isUnplaced) {
      case (false, true): self = .waits(runner.id)
      case (true, false): self = .gaveUp(runner.id, since: runner.requestedAt)
      case (true, true), (false, false): return nil
      }
    }
  }
}
