public import Planning

/// One isolated process or job that serves one revision, from the wish for it to its end.
public struct Runner: Sendable, Hashable, Codable, Identifiable {
  /// Why a runner was asked for.
  public enum Cause: String, Sendable, Hashable, Codable {
    /// Requests need it.
    case demand
    /// `min_concurrency`.
    case minimum
    /// `concurrency_buffer` or its percentage.
    case buffer
    /// The first runner of a new revision.
    case rollout
    /// It takes the place of an older one.
    case replacement
  }

  /// Where the provider put it.
  public struct Place: Sendable, Hashable, Codable {
    /// Path of the Unix socket on which it listens.
    public var socket: String
    public var pid: Int32

    public init(socket: String, pid: Int32) {
      self.socket = socket
      self.pid = pid
    }
  }

  public struct ProcessEnd: Sendable, Hashable, Codable {
    public var exit: RunnerExit
    public var at: Moment
  }

  public let id: RunnerID
  public let revision: RevisionID
  public let cause: Cause
  public let requestedAt: Moment
  /// Counts the starts, from 1. What is said about an earlier start is out of date and ignored.
  public internal(set) var generation: Int
  public internal(set) var state: RunnerState
  /// What it holds of a node: from before the present generation is started until its process has ended.
  public internal(set) var placement: Placement?
  /// Why it has no placement, in words.
  public internal(set) var waitsFor: String?
  /// A fresh runner is to take its place; then it goes.
  public internal(set) var isReplaced = false
  /// nil until the present generation was started.
  public internal(set) var place: Place?
  /// When the present generation became ready.
  public internal(set) var readyAt: Moment?
  /// When its connection was lost while it was in `setup`: the exit that explains it is usually close behind.
  public internal(set) var linkLostAt: Moment?
  /// How its process ended while it was in `setup`: what the runner itself had to say about it may still be on its way.
  public internal(set) var processEnd: ProcessEnd?
  /// What went wrong last.
  public internal(set) var failure: RunnerFailure?

  init(id: RunnerID, revision: RevisionID, cause: Cause, requestedAt: Moment) {
    self.id = id
    self.revision = revision
    self.cause = cause
    self.requestedAt = requestedAt
    generation = 1
    state = .pending(since: requestedAt)
  }

  /// Whether scaling counts it: it takes requests or is going to, and no other is to take its place.
  var isFresh: Bool { state.isCounted && !isReplaced }

  /// Whether it waits for room on a node.
  public var isUnplaced: Bool {
    if case .pending = state { placement == nil } else { false }
  }

  /// Requests in work, as far as the runner's state knows them.
  public var inFlight: Int {
    if case .running(let count) = state { count } else { 0 }
  }
}
