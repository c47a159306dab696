import EngineCore

/// Whether facts can be written down.
enum JournalHealth {
  /// Becomes `failing` when an append fails.
  case working
  /// Nothing is decided until `retryAt`; the next append says more. Becomes `working` when one succeeds.
  case failing(any Error, attempts: Int, retryAt: Moment)

  /// Longest time between two tries: somebody who has made room on the disk should not have to wait.
  private static let delayMax = Duration.seconds(5)

  /// An append failed.
  mutating func fail(_ error: any Error, at now: Moment) {
    var attempts = 1
    if case .failing(_, let earlier, _) = self { attempts = earlier + 1 }
    let delay = min(Self.delayMax, .milliseconds(100) * (1 << min(attempts - 1, 10)))
    self = .failing(error, attempts: attempts, retryAt: now + delay)
  }

  /// Why nothing is decided at this time.
  func obstacle(at now: Moment) -> (error: any Error, retryAt: Moment)? {
    guard case .failing(let error, _, let retryAt) = self, now < retryAt else { return nil }
    return (error, retryAt)
  }

  /// In words; nil while all is well.
  var problem: String? {
    switch self {
    case .working: nil
    case .failing(let error, _, _): "the journal cannot be written: \(error)"
    }
  }
}
