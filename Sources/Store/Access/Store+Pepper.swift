public import Access
import EngineCore

extension Store {
  /// The pepper of the data folder, made at the first call; readable by this user alone.
  ///
  /// - Throws: `pepper-missing` when there are keys that nothing can be compared with any more.
  public func pepper() throws(StoreError) -> Pepper {
    let path = "\(folder)/pepper"
    if let size = try Files.status(path)?.size {
      guard size == Pepper.byteCount, let pepper = Pepper(bytes: try Files.head(path, count: size)) else {
        throw StoreError("pepper-invalid", "\(path) is not as it was made", fix: "Bring it back from a copy.")
      }
      return pepper
    }
    guard try keys().isEmpty else {
      throw StoreError(
        "pepper-missing", "\(path) is gone, and without it no key can be told from another",
        fix: "Bring it back from a copy; the database alone does not have it.")
    }
    // Under another name first: a start that is killed must not leave half of it.
    let fresh = path + ".new"
    try Files.remove(fresh)
    try Files.create(fresh, mode: 0o600, synced: true, Pepper.random())
    try Files.move(fresh, to: path)
    try Files.syncFolder(folder)
    return try pepper()
  }
}
