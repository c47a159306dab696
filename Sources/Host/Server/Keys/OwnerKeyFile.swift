import FoundationEssentials
import Glibc
import Platform

/// The file in which the owner's key lies for this user's own commands.
enum OwnerKeyFile {
  /// A file with more bytes is none of ours.
  private static let bytesMax = 4096

  /// The key in the file; nil without one.
  static func read(_ path: String) -> OwnerKey? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= bytesMax else { return nil }
    let text = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace).first
    return text.map { OwnerKey(text: String($0)) }
  }

  /// Puts the key in place in one step, readable by this user alone from its first byte on.
  static func write(_ key: OwnerKey, to path: String) throws(SystemError) {
    let fresh = path + ".new"
    unlink(fresh)
    let file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemError("open \(fresh)") }
    let line = Array((key.text + "\n").utf8)
    let written = Glibc.write(file, line, line.count)
    let isSynced = fsync(file) == 0
    close(file)
    guard written == line.count, isSynced, rename(fresh, path) == 0 else {
      let error = SystemError("write \(path)")
      unlink(fresh)
      throw error
    }
  }
}
