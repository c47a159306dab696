import GRDB

extension Store {
  /// Bytes of a setting's text: settings are read whole.
  public static let settingBytesMax = 1 << 20

  /// A text that the server keeps under a name; nil: there is none.
  public func setting(_ name: String) throws(StoreError) -> String? {
    try read("a setting") { try String.fetchOne($0, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name]) }
  }

  /// Safe from a power failure when it returns. nil removes the setting.
  ///
  /// - Throws: `setting-too-large`, `disk-full`, `disk-failed`.
  public func set(_ name: String, to value: String?) throws(StoreError) {
    guard let value else {
      return try write("a setting", synced: true) { database in
        try database.execute(sql: "DELETE FROM settings WHERE name = ?", arguments: [name])
      }
    }
    guard value.utf8.count <= Self.settingBytesMax else {
      throw StoreError(
        "setting-too-large", "the setting \(name) has \(value.utf8.count) bytes; \(Self.settingBytesMax) are allowed")
    }
    try write("a setting", synced: true) { database in
      try database.execute(sql: "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", arguments: [name, value])
    }
  }

  public func settings() throws(StoreError) -> [String: String] {
    try read("the settings") { database in
      let rows = try Row.fetchAll(database, sql: "SELECT name, value FROM settings")
      return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }
  }
}
