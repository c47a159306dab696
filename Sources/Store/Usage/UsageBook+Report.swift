import AppModel
public import EngineCore
import GRDB

extension UsageBook {
  /// Rows by their values of the query's dimensions, in the order of those.
  public typealias Rows = [[String]: UsageSum]

  /// Adds up what was written down, and the time of runners that have not ended.
  ///
  /// - Throws: `usage-too-long` when there are more rows than were asked for.
  public func report(_ query: UsageQuery, now: Moment) throws(StoreError) -> Rows {
    // Of one moment: what is folded meanwhile would count in neither or in both.
    let (rows, known) = try folding.withLock { folding throws(StoreError) in
      (try stored(query), folding.meter.known.values)
    }
    var all = rows
    for runner in known where query.user == nil || runner.app.owner == query.user {
      let end = min(now, UsageHour(number: query.hours.upperBound - 1).end)
      guard let time = RunnerTime(runner, until: end)?.clipped(from: UsageHour(query.since).begin, until: end) else { continue }
      add(time, query.by, to: &all)
    }
    guard all.count <= query.rowsMax else { throw Self.tooLong(query.rowsMax) }
    return all
  }

  private static func tooLong(_ max: Int) -> StoreError {
    StoreError(
      "usage-too-long", "that would be more than \(max) rows", fix: "ask for a shorter time, or by fewer things at once")
  }

  private func add(_ time: RunnerTime, _ by: [UsageDimension], to rows: inout Rows) {
    let hourly = time.runner.machine.flatMap(price)
    let hasTime = by.contains { $0 == .hour || $0 == .day || $0 == .month }
    let whole = [(UsageHour(time.from).number, time.until.nanoseconds - time.from.nanoseconds)]
    for (hour, nanoseconds) in hasTime ? time.byHour : whole {
      let labels = by.map { $0.label(of: time.runner, UsageHour(number: hour)) }
      rows[labels, default: UsageSum()].add(
        time.state.rawValue, nanoseconds: nanoseconds, gpus: time.runner.gpus,
        cost: hourly.map { UsageSum.cost(nanoseconds, gpus: time.runner.gpus, hourly: $0) })
    }
  }

  private func stored(_ query: UsageQuery) throws(StoreError) -> Rows {
    try store.read("the usage") { database in
      var rows: Rows = [:]
      let width = query.by.count
      let requests = try Row.fetchCursor(
        database,
        sql: Self.sql(
          query, from: "usage_requests", columns: query.by.map(\.requestColumn),
          sums: """
            sum(requests), sum(failed), sum(units), sum(nanoseconds) / 1e9, sum(bytes_in), sum(bytes_out)
            """, mine: "(caller = :user OR payer = :user)"), arguments: Self.arguments(query))
      while let row = try requests.next() {
        var sum = UsageSum()
        sum.requests = row[width]
        sum.failed = row[width + 1]
        sum.units = row[width + 2]
        sum.requestSeconds = row[width + 3]
        sum.bytesIn = row[width + 4]
        sum.bytesOut = row[width + 5]
        rows[Self.labels(row, width)] = sum
      }
      guard rows.count <= query.rowsMax else { throw Self.tooLong(query.rowsMax) }
      let runners = try Row.fetchCursor(
        database,
        sql: Self.sql(
          query, from: "usage_runners", columns: query.by.map(\.runnerColumn), sums: "state, gpus, sum(nanoseconds), sum(cost)",
          grouping: ["state", "gpus"], mine: "owner = :user"), arguments: Self.arguments(query))
      while let row = try runners.next() {
        rows[Self.labels(row, width), default: UsageSum()].add(
          row[width], nanoseconds: row[width + 2], gpus: row[width + 1], cost: row[width + 3])
        guard rows.count <= query.rowsMax else { throw Self.tooLong(query.rowsMax) }
      }
      return rows
    }
  }

  private static func labels(_ row: Row, _ width: Int) -> [String] { (0..<width).map { row[$0] } }

  private static func arguments(_ query: UsageQuery) -> StatementArguments {
    let hours: StatementArguments = ["from": query.hours.lowerBound, "until": query.hours.upperBound]
    return query.user.map { hours + ["user": $0] } ?? hours
  }

  private static func sql(
    _ query: UsageQuery, from table: String, columns: [String], sums: String, grouping: [String] = [], mine: String
  ) -> String {
    let groups = columns.indices.map { "\($0 + 1)" } + grouping
    return """
      SELECT \((columns + [sums]).joined(separator: ", ")) FROM \(table)
      WHERE hour >= :from AND hour < :until\(query.user == nil ? "" : " AND \(mine)")
      GROUP BY \(groups.isEmpty ? "''" : groups.joined(separator: ", "))
      """
  }
}

extension UsageDimension {
  /// The value of a row of requests, as text.
  fileprivate var requestColumn: String {
    switch self {
    case .app: "owner || '/' || app || CASE environment WHEN '\(AppID.environmentDefault)' THEN '' ELSE '--' || environment END"
    case .owner: "owner"
    case .payer: "payer"
    case .caller: "caller"
    case .key: "key"
    case .revision: "revision"
    case .machine: "machine"
    case .gpus: "CAST(gpus AS TEXT)"
    case .kind: "kind"
    case .hour: "strftime('%Y-%m-%dT%H:00Z', hour * 3600, 'unixepoch')"
    case .day: "strftime('%Y-%m-%d', hour * 3600, 'unixepoch')"
    case .month: "strftime('%Y-%m', hour * 3600, 'unixepoch')"
    }
  }

  /// The same of a row of runners, which nobody calls.
  fileprivate var runnerColumn: String {
    switch self {
    case .payer: "owner"
    case .caller, .key, .kind: "''"
    case .app, .owner, .revision, .machine, .gpus, .hour, .day, .month: requestColumn
    }
  }

  /// The same of a runner that has not ended.
  fileprivate func label(of runner: RunnerMeter.Known, _ hour: UsageHour) -> String {
    switch self {
    case .app: runner.app.description
    case .owner, .payer: runner.app.owner
    case .caller, .key, .kind: ""
    case .revision: runner.revision.text
    case .machine: runner.machine ?? ""
    case .gpus: "\(runner.gpus)"
    case .hour: hour.hourText
    case .day: hour.dayText
    case .month: hour.monthText
    }
  }
}
