public import EngineCore
import FoundationEssentials
import GRDB
import Synchronization

/// What apps used: the time of runners, from the journal's facts, and requests, as they are told.
///
/// The time of runners is folded together with the number of the last fact, in one transaction: whatever happens, none is
/// lost and none counts twice. One that ended while no server ran counts until the next server found it so. Requests are
/// as safe as the last call of `add`.
public final class UsageBook: Sendable {
  struct Folding: Sendable {
    var meter: RunnerMeter
    /// Of the last fact that was folded.
    var position: Int64
  }

  /// The key of `running` in the table of runners.
  static let running = "running"
  /// Facts that are folded in one transaction; others wait for the writer so long at most.
  private static let factsAtOnce = Store.factsMax

  let store: Store
  /// Per hour and unit, by name of the machine type; nil: it has none.
  let price: @Sendable (String) -> Double?
  let folding: Mutex<Folding>

  /// Goes on where the last one on the same folder ended.
  ///
  /// - Parameter price: of one unit of a machine type for an hour, as it is now.
  public init(_ store: Store, price: @escaping @Sendable (String) -> Double?) throws(StoreError) {
    self.store = store
    self.price = price
    let (position, known) = try store.read("the usage") { database in
      let position = try String.fetchOne(
        database, sql: "SELECT value FROM server WHERE name = ?", arguments: [UsageSchema.position])
      var known: [RunnerID: RunnerMeter.Known] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT runner, content FROM usage_known") {
        known[RunnerID(row[0])] = try JSONDecoder().decode(RunnerMeter.Known.self, from: row[1] as Data)
      }
      return (position.flatMap { Int64($0) } ?? 0, known)
    }
    folding = Mutex(Folding(meter: RunnerMeter(known: known), position: position))
  }

  /// Whether there are facts that were not folded yet.
  public var isBehind: Bool { folding.withLock { $0.position } != store.lastSequence }

  /// Folds facts that were written since the last time, but no more than a few thousand.
  ///
  /// - Returns: whether that was all of them.
  @discardableResult
  public func fold() throws(StoreError) -> Bool {
    try folding.withLock { folding throws(StoreError) in
      let facts = try store.facts(after: folding.position, limit: Self.factsAtOnce)
      guard let last = facts.last else { return true }
      var next = folding
      var times: [RunnerTime] = []
      for recorded in facts {
        if let time = next.meter.take(recorded.fact) { times.append(time) }
      }
      next.position = last.sequence
      try write(times, next)
      next.meter.written()
      folding = next
      return facts.count < Self.factsAtOnce
    }
  }

  private func write(_ times: [RunnerTime], _ next: Folding) throws(StoreError) {
    var sums: [RunnerRow: Int64] = [:]
    for time in times {
      for (hour, nanoseconds) in time.byHour { sums[RunnerRow(hour, time), default: 0] += nanoseconds }
    }
    try store.write("the usage", synced: false) { database in
      for (row, nanoseconds) in sums { try add(row, nanoseconds, database) }
      for id in next.meter.changed {
        if let runner = next.meter.known[id] {
          try database.execute(
            sql: "INSERT OR REPLACE INTO usage_known VALUES (?, ?)", arguments: [id.text, try JSONEncoder().encode(runner)])
        } else {
          try database.execute(sql: "DELETE FROM usage_known WHERE runner = ?", arguments: [id.text])
        }
      }
      try database.execute(
        sql: "INSERT OR REPLACE INTO server (name, value) VALUES (?, ?)", arguments: [UsageSchema.position, "\(next.position)"])
    }
  }

  private func add(_ row: RunnerRow, _ nanoseconds: Int64, _ database: Database) throws {
    let hourly = row.state == Self.running ? nil : price(row.machine)
    try database.cachedStatement(sql: UsageSchema.addRunners).execute(
      arguments: [
        row.hour, row.app.owner, row.app.name, row.app.environment, row.revision, row.machine, row.gpus, row.state, nanoseconds,
        hourly.map { UsageSum.cost(nanoseconds, gpus: row.gpus, hourly: $0) },
      ])
  }

  /// Writes requests down, all or none. Facts of their runners are to be folded before, so that their machines are known.
  public func add(_ requests: [RequestUsage.Key: RequestUsage]) throws(StoreError) {
    guard !requests.isEmpty else { return }
    let meter = folding.withLock { $0.meter }
    try store.write("the usage", synced: false) { database in
      let statement = try database.cachedStatement(sql: UsageSchema.addRequests)
      for (key, usage) in requests {
        let machine = key.runner.flatMap { meter.machine(of: $0) } ?? ("", 0)
        try statement.execute(
          arguments: [
            key.hour, key.app.owner, key.app.name, key.app.environment, key.revision?.text ?? "", machine.name, machine.gpus,
            key.caller, key.key, key.payer, key.kind, usage.requests, usage.failed, usage.units, usage.running.nanoseconds,
            usage.bytesIn, usage.bytesOut,
          ])
        guard usage.runnerBusy > .zero, let revision = key.revision else { continue }
        let row = RunnerRow(
          hour: key.hour, app: key.app, revision: revision.text, machine: machine.name, gpus: machine.gpus, state: Self.running)
        try add(row, usage.runnerBusy.nanoseconds, database)
      }
    }
  }

  /// Ends what is older than `ageMax`.
  public func prune(now: Moment, ageMax: Duration = UsageBook.ageStandard) throws(StoreError) {
    let hour = UsageHour(now + (.zero - ageMax)).number
    try store.write("the end of old usage", synced: false) { database in
      try database.execute(sql: "DELETE FROM usage_requests WHERE hour < ?", arguments: [hour])
      try database.execute(sql: "DELETE FROM usage_runners WHERE hour < ?", arguments: [hour])
    }
  }

  /// A year and a month, so that a month can be compared with that of the year before.
  public static let ageStandard = Duration.seconds(400 * 86_400)
}

/// One row of the table of runners, without its amounts.
private struct RunnerRow: Hashable {
  var hour: Int64
  var app: AppID
  var revision: String
  var machine: String
  var gpus: Int
  var state: String

  init(hour: Int64, app: AppID, revision: String, machine: String, gpus: Int, state: String) {
    self.hour = hour
    self.app = app
    self.revision = revision
    self.machine = machine
    self.gpus = gpus
    self.state = state
  }

  init(_ hour: Int64, _ time: RunnerTime) {
    self.init(
      hour: hour, app: time.runner.app, revision: time.runner.revision.text, machine: time.runner.machine ?? "",
      gpus: time.runner.gpus, state: time.state.rawValue)
  }
}

extension Duration {
  /// Rounded towards zero; some 292 years at most.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 1_000_000_000
  }
}
