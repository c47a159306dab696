public import EngineCore
import GRDB

extension Store {
  /// So many have room in a list.
  public static let environmentsMax = 1000

  /// `main` first, then by name.
  public func environments() throws(StoreError) -> [StoredEnvironment] {
    try read("the environments") { database in
      let rows = try Row.fetchAll(database, sql: "SELECT name, description, created_at FROM environments ORDER BY name")
      return [StoredEnvironment(name: AppID.environmentDefault)]
        + rows.map { row in
          StoredEnvironment(name: row[0], description: row[1], createdAt: Moment(nanoseconds: row[2]))
        }
    }
  }

  public func hasEnvironment(_ name: String) throws(StoreError) -> Bool {
    if name == AppID.environmentDefault { return true }
    return try read("the environments") { database in
      try Bool.fetchOne(database, sql: "SELECT count(*) FROM environments WHERE name = ?", arguments: [name]) ?? false
    }
  }

  /// - Throws: `environment-name-invalid`, `environment-exists`, `environments-too-many`.
  public func createEnvironment(_ name: String, description: String? = nil, at now: Moment) throws(StoreError) {
    try StoredEnvironment.checkName(name)
    let exists = StoreError("environment-exists", "the environment \(name) exists already")
    guard name != AppID.environmentDefault else { throw exists }
    try write("an environment", synced: true) { database in
      guard try Int.fetchOne(database, sql: "SELECT count(*) FROM environments") ?? 0 < Self.environmentsMax else {
        throw StoreError("environments-too-many", "there are \(Self.environmentsMax) environments already", fix: "Delete one.")
      }
      try database.execute(
        sql: "INSERT OR IGNORE INTO environments (name, description, created_at) VALUES (?, ?, ?)",
        arguments: [name, description, now.nanoseconds])
      guard database.changesCount == 1 else { throw exists }
    }
  }

  /// Whether apps are left in it is for the caller to know.
  ///
  /// - Throws: `environment-main`, `environment-not-found`.
  public func deleteEnvironment(_ name: String) throws(StoreError) {
    guard name != AppID.environmentDefault else {
      throw StoreError("environment-main", "the environment \(name) cannot be deleted: it is where apps are by default")
    }
    try write("the end of an environment", synced: true) { database in
      try database.execute(sql: "DELETE FROM environments WHERE name = ?", arguments: [name])
      guard database.changesCount == 1 else {
        throw StoreError("environment-not-found", "there is no environment \(name)")
      }
    }
  }
}
