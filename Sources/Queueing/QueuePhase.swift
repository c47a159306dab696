/// Where a request without an outcome is.
public enum QueuePhase: Sendable, Hashable, CaseIterable {
  /// Waits for a slot. Becomes `running` or `ending`.
  case ready
  /// An attempt failed; another may begin later. Becomes `ready` or `ending`.
  case delayed
  /// A runner has it. Becomes `delayed` or `ending`.
  case running
  /// Its outcome is being written down; the next that is heard of it is that it is forgotten. Final.
  case ending

  public enum Event: Sendable, Hashable, CaseIterable {
    case dispatched
    case attemptFailed
    case due
    case outcomeKnown
  }

  /// nil: the event says nothing to a request in this phase.
  public func after(_ event: Event) -> QueuePhase? {
    switch (self, event) {
    case (.ready, .dispatched): .running
    case (.running, .attemptFailed): .delayed
    case (.delayed, .due): .ready
    case (.ready, .outcomeKnown), (.delayed, .outcomeKnown), (.running, .outcomeKnown): .ending
    case (.ready, .attemptFailed), (.ready, .due), (.delayed, .dispatched), (.delayed, .attemptFailed), (.running, .dispatched),
      (.running, .due), (.ending, .dispatched), (.ending, .attemptFailed), (.ending, .due), (.ending, .outcomeKnown):
      nil
    }
  }
}
