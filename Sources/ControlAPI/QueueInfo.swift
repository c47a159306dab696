/// `GET /v1/apps/{owner}/{app}/queue`: requests of an app that have no outcome yet.
public struct QueueInfo: Sendable, Hashable, Codable {
  /// That wait: for a runner, or for another attempt.
  public var size: Int
  /// That a runner has.
  public var running: Int
  /// Those that wait, by who sent them, most first.
  public var byUser: [QueueUser]

  public init(size: Int, running: Int, byUser: [QueueUser]) {
    self.size = size
    self.running = running
    self.byUser = byUser
  }
}

/// How many requests of one user wait.
public struct QueueUser: Sendable, Hashable, Codable {
  /// Empty: nobody had to say who they are.
  public var user: String
  public var size: Int

  public init(user: String, size: Int) {
    self.user = user
    self.size = size
  }
}

/// `DELETE /v1/apps/{owner}/{app}/queue`: what waits is cancelled, and what a runner has goes on.
public struct QueueFlush: Sendable, Hashable, Codable {
  /// Requests that were cancelled.
  public var flushed: Int

  public init(flushed: Int) { self.flushed = flushed }
}
