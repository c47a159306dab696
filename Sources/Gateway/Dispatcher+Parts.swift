import EngineCore

/// Names one request of an app among all that the dispatcher ever had.
struct ExchangeID: Hashable {
  var index: Int
  var generation: UInt32
}

/// Names one attached runner of an app.
struct SeatID: Hashable {
  var index: Int
  var generation: UInt32
}

extension Dispatcher {
  /// One runner with its slots.
  struct Seat {
    enum Phase {
      /// Nobody has it. Becomes `starting` when a runner is attached.
      case vacant
      /// Attached, and not ready. Becomes `ready`, `draining`, or `vacant` when it is lost.
      case starting
      /// Gets requests while its revision is the routed one. Becomes `draining` or `vacant`.
      case ready
      /// Finishes what it has. Becomes `vacant`.
      case draining
    }

    var runner = RunnerID("")
    var revision = RevisionID("")
    var slots = 0
    /// Got a request since the last report of demand.
    var wasBusy = false
    var inFlight = 0
    /// What its app said that it is good for; bounded where they are read.
    var hints: [String] = []
    var phase = Phase.vacant
    var generation: UInt32 = 0

    var hasFreeSlot: Bool { inFlight < slots }
  }

  /// One row of the table of exchanges.
  struct Entry {
    enum State {
      /// Nobody has it. Becomes `waiting` or `running` when a request arrives.
      case vacant
      /// In the queue between two others (-1: none). Becomes `running`, or `vacant` when it expires or leaves.
      case waiting(since: UInt64, deadline: UInt64?, before: Int, after: Int)
      /// Has a slot of that seat. Becomes `vacant`.
      case running(SeatID)
    }

    var state: State
    var generation: UInt32 = 0

    mutating func link(after: Int) {
      guard case .waiting(let since, let deadline, let before, _) = state else { return }
      state = .waiting(since: since, deadline: deadline, before: before, after: after)
    }

    mutating func link(before: Int) {
      guard case .waiting(let since, let deadline, _, let after) = state else { return }
      state = .waiting(since: since, deadline: deadline, before: before, after: after)
    }
  }
}
