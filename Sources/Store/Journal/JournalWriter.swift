import EngineCore
import FoundationEssentials
import GRDB

/// What appending facts needs to remember between two of them.
struct JournalWriter {
  private static let insertion = "INSERT INTO facts (sequence, at, app, change) VALUES (?, ?, ?, ?)"

  /// Of the next fact; nil: to be asked of the database, for a write failed.
  private var next: Int64?
  /// The numbers of apps that are known to be in the database.
  private var keys: [AppID: Int64] = [:]
  private let encoder = JSONEncoder()

  init(next: Int64) { self.next = next }

  /// - Returns: the number of the last fact.
  mutating func append(_ facts: [Fact], to store: Store) throws(StoreError) -> Int64 {
    let what = "the facts"
    let changes = try store.attempt(what) { try facts.map { try encoder.encode($0.change) } }
    var (sequence, found) = (next, keys)
    // Unless all goes well, what is remembered may be wrong: the database then says what is true.
    next = nil
    keys = [:]
    try store.write(what, synced: facts.contains(where: \.isPromise)) { database in
      var number = try sequence ?? Self.lastSequence(in: database) + 1
      let statement = try database.cachedStatement(sql: Self.insertion)
      for (fact, change) in zip(facts, changes) {
        let app = try Self.key(of: fact.app, &found, database)
        try statement.execute(arguments: [number, fact.at.nanoseconds, app, change])
        number += 1
      }
      sequence = number
    }
    next = sequence
    keys = found
    return (sequence ?? 1) - 1
  }

  /// Also of facts that are gone, for as long as a snapshot holds them.
  static func lastSequence(in database: Database) throws -> Int64 {
    try Int64.fetchOne(
      database, sql: "SELECT max(ifnull((SELECT max(sequence) FROM facts), 0), ifnull((SELECT max(sequence) FROM snapshots), 0))"
    ) ?? 0
  }

  private static func key(of app: AppID, _ keys: inout [AppID: Int64], _ database: Database) throws -> Int64 {
    if let key = keys[app] { return key }
    let names = [app.owner, app.name, app.environment]
    try database.execute(
      sql: "INSERT OR IGNORE INTO apps (owner, name, environment) VALUES (?, ?, ?)", arguments: StatementArguments(names))
    let key = try Int64.fetchOne(
      database, sql: "SELECT id FROM apps WHERE owner = ? AND name = ? AND environment = ?",
      arguments: StatementArguments(names))
    guard let key else { throw StoreError("store-failed", "\(app) was not given a number") }
    keys[app] = key
    return key
  }
}
