public import EngineCore

/// An environment: apps of one never see those of another.
public struct StoredEnvironment: Sendable, Hashable {
  public var name: String
  public var description: String?
  /// nil for `main`, which is always there.
  public var createdAt: Moment?

  public init(name: String, description: String? = nil, createdAt: Moment? = nil) {
    self.name = name
    self.description = description
    self.createdAt = createdAt
  }

  /// The name stands in URLs, behind "--".
  ///
  /// - Throws: `environment-name-invalid`.
  public static func checkName(_ name: String) throws(StoreError) {
    let letters = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "-")
    }
    guard letters, (1...32).contains(name.utf8.count), !name.contains("--") else {
      throw StoreError(
        "environment-name-invalid", "'\(name)' cannot be the name of an environment",
        fix: "Use 1 to 32 of a-z, 0-9 and -, without two hyphens in a row.")
    }
  }
}
