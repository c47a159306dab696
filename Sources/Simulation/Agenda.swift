import EngineCore
import Planning

/// What is going to happen, and when. Things of the same time happen in the order in which they were noted.
struct Agenda {
  private var entries: [(at: Moment, order: Int, happening: Happening)] = []
  private var order = 0

  mutating func note(_ happening: Happening, at moment: Moment) {
    order += 1
    entries.append((moment, order, happening))
  }

  var nextTime: Moment? { entries.lazy.map(\.at).min() }

  mutating func next() -> (at: Moment, happening: Happening)? {
    guard let index = entries.indices.min(by: { isEarlier(entries[$0], entries[$1]) }) else { return nil }
    let entry = entries.remove(at: index)
    return (entry.at, entry.happening)
  }

  private func isEarlier(
    _ left: (at: Moment, order: Int, happening: Happening), _ right: (at: Moment, order: Int, happening: Happening)
  ) -> Bool {
    (left.at, left.order) < (right.at, right.order)
  }
}

/// One thing that happens to the world.
enum Happening {
  /// Reaches the server that was there when it was sent, if that still is.
  case letter(Input.Event, server: Int)
  /// The server works on its letters.
  case turn
  case process(RunnerID, generation: Int, ProcessStep)
  case person
  case gateway
  case trouble
  case nodeReturns(NodeID)
  case diskWorks
  case serverStarts
  case inventory([Node], [FoundInstance], server: Int)
  case snapshot
  /// A moment nobody asked for: nothing may follow from it.
  case nothing
}

enum ProcessStep {
  /// Its start is over.
  case begin
  case getReady
  case fail
  case crash
  /// Does what SIGTERM or a drain asks for.
  case obey
  /// Does what SIGKILL asks for.
  case die
}
