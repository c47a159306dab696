/// How a rolling rollout moves traffic, and how long its parts may take.
public struct RolloutPlan: Sendable, Hashable, Codable {
  /// How much the new revision takes before the next step.
  public enum Step: Sendable, Hashable, Codable {
    /// So many runners.
    case runners(Int)
    /// So many hundredths of the requests.
    case percent(Double)
  }

  /// Which comes first where an old runner is replaced.
  public enum Order: String, Sendable, Hashable, Codable, CaseIterable {
    /// Start the new one, then drain the old one.
    case surge
    /// Drain the old one, then start the new one: needs no free capacity, and serves with less meanwhile.
    case drain
  }

  /// What happens after too many errors of a hook, in a row.
  public enum ErrorAction: String, Sendable, Hashable, Codable, CaseIterable {
    case pause
    case abort
    case proceed
  }

  /// In order; empty: the strategy's own single step.
  public var steps: [Step] = []
  /// Time between two steps.
  @InSeconds public var pause: Duration = .zero
  /// How long the old revision's runners are kept warm after the promotion.
  @InSeconds public var bake: Duration = .zero
  public var order: Order = .surge
  /// Requests with the same value of this header stay with one revision; nil: every request is drawn anew.
  public var affinityHeader: String?
  /// One call of a hook.
  @InSeconds public var hookTimeout: Duration = .seconds(10)
  /// `before_deploy`, which may migrate data.
  @InSeconds public var beforeDeployTimeout: Duration = .seconds(300)
  /// Time without progress after which the rollout aborts; time paused in a gate does not count.
  @InSeconds public var progressDeadline: Duration = .seconds(600)
  /// The longest that one gate may wait before the rollout aborts.
  @InSeconds public var waitMax: Duration = .seconds(86_400)
  /// nil: gates pause, advisory hooks go on.
  public var errorAction: ErrorAction?

  public init() {}
}
