public import EngineCore

/// Requests that are added up before they are written down.
public struct RequestUsage: Sendable, Hashable {
  /// What they have in common.
  public struct Key: Sendable, Hashable {
    /// Hours since 1970.
    public var hour: Int64
    public var app: AppID
    /// nil: no runner ever had them.
    public var revision: RevisionID?
    public var runner: RunnerID?
    public var caller: String
    public var key: String
    public var payer: String
    public var kind: String

    /// - Parameter at: when they ended.
    public init(
      at: Moment, app: AppID, revision: RevisionID?, runner: RunnerID?, caller: String, key: String, payer: String, kind: String
    ) {
      hour = UsageHour(at).number
      self.app = app
      self.revision = revision
      self.runner = runner
      self.caller = caller
      self.key = key
      self.payer = payer
      self.kind = kind
    }
  }

  public var requests = 0
  /// Of which with a status of 500 or more: they are free.
  public var failed = 0
  public var units = 0.0
  /// Time that runners had them, of those that are not free.
  public var running = Duration.zero
  /// Time in which their runner had any request; counted once for those that it had at the same time.
  public var runnerBusy = Duration.zero
  public var bytesIn: Int64 = 0
  public var bytesOut: Int64 = 0

  public init() {}

  /// Adds one. What fal charges nothing for is added without units: 422, and everything from 500 on.
  public mutating func add(
    status: Int, units: Double?, running: Duration?, runnerBusy: Duration, bytesIn: Int, bytesOut: Int
  ) {
    requests += 1
    if status >= 500 { failed += 1 }
    if status < 500, status != 422, let units { self.units += units }
    if status < 500, let running { self.running += running }
    self.runnerBusy += runnerBusy
    self.bytesIn += Int64(bytesIn)
    self.bytesOut += Int64(bytesOut)
  }
}
