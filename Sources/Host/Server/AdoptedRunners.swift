import Synchronization

/// How many runners of an earlier server this one took over: known once its provider has looked.
final class AdoptedRunners: Sendable {
  private let number = Atomic(0)

  var count: Int { number.load(ordering: .relaxed) }

  func found(_ count: Int) { number.store(count, ordering: .relaxed) }
}
