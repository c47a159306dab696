public import EngineCore
import FoundationEssentials
import GRDB

extension Store {
  /// What is younger may belong to a deploy that is still on its way.
  private static let sweptAfter: Int64 = 3600

  /// Removes bundles that no revision has, and contents that no bundle has. What is younger than an hour stays.
  ///
  /// - Parameter keeping: hashes of the bundles that are in use.
  /// - Returns: how many bundles and contents were removed.
  @discardableResult
  public func sweepBundles(keeping: Set<String>, now: Moment) throws(StoreError) -> Int {
    let cut = now.nanoseconds / 1_000_000_000 - Self.sweptAfter
    return try bundles.withLock { state throws(StoreError) in
      let unused = try read("the bundles") { database in
        try String.fetchAll(database, sql: "SELECT hash FROM bundles WHERE at < ?", arguments: [cut])
      }.filter { !keeping.contains($0) }
      for hash in unused {
        try write("the end of a bundle", synced: false) { database in
          try database.execute(sql: "DELETE FROM bundles WHERE hash = ?", arguments: [hash])
        }
        state.verified.remove(hash)
      }
      try removeFolders(&state)
      return try unused.count + removeBlobs(before: cut)
    }
  }

  /// Of bundles that are gone, also those that an earlier process did not get to.
  private func removeFolders(_ state: inout BundleFolderState) throws(StoreError) {
    let kept = Set(try read("the bundles") { try String.fetchAll($0, sql: "SELECT hash FROM bundles") })
    let parent = Self.bundles(in: folder)
    for name in try Files.names(in: parent) where !kept.contains(name) {
      // Out of the way first, so that a folder under its hash is always whole.
      let staging = "\(parent)/\(state.nextStaging())"
      try Files.move("\(parent)/\(name)", to: staging)
      try Files.remove(staging)
    }
  }

  private func removeBlobs(before cut: Int64) throws(StoreError) -> Int {
    let used = try read("the bundles") { database in
      var used: Set<String> = []
      let manifests = try Data.fetchCursor(database, sql: "SELECT files FROM bundles")
      while let json = try manifests.next() {
        for file in try JSONDecoder().decode([BundleEntry].self, from: json) { used.insert(file.hash) }
      }
      return used
    }
    var removed = 0
    for name in try Files.names(in: Self.blobs(in: folder)) where !used.contains(name) {
      let path = "\(Self.blobs(in: folder))/\(name)"
      guard let status = try Files.status(path), status.modifiedAt < cut else { continue }
      try Files.remove(path)
      removed += 1
    }
    return removed
  }
}
