/// Names in the queries of the control API.
public enum ControlQuery: String, Sendable, Hashable, CaseIterable {
  case environment
  /// Seconds since 1970.
  case since
  /// Seconds since 1970.
  case until
  /// Names of states in fal's small letters, separated by commas: `idle,running`; `all` and nothing at all mean every one that lives.
  case state
  /// A text that a line has in it, letter for letter.
  case search
  /// The newest this many lines.
  case last
  /// The oldest this many lines.
  case first
  /// `true`: the answer goes on as lines are written, until the runner ends.
  case follow
  /// Entries of a page.
  case limit
  /// Entries older than this sequence number.
  case before
  /// Seconds that requests have to finish.
  case grace
  /// Values of `UsageDimension`, separated by commas; empty: all in one.
  case by
  /// Name of a user: only what is theirs.
  case user
  /// `true`: those alone that nobody tries any more.
  case dead

  /// The environment where none is named.
  public static let environmentMain = "main"
}
