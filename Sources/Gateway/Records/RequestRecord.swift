public import AppModel
public import EngineCore

/// One request that is over: what usage, metrics and the access log are made of.
///
/// Each HTTP request makes one, whoever answers it. A request of the queue makes one for each attempt to run it.
public struct RequestRecord: Sendable, Hashable {
  /// How the request came.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Over HTTP, by a client that waits for the app's answer.
    case direct
    /// From the app's queue: one attempt.
    case queued
    /// A connection of its own in both directions.
    case websocket
    /// From within the process: a hook, or somebody at the prompt.
    case host
    /// No app had it: the platform answered, or refused it.
    case platform
  }

  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// By the app, or by the platform where it is `Kind.platform`.
    case answered
    /// The platform answered in the app's place, or had to cut the app's answer short.
    case failed
    /// The caller went away.
    case aborted
  }

  public var id: String
  public var kind: Kind
  /// nil: the target names none, or none that there is.
  public var app: AppID?
  /// nil: it never had a runner.
  public var revision: RevisionID?
  public var runner: RunnerID?
  public var caller: Caller
  /// Name of the user who pays: the caller where the app is shared, else its owner. Empty for what no app had.
  public var payer: String
  /// Empty where the request was no HTTP.
  public var method: String
  /// As the client wrote it, with the query. Not public: what is in the query may be secret.
  var target: String
  /// What the client got, or would have got: 499 where it went away.
  public var status: Int
  /// fal's name of what went wrong; empty where it has none.
  public var errorType: String
  public var outcome: Outcome
  public var times: RequestTimes
  var busyNanoseconds: Int64
  /// Whether no runner was ready when it came, so that it had to wait for one to start.
  public var isCold: Bool
  /// Of bodies; of what went through, where it was cut short.
  public var bytesIn: Int
  public var bytesOut: Int
  /// What the app said in `x-fal-billable-units`.
  public var billableUnits: Double?
}

extension RequestRecord {
  /// Time since the last record of this runner in which it had requests: all records of a runner add up to the time for
  /// which it was running.
  public var runnerBusy: Duration { .nanoseconds(busyNanoseconds) }

  /// Whether usage adds it to the same sum as `other`, but for the time at which it ended.
  public func isAddedUp(with other: RequestRecord) -> Bool {
    kind == other.kind && app == other.app && runner == other.runner && caller == other.caller && payer == other.payer
      && revision == other.revision
  }

  /// Bytes of a path that are told; the rest of a longer one is left out.
  public static let pathMax = 512

  /// The target without its query, which may hold secrets.
  public var path: String {
    let whole = target.utf8.prefix(Self.pathMax).prefix { $0 != UInt8(ascii: "?") }
    return String(Substring(whole))
  }
}
