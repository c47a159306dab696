import AppModel
import ControlAPI
import EngineCore
import Store

extension ControlService {
  /// The owner sees everything; everybody else what they paid for or asked for, and their own apps.
  func usage(_ request: APIRequest) async throws -> APIAnswer {
    let now = clock.now
    let since = try request.seconds(.since).flatMap(Moment.init(secondsSince1970:))
    let until = try request.seconds(.until).flatMap(Moment.init(secondsSince1970:))
    let query = UsageQuery(
      since: since ?? now + .seconds(-Self.usageSeconds), until: min(until ?? now, now), by: try Self.dimensions(request),
      user: try whose(request))
    let rows = try await usage.report(query, now: now)
    return try .json(UsageReport(rows, query))
  }

  /// As much as people look back: a month.
  private static let usageSeconds: Int64 = 30 * 86_400

  private static func dimensions(_ request: APIRequest) throws(APIFailure) -> [UsageDimension] {
    guard let text = request.match.query[.by] else { return [.app] }
    var dimensions: [UsageDimension] = []
    for word in text.split(separator: ",") {
      guard let dimension = UsageDimension(rawValue: String(word)) else {
        let known = UsageDimension.allCases.map(\.rawValue).joined(separator: ", ")
        throw APIFailure(
          400, "bad-query", "usage cannot be added up by '\(word.prefix(64))'", fix: "it is some of \(known), with commas")
      }
      if !dimensions.contains(dimension) { dimensions.append(dimension) }
    }
    return dimensions
  }
}

extension UsageReport {
  init(_ rows: UsageBook.Rows, _ query: UsageQuery) {
    let names = query.by.map(\.rawValue)
    let sorted = rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    self.init(
      since: query.begin.secondsSince1970, until: query.end.secondsSince1970, by: query.by,
      rows: sorted.map { values, sum in
        UsageRow(of: Dictionary(zip(names, values)) { first, _ in first }, usage: UsageAmounts(sum))
      }, total: UsageAmounts(rows.values.reduce(UsageSum(), +)))
  }
}

extension UsageAmounts {
  init(_ sum: UsageSum) {
    self.init(
      requests: sum.requests, failed: sum.failed, units: sum.units, requestSeconds: sum.requestSeconds,
      seconds: RunnerSeconds(
        setup: sum.setup, idle: sum.idle, running: sum.running, draining: sum.draining, terminating: sum.terminating))
    bytesIn = sum.bytesIn
    bytesOut = sum.bytesOut
    gpuSeconds = sum.gpuSeconds
    cost = sum.cost
  }
}
