import Access
public import ControlAPI
import Glibc
import Store

/// Another key for the owner, made where `owner.key` was lost. Whoever may write the data folder may do this; no server
/// runs on it meanwhile.
public enum OwnerKeyRecovery {
  /// - Throws: `data-folder-in-use` where a server runs, `owner-unknown` where none ever did.
  public static func run(_ folder: DataFolder) throws(ServerFailure) -> KeyCreated {
    do {
      guard access(folder.database, F_OK) == 0 else { throw Self.unknown(folder) }
      let store = try Store.open(folder: folder.path)
      do {
        let created = try made(in: store, folder)
        try store.close()
        return created
      } catch {
        try store.close()
        throw error
      }
    } catch {
      throw ServerFailure(error)
    }
  }

  private static func made(in store: Store, _ folder: DataFolder) throws -> KeyCreated {
    // The first start makes the owner's before there can be any other.
    guard let owner = try store.users().min(by: { $0.createdAt < $1.createdAt })?.name else { throw unknown(folder) }
    let made = OwnerKey.make()
    let key = AccessKey(
      id: made.digest.id, user: owner, preset: .full, description: "made offline", createdAt: Double(time(nil)),
      digest: try store.pepper().digest(ofHash: made.digest.secret))
    try store.createKey(key)
    try OwnerKeyFile.write(made, to: folder.ownerKey)
    return KeyCreated(key: made.text, info: KeyInfo(key))
  }

  private static func unknown(_ folder: DataFolder) -> ServerFailure {
    ServerFailure(
      code: "owner-unknown", message: "no server has ever run on \(folder.path)", fix: "name its folder with --data-dir")
  }
}
