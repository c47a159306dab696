import Crypto
import FoundationEssentials
import Glibc

/// Calls to the file system, with errors that name the file.
enum Files {
  private static let blockBytes = 1 << 18

  struct Status {
    var size: Int
    var modifiedAt: Int64
    var isFolder: Bool
  }

  static func makeFolder(_ path: String, mode: mode_t) throws(StoreError) {
    if try status(path)?.isFolder == true { return }
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    if !parent.isEmpty, try status(parent) == nil { try makeFolder(parent, mode: 0o755) }
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .posix(errno, "cannot be made a folder", path) }
    guard try status(path)?.isFolder == true else { throw .posix(ENOTDIR, "cannot be made a folder", path) }
  }

  /// nil: there is nothing of that name.
  static func status(_ path: String) throws(StoreError) -> Status? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw .posix(errno, "cannot be looked at", path)
    }
    return Status(
      size: Int(status.st_size), modifiedAt: Int64(status.st_mtim.tv_sec), isFolder: status.st_mode & S_IFMT == S_IFDIR)
  }

  /// The names in a folder, in no order.
  static func names(in folder: String) throws(StoreError) -> [String] {
    guard let stream = opendir(folder) else { throw .posix(errno, "cannot be read", folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  static func touch(_ path: String, mode: mode_t) throws(StoreError) {
    let descriptor = try opened(path, O_WRONLY | O_CREAT, mode)
    Glibc.close(descriptor)
  }

  /// Sets the time of the last change to now; false: there is no such file.
  static func renew(_ path: String) throws(StoreError) -> Bool {
    guard utimensat(AT_FDCWD, path, nil, 0) != 0 else { return true }
    if errno == ENOENT { return false }
    throw .posix(errno, "cannot be renewed", path)
  }

  static func move(_ path: String, to target: String) throws(StoreError) {
    guard rename(path, target) == 0 else { throw .posix(errno, "cannot be renamed", path) }
  }

  /// A file or a whole folder; no error when it is not there.
  static func remove(_ path: String) throws(StoreError) {
    do {
      guard try status(path) != nil else { return }
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw StoreError("disk-failed", "\(path) cannot be removed: \(error)")
    }
  }

  /// At most `count` bytes from `offset` on; nil: there is no such file.
  static func part(_ path: String, from offset: Int, count: Int) throws(StoreError) -> [UInt8]? {
    guard try status(path) != nil else { return nil }
    let descriptor = try opened(path, O_RDONLY, 0)
    defer { Glibc.close(descriptor) }
    var got = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      got = pread(descriptor, buffer.baseAddress, count, offset)
      filled = max(0, got)
    }
    guard got >= 0 else { throw .posix(errno, "cannot be read", path) }
    return bytes
  }

  /// After it, names that were made or renamed in the folder survive a power failure.
  static func syncFolder(_ path: String) throws(StoreError) {
    let descriptor = try opened(path, O_RDONLY | O_DIRECTORY, 0)
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .posix(errno, "cannot be made safe", path) }
  }

  /// Writes a file that must not be there yet; nothing is left of it when that fails.
  static func create(_ path: String, mode: mode_t, synced: Bool, _ bytes: some ContiguousBytes) throws(StoreError) {
    let descriptor = try opened(path, O_WRONLY | O_CREAT | O_EXCL, mode)
    let failure = bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
    let code = failure ?? (synced && fsync(descriptor) != 0 ? errno : nil)
    Glibc.close(descriptor)
    guard let code else { return }
    unlink(path)
    throw .posix(code, "cannot be written", path)
  }

  /// The error's number, if it fails.
  static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = Glibc.write(descriptor, base, rest.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { return errno }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return nil
  }

  static func opened(_ path: String, _ flags: Int32, _ mode: mode_t) throws(StoreError) -> Int32 {
    let descriptor = open(path, flags | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .posix(errno, "cannot be opened", path) }
    return descriptor
  }
}

extension Files {
  /// The first bytes of a file; fewer when it is shorter.
  static func head(_ path: String, count: Int) throws(StoreError) -> [UInt8] {
    let descriptor = try opened(path, O_RDONLY, 0)
    defer { Glibc.close(descriptor) }
    return try block(descriptor, path, count: count)
  }

  /// All of a file; `size` is what it is expected to have.
  static func whole(_ path: String, size: Int) throws(StoreError) -> [UInt8] {
    let descriptor = try opened(path, O_RDONLY, 0)
    defer { Glibc.close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count < size {
      let next = try block(descriptor, path, count: size - bytes.count)
      guard !next.isEmpty else { return bytes }
      if bytes.isEmpty { bytes = next } else { bytes += next }
    }
    return bytes
  }

  /// Size and SHA-256 of a file; nil: it is not there. `each` sees the content as it passes.
  static func digest(
    _ path: String, each: (UnsafeRawBufferPointer) throws(StoreError) -> Void = { _ throws(StoreError) in }
  ) throws(StoreError) -> (size: Int, hash: String)? {
    guard let status = try status(path), !status.isFolder else { return nil }
    let descriptor = try opened(path, O_RDONLY, 0)
    defer { Glibc.close(descriptor) }
    var hash = SHA256()
    var size = 0
    while true {
      let bytes = try block(descriptor, path, count: blockBytes)
      guard !bytes.isEmpty else { return (size, hash.finalize().hexadecimal) }
      size += bytes.count
      hash.update(data: bytes)
      let failure: StoreError? = bytes.withUnsafeBytes { buffer in
        do throws(StoreError) { try each(buffer) } catch { return error }
        return nil
      }
      if let failure { throw failure }
    }
  }

  private static func block(_ descriptor: Int32, _ path: String, count: Int) throws(StoreError) -> [UInt8] {
    var code: Int32?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var result = Glibc.read(descriptor, buffer.baseAddress, count)
      while result < 0, errno == EINTR { result = Glibc.read(descriptor, buffer.baseAddress, count) }
      if result < 0 { code = errno }
      filled = max(0, result)
    }
    if let code { throw .posix(code, "cannot be read", path) }
    return bytes
  }
}

extension Sequence<UInt8> {
  /// Two lower-case digits a byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
