/// Where a request without an outcome is.
public enum QueuePhase: Sendable, Hashable, CaseIterable {
  /// Waits for a slot. Becomes `running` or `ending`.
  case ready
  /// An attempt failed; another may begin later. Becomes `ready` or `ending`.
  case delayed
  /// A runner has it. Becomes `delayed`, `held` or `ending`.
  case running
  /// A slot was free, and its key has as many requests under way as it may. Becomes `ready` or `ending`.
  case held
  /// Its outcome is being written down; the next that is heard of it is that it is forgotten. Final.
  case ending

  public enum Event: Sendable, Hashable, CaseIterable {
    case dispatched
    case attemptFailed
    case due
    case placeRefused
    case placeFree
    case outcomeKnown
  }

  /// Whether a runner may have it later.
  var isWaiting: Bool {
    switch self {
    case .ready, .delayed, .held: true
    case .running, .ending: false
    }
  }

  /// nil: the event says nothing to a request in this phase.
  public func after(_ event: Event) -> QueuePhase? {
    switch (self, event) {
    case (.ready, .dispatched): .running
    case (.running, .attemptFailed): .delayed
    case (.delayed, .due): .ready
    case (.running, .placeRefused): .held
    case (.held, .placeFree): .ready
    case (.ready, .outcomeKnown), (.delayed, .outcomeKnown), (.running, .outcomeKnown), (.held, .outcomeKnown): .ending
    case (.ready, .attemptFailed), (.ready, .due), (.ready, .placeRefused), (.ready, .placeFree), (.delayed, .dispatched),
      (.delayed, .attemptFailed), (.delayed, .placeRefused), (.delayed, .placeFree), (.running, .dispatched), (.running, .due),
      (.running, .placeFree), (.held, .dispatched), (.held, .attemptFailed), (.held, .due), (.held, .placeRefused),
      (.ending, .dispatched), (.ending, .attemptFailed), (.ending, .due), (.ending, .placeRefused), (.ending, .placeFree),
      (.ending, .outcomeKnown):
      nil
    }
  }
}
