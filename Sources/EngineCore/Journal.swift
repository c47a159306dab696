/// Where facts are written down before they take effect.
public protocol Journal: Sendable {
  /// Returns once the facts are safe: from a crash of the process, and those that are promises (`Fact.isPromise`) from a
  /// power failure too. Facts that are not durable (`Fact.isDurable`) are not handed over.
  ///
  /// - Throws: when they cannot be written; then nothing of what they say has happened.
  func append(_ facts: [Fact]) throws
}
