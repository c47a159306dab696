import Access
public import EngineCore
import GRDB

extension Store {
  /// All of them are in memory, and in one list.
  public static let usersMax = 10_000

  public func users() throws(StoreError) -> [StoredUser] {
    try read("the users") { database in
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT name, created_at, (SELECT count(*) FROM keys WHERE user = name) FROM users ORDER BY name")
      return rows.map { StoredUser(name: $0[0], createdAt: Moment(nanoseconds: $0[1]), keys: $0[2]) }
    }
  }

  /// - Throws: `user-name-invalid`, `user-exists`, `users-too-many`.
  public func createUser(_ name: String, at now: Moment) throws(StoreError) {
    if let problem = UserName.problem(name) {
      throw StoreError("user-name-invalid", "'\(name)' cannot be the name of a user: \(problem)")
    }
    try write("a user", synced: true) { database in
      guard try Int.fetchOne(database, sql: "SELECT count(*) FROM users") ?? 0 < Self.usersMax else {
        throw StoreError("users-too-many", "there are \(Self.usersMax) users already", fix: "Delete one.")
      }
      guard try Self.addUser(name, at: now, database) else {
        throw StoreError("user-exists", "the user \(name) exists already")
      }
    }
  }

  /// False: there is one of that name.
  static func addUser(_ name: String, at now: Moment, _ database: Database) throws -> Bool {
    try database.execute(
      sql: "INSERT OR IGNORE INTO users (name, created_at) VALUES (?, ?)", arguments: [name, now.nanoseconds])
    return database.changesCount == 1
  }

  /// With all keys.
  ///
  /// - Throws: `user-not-found`.
  public func deleteUser(_ name: String) throws(StoreError) {
    try write("the end of a user", synced: true) { database in
      try database.execute(sql: "DELETE FROM keys WHERE user = ?", arguments: [name])
      try database.execute(sql: "DELETE FROM users WHERE name = ?", arguments: [name])
      guard database.changesCount == 1 else { throw StoreError("user-not-found", "there is no user \(name)") }
    }
  }
}
