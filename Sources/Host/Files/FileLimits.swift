import Glibc

/// How much may be uploaded.
struct FileLimits: Sendable, Hashable {
  /// Bytes of one file: 10 GB.
  var file: Int64 = 10_000_000_000
  /// Numbers of parts, as fal and S3 have it.
  var parts = 10_000
  /// Bodies that are received at once. One client sends ten parts at a time; each costs a descriptor and a buffer.
  var uploads = 128
  /// Bytes of a JSON body: 10,000 parts with their tags take one and a quarter million.
  var json = 2_000_000
  /// Bytes that stay free on the disk, for the queue and the journal.
  var freeBytes: UInt64 = 1_000_000_000
  /// The same as a part of the whole disk.
  var freeShare = 0.05
  /// Bytes between two looks at the disk.
  static let lookEvery: Int64 = 64 << 20
  /// How long an upload that was begun may go unfinished.
  static let unfinished = Duration.seconds(24 * 3600)

  func hasRoom(free: UInt64, of whole: UInt64) -> Bool { free >= freeBytes && Double(free) >= Double(whole) * freeShare }

  func hasRoom(in folder: String) -> Bool {
    var facts = statvfs()
    // A disk that does not answer fails the write itself, which says why.
    guard statvfs(folder, &facts) == 0 else { return true }
    let block = UInt64(facts.f_frsize)
    return hasRoom(free: UInt64(facts.f_bavail) * block, of: UInt64(facts.f_blocks) * block)
  }
}
