import Synchronization

/// Counts how many witnesses live, so that a test sees a leak.
final class Living: Sendable {
  private let number = Atomic(0)

  var count: Int { number.load(ordering: .relaxed) }

  func add(_ difference: Int) { number.add(difference, ordering: .relaxed) }
}

/// An object, and an error, whose life is counted.
final class Witness: Error {
  private let living: Living

  init(_ living: Living) {
    self.living = living
    living.add(1)
  }

  deinit { living.add(-1) }
}
