/// What this process has told the world already, so that each due action is told once.
///
/// Kept in memory only: after a restart everything that is due is told again, which does no harm. An action that expects
/// an answer and gets none is told again after `patience`.
public struct Outbox: Sendable {
  private let patience: Duration
  private var told: [AppID: [Action: Moment]] = [:]

  public init(patience: Duration = .seconds(10)) { self.patience = patience }

  /// Of `due`, the actions that are to be told now, in order; they count as told from now on.
  public mutating func take(_ due: [Action], of app: AppID, at now: Moment) -> [Action] {
    let before = told[app] ?? [:]
    var after: [Action: Moment] = [:]
    after.reserveCapacity(due.count)
    var fresh: [Action] = []
    for action in due {
      if let since = before[action], !(action.isAnswered && since + patience <= now) {
        after[action] = since
      } else {
        after[action] = now
        fresh.append(action)
      }
    }
    told[app] = after
    return fresh
  }

  /// The app is gone, and with it everything that was to be told.
  public mutating func forget(_ app: AppID) { told[app] = nil }

  /// When an action of `app` that got no answer is to be told again.
  public func nextRepeat(of app: AppID) -> Moment? {
    told[app]?.lazy.filter { $0.key.isAnswered }.map { $0.value + patience }.min()
  }
}
