/// How contents are named.
enum BlobHash {
  static func isValid(_ hash: String) -> Bool {
    hash.utf8.count == 64
      && hash.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }

  /// - Throws: `hash-invalid`. It also keeps a hash that is a path from reaching the file system.
  static func check(_ hash: String, of what: String) throws(StoreError) {
    guard isValid(hash) else {
      throw StoreError("hash-invalid", "\(what): '\(hash.prefix(80))' is no SHA-256 in 64 lower-case hexadecimal digits")
    }
  }
}
