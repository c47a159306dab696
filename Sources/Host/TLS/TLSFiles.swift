import FoundationEssentials
import Glibc
import Platform

extension DataFolder {
  /// What TLS needs: the local authority, and what it issued.
  public var tls: String { path + "/tls" }
  /// The certificate of the local authority, for clients to trust.
  public var authority: String { tls + "/ca.pem" }
  /// The system's roots and the local authority, for clients that trust one file alone.
  public var trustBundle: String { tls + "/bundle.pem" }
  /// Key of the local authority, readable by this user alone.
  var authorityKey: String { tls + "/ca.key" }
  /// Certificate and key of the server in one file, so that they change in one step.
  var serverCertificate: String { tls + "/server.pem" }
}

/// Files of certificates and keys, read and written whole.
enum TLSFiles {
  /// A longer file is no certificate with its chain, and no bundle of roots either.
  private static let bytesMax = 4 * 1_048_576

  /// - Returns: nil for one that is not there.
  /// - Throws: the error number of what else kept it from being read.
  static func read(_ path: String) throws(SystemError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemError("open \(path)")
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= bytesMax {
      let count = Glibc.read(file, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError("read \(path)") }
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
    throw SystemError("read \(path)", EFBIG)
  }

  /// Puts a file in place in one step, with its rights from the first byte on.
  static func write(_ text: String, to path: String, mode: mode_t) throws(SystemError) {
    let fresh = path + ".new"
    unlink(fresh)
    let file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw SystemError("open \(fresh)") }
    let isWritten = written(Array(text.utf8), to: file) && fsync(file) == 0
    let error = SystemError("write \(path)")
    close(file)
    guard isWritten else {
      unlink(fresh)
      throw error
    }
    guard rename(fresh, path) == 0 else { throw SystemError("write \(path)") }
  }

  private static func written(_ bytes: [UInt8], to file: Int32) -> Bool {
    bytes.withUnsafeBytes { all in
      var rest = all[...]
      while !rest.isEmpty {
        let count = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  /// What tells two versions of a file apart; nil for one that cannot be looked at.
  static func stamp(_ path: String) -> FileStamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return FileStamp(
      inode: status.st_ino, size: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }
}

struct FileStamp: Hashable, Sendable {
  var inode: UInt
  var size: Int
  var seconds: Int
  var nanoseconds: Int
}
