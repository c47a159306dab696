public import Access
import EngineCore
import FoundationEssentials
import GRDB

extension Store {
  /// All of them are in memory.
  public static let keysMax = 10_000
  public static let keyDescriptionMax = 200

  /// Oldest first.
  public func keys() throws(StoreError) -> [AccessKey] {
    try read("the keys") { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT id, user, preset, description, created_at, expires_at, concurrency, digest FROM keys
          ORDER BY created_at, id
          """)
      return try rows.map(Self.key)
    }
  }

  private static func key(_ row: Row) throws -> AccessKey {
    guard let preset = KeyPreset(rawValue: row[2]) else {
      throw StoreError("database-corrupt", "the key \(row[0] as String) has an unknown preset")
    }
    return AccessKey(
      id: row[0], user: row[1], preset: preset, description: row[3], createdAt: row[4], expiresAt: row[5],
      concurrencyMax: row[6], digest: SecretDigest(bytes: Array(row[7] as Data)))
  }

  /// - Throws: `user-not-found`, `key-exists`, `keys-too-many`, `key-invalid`.
  public func createKey(_ key: AccessKey) throws(StoreError) {
    guard key.concurrencyMax ?? 1 > 0, key.description?.count ?? 0 <= Self.keyDescriptionMax else {
      throw StoreError(
        "key-invalid", "a key's concurrency is above 0, and its description has at most \(Self.keyDescriptionMax) characters")
    }
    try write("a key", synced: true) { database in
      let isKnown = try Bool.fetchOne(database, sql: "SELECT count(*) FROM users WHERE name = ?", arguments: [key.user])
      guard isKnown == true else { throw StoreError("user-not-found", "there is no user \(key.user)") }
      guard try Int.fetchOne(database, sql: "SELECT count(*) FROM keys") ?? 0 < Self.keysMax else {
        throw StoreError("keys-too-many", "there are \(Self.keysMax) keys already", fix: "Revoke one.")
      }
      guard try Self.add(key, database) else { throw StoreError("key-exists", "the key \(key.id) exists already") }
    }
  }

  private static func add(_ key: AccessKey, _ database: Database) throws -> Bool {
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO keys (id, user, preset, description, created_at, expires_at, concurrency, digest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        key.id, key.user, key.preset.rawValue, key.description, key.createdAt, key.expiresAt, key.concurrencyMax,
        Data(key.digest.bytes),
      ])
    return database.changesCount == 1
  }

  /// - Parameter user: whose it must be; nil: anybody's.
  /// - Throws: `key-not-found`.
  public func revokeKey(_ id: String, of user: String? = nil) throws(StoreError) {
    try write("the end of a key", synced: true) { database in
      try database.execute(
        sql: "DELETE FROM keys WHERE id = ? AND (? IS NULL OR user = ?)", arguments: [id, user, user])
      guard database.changesCount == 1 else { throw StoreError("key-not-found", "there is no key \(id)") }
    }
  }

  /// Makes the owner a user, and `key` the owner's, in one step with the end of the setting that older versions had it
  /// in; does nothing to what is there already.
  public func adoptOwner(_ key: AccessKey, dropping setting: String) throws(StoreError) {
    try write("the owner's key", synced: true) { database in
      _ = try Self.addUser(key.user, at: Moment(nanoseconds: Int64(key.createdAt * 1e9)), database)
      _ = try Self.add(key, database)
      try database.execute(sql: "DELETE FROM settings WHERE name = ?", arguments: [setting])
    }
  }
}
