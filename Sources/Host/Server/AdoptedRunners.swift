import Synchronization

/// How many runners of an earlier server this one took over: known once its provider has looked.
final class AdoptedRunners: Sendable {
  private let number = Atomic(0)
  private let known: AsyncStream<Void>
  private let isKnown: AsyncStream<Void>.Continuation

  init() { (known, isKnown) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  var count: Int { number.load(ordering: .relaxed) }

  func found(_ count: Int) {
    number.store(count, ordering: .relaxed)
    isKnown.yield()
  }

  /// Returns when they were taken over, or after `max`: where none of them lives any more, nobody says so.
  func wait(max: Duration) async {
    let timeout = Task { [isKnown] in
      do {
        try await Task.sleep(for: max)
      } catch {
        // It is known already.
      }
      isKnown.yield()
    }
    for await _ in known { break }
    timeout.cancel()
  }
}
