import FoundationEssentials
import Store

extension OwnerKey {
  private static let setting = "owner-key"

  /// The key that the data folder knows by its digest, made and written to `owner.key` at the first start.
  ///
  /// - Returns: the digest, and the key where it was made now.
  static func prepare(_ store: Store, _ folder: DataFolder) throws -> (digest: Digest, made: OwnerKey?) {
    if let kept = try store.setting(setting) {
      return (try JSONDecoder().decode(Digest.self, from: Data(kept.utf8)), nil)
    }
    // The file first: a start that was killed in between finds the key there and goes on.
    let key: OwnerKey
    if let written = OwnerKeyFile.read(folder.ownerKey) {
      key = written
    } else {
      key = .make()
      try OwnerKeyFile.write(key, to: folder.ownerKey)
    }
    let digest = key.digest
    try store.set(setting, to: String(decoding: try JSONEncoder().encode(digest), as: UTF8.self))
    return (digest, key)
  }
}
