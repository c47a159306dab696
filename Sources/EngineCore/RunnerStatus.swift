public import Planning

/// A runner as people see it.
public struct RunnerStatus: Sendable, Hashable, Codable {
  public var id: RunnerID
  public var revision: RevisionID
  /// fal's names: `PENDING`, `SETUP`, `IDLE`, `RUNNING`, ….
  public var state: String
  public var generation: Int
  public var inFlight: Int
  public var pid: Int32?
  public var requestedAt: Moment
  public var readyAt: Moment?
  /// Why it was asked for.
  public var cause: Runner.Cause
  public var placement: Placement?
  /// A fresh runner will take its place.
  public var willBeReplaced: Bool
  /// How it ended, what it waits for, or what went wrong last.
  public var reason: String?

  public init(_ runner: Runner) {
    id = runner.id
    revision = runner.revision
    state = runner.state.name
    generation = runner.generation
    inFlight = runner.inFlight
    pid = runner.place?.pid
    requestedAt = runner.requestedAt
    readyAt = runner.readyAt
    cause = runner.cause
    placement = runner.placement
    willBeReplaced = runner.isReplaced
    if case .terminated(_, let exit) = runner.state {
      reason = exit.description
    } else {
      reason = runner.waitsFor ?? runner.failure?.description
    }
  }
}
