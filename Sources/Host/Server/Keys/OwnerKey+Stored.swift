import Access
import FoundationEssentials
import Glibc
import Store

extension OwnerKey {
  /// Where older versions kept the digest of the only key they had.
  private static let setting = "owner-key"

  /// Makes sure that the owner has a key: that of an older version, else the one in `owner.key`, else a new one, which is
  /// written there.
  ///
  /// - Returns: the key, where the data folder knew none before.
  static func prepare(_ store: Store, _ folder: DataFolder, owner: String, pepper: Pepper) throws -> OwnerKey? {
    guard !UserName.reserved.contains(owner) else {
      throw ServerFailure(
        code: "owner-reserved", message: "the server's owner cannot be '\(owner)', which means something else in addresses",
        fix: "name another as 'owner' in the server's configuration")
    }
    if let kept = try store.setting(setting) {
      let digest = try JSONDecoder().decode(Digest.self, from: Data(kept.utf8))
      try store.adoptOwner(key(digest, owner, pepper), dropping: setting)
      return nil
    }
    guard try !store.users().contains(where: { $0.name == owner }) else { return nil }
    // The file first: a start that was killed in between finds the key there and goes on.
    let made: OwnerKey
    if let written = OwnerKeyFile.read(folder.ownerKey), try !store.keys().contains(where: { $0.id == written.digest.id }) {
      made = written
    } else {
      made = .make()
      try OwnerKeyFile.write(made, to: folder.ownerKey)
    }
    try store.adoptOwner(key(made.digest, owner, pepper), dropping: setting)
    return made
  }

  private static func key(_ digest: Digest, _ owner: String, _ pepper: Pepper) -> AccessKey {
    AccessKey(
      id: digest.id, user: owner, preset: .full, description: "made at the first start", createdAt: Double(time(nil)),
      digest: pepper.digest(ofHash: digest.secret))
  }
}
