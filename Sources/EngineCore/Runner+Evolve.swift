extension Runner {
  /// Folds a fact about this runner.
  mutating func evolve(_ fact: Fact) {
    switch fact.change {
    case .runnerPlaced(_, let placement):
      self.placement = placement
      waitsFor = nil
    case .runnerWaits(_, let reason):
      waitsFor = reason
    case .runnerReplacing:
      isReplaced = true
    case .runnerAdopted:
      // What it did meanwhile is not known: its keep-alive starts anew.
      if state.isReady { state = .idle(since: fact.at) }
      // Nobody listened while it got ready: its time begins anew, and so does its connection.
      if case .setup = state { state = .setup(since: fact.at) }
      linkLostAt = nil
    case .runnerStarted(_, let place):
      self.place = place
      state = .setup(since: fact.at)
    case .runnerReady:
      state = .idle(since: fact.at)
      readyAt = fact.at
      linkLostAt = nil
      failure = nil
    case .runnerLinkLost:
      linkLostAt = fact.at
    case .runnerProcessEnded(_, let exit):
      processEnd = .init(exit: exit, at: fact.at)
    case .runnerStartFailed(_, let failure, _, _), .runnerCrashed(_, let failure, _, _):
      self.failure = failure
    case .runnerNotPlaced(_, let failure, let retryAt):
      self.failure = failure
      state = .crashBackoff(until: retryAt)
      placement = nil
    case .runnerBackedOff(_, let until):
      state = .crashBackoff(until: until)
      placement = nil
      processEnd = nil
    case .runnerRetried:
      generation += 1
      state = .pending(since: fact.at)
      place = nil
      readyAt = nil
      linkLostAt = nil
    case .runnerDraining(_, let deadline):
      let quietSince = inFlight > 0 ? nil : fact.at
      state = .draining(.init(since: fact.at, quietSince: quietSince, deadline: deadline))
    case .runnerTerminating(_, let killAt, let retryAt):
      state = .terminating(.init(since: fact.at, killAt: killAt, retryAt: retryAt))
    case .runnerEnded(_, let exit):
      state = .terminated(at: fact.at, exit)
      placement = nil
      waitsFor = nil
    case .revisionAdded, .revisionDeleted, .rolloutStarted, .aliasMoved, .rolloutEnded, .settingsChanged, .authChanged,
      .appRemoved, .appForgotten, .runnerRequested, .demandObserved, .nodesSeen, .strayFound, .strayEnded, .inputIgnored:
      // Not about a runner that exists already.
      break
    }
  }

  mutating func observe(inFlight: Int, wasBusy: Bool, at moment: Moment) {
    switch state {
    case .idle:
      if inFlight > 0 {
        state = .running(inFlight: inFlight)
      } else if wasBusy {
        state = .idle(since: moment)
      }
    case .running:
      state = inFlight > 0 ? .running(inFlight: inFlight) : .idle(since: moment)
    case .draining(var draining):
      draining.quietSince = inFlight > 0 ? nil : draining.quietSince ?? moment
      state = .draining(draining)
    case .pending, .setup, .terminating, .crashBackoff, .terminated:
      // Takes no requests; what the gateway still counts is about to be answered as failed.
      break
    }
  }
}
