/// `GET /v1/apps/{owner}/{app}/history`: what happened to an app, newest first.
public struct HistoryPage: Sendable, Hashable, Codable {
  public struct Entry: Sendable, Hashable, Codable {
    /// Grows with time; never used twice.
    public var sequence: Int64
    /// Seconds since 1970.
    public var at: Double
    /// The fact's name: `aliasMoved`.
    public var kind: String
    public var revision: String?
    public var runner: String?
    /// In words.
    public var message: String

    public init(sequence: Int64, at: Double, kind: String, revision: String?, runner: String?, message: String) {
      self.sequence = sequence
      self.at = at
      self.kind = kind
      self.revision = revision
      self.runner = runner
      self.message = message
    }
  }

  public var entries: [Entry]
  /// Give it as `before` for the next page; nil: this is the last.
  public var next: Int64?

  public init(entries: [Entry], next: Int64?) {
    self.entries = entries
    self.next = next
  }
}
