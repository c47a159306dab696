public import EngineCore
import GRDB

extension Store {
  /// Facts that one call gives at most, so that an answer stays small.
  public static let factsMax = 1000

  /// What happened to `app`, newest first.
  ///
  /// - Parameters:
  ///   - before: only facts that are older than the one of this number; nil: from the newest on.
  ///   - limit: at most `factsMax`.
  public func history(app: AppID, before: Int64? = nil, limit: Int = 100) throws(StoreError) -> [RecordedFact] {
    // The app is looked up on its own, so that SQLite walks the index of its facts backwards and stops.
    try facts(
      """
      \(FactReader.selection)
      WHERE facts.app = (SELECT id FROM apps WHERE owner = ? AND name = ? AND environment = ?) AND facts.sequence < ?
      ORDER BY facts.sequence DESC LIMIT ?
      """, [app.owner, app.name, app.environment, before ?? .max, min(max(0, limit), Self.factsMax)])
  }

  /// The facts of all apps that come after number `sequence`, oldest first: to follow what happens.
  public func facts(after sequence: Int64, limit: Int = 100) throws(StoreError) -> [RecordedFact] {
    try facts(
      "\(FactReader.selection) WHERE facts.sequence > ? ORDER BY facts.sequence LIMIT ?",
      [sequence, min(max(0, limit), Self.factsMax)])
  }

  private func facts(_ sql: String, _ arguments: StatementArguments) throws(StoreError) -> [RecordedFact] {
    try read("the history") { database in
      let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
      var lines: [FactReader.Line] = []
      while let row = try rows.next() { lines.append(FactReader.line(row)) }
      return try FactReader().facts(lines)
    }
  }
}
