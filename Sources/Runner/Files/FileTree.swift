import CPlatform
import Glibc
import Platform

/// The files that a script may see: its bundle, read-only, and its data mounts.
///
/// Paths are resolved by the kernel below the folder they belong to: neither `..` nor a symbolic link leads out of it.
final class FileTree {
  /// The largest file that is read or written in one piece.
  static let fileMax = 64 * 1_048_576
  static let namesMax = 100_000
  static let pathMax = 4096

  private struct Root {
    /// `/data`; empty for the bundle.
    var name: String
    var fd: Int32
  }

  private let bundle: Root
  private var mounts: [Root] = []

  init(bundle: String, mounts: [String: String]) throws(SystemError) {
    self.bundle = Root(name: "", fd: try SystemError.check(bundle, platform_open_root(bundle)))
    for (name, folder) in mounts.sorted(by: { $0.key < $1.key }) {
      self.mounts.append(Root(name: name, fd: try SystemError.check(folder, platform_open_root(folder))))
    }
  }

  deinit {
    close(bundle.fd)
    for mount in mounts { close(mount.fd) }
  }

  // MARK: What scripts do

  func read(_ path: String) throws(FileError) -> [UInt8] {
    let (root, inner) = try resolve(path)
    let fd = try open(root, inner, PLATFORM_OPEN_READ, path)
    defer { close(fd) }
    let status = try status(fd, path)
    guard status.kind == PLATFORM_FILE else { throw .notAFile(path: path) }
    guard status.size <= Self.fileMax else { throw .tooLarge(path: path, limit: Self.fileMax) }
    return try readAll(fd, expected: Int(status.size), path)
  }

  /// Replaces the file at once: a reader sees the old content or the new.
  func write(_ path: String, _ bytes: UnsafeRawBufferPointer) throws(FileError) {
    let (root, inner) = try resolve(path)
    guard !root.name.isEmpty else { throw .readOnly(path: path) }
    guard bytes.count <= Self.fileMax else { throw .tooLarge(path: path, limit: Self.fileMax) }
    guard let name = inner.last else { throw .notAFile(path: path) }
    let folder = try openFolders(root, inner.dropLast(), path)
    defer { close(folder) }
    let temporary = ".\(name.prefix(200)).\(platform_now()).new"
    let fd = platform_open_beneath(folder, temporary, PLATFORM_OPEN_CREATE)
    guard fd >= 0 else { throw FileError(path: path, code: -fd, inBundle: false) }
    do throws(FileError) {
      try writeAll(fd, bytes, path)
      let renamed = platform_rename(folder, temporary, name)
      guard renamed >= 0 else { throw FileError(path: path, code: -renamed, inBundle: false) }
    } catch {
      platform_unlink(folder, temporary)
      throw error
    }
  }

  /// The names in a folder, sorted; those of folders end in "/".
  func list(_ path: String) throws(FileError) -> [String] {
    let (root, inner) = try resolve(path)
    let fd = try open(root, inner, PLATFORM_OPEN_FOLDER, path)
    guard let folder = fdopendir(fd) else {
      close(fd)
      throw .system(path: path, code: errno)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      guard names.count < Self.namesMax else { throw .tooMany(path: path, limit: Self.namesMax) }
      names.append(entry.pointee.d_type == UInt8(DT_DIR) ? name + "/" : name)
    }
    return names.sorted()
  }

  func exists(_ path: String) throws(FileError) -> Bool {
    let (root, inner) = try resolve(path)
    do throws(FileError) {
      close(try open(root, inner, PLATFORM_OPEN_READ, path))
      return true
    } catch .missing {
      return false
    }
  }

  // MARK: Paths

  /// The folder that `path` belongs to, and the names below it.
  private func resolve(_ path: String) throws(FileError) -> (Root, [String]) {
    guard path.utf8.count <= Self.pathMax, !path.utf8.contains(0) else { throw .outside(path: String(path.prefix(100))) }
    guard path.hasPrefix("/") else { return (bundle, try normalise(path[...], path)) }
    for mount in mounts where path == mount.name || path.hasPrefix(mount.name + "/") {
      return (mount, try normalise(path.dropFirst(mount.name.count), path))
    }
    throw .noMount(path: path, mounts: mounts.map(\.name))
  }

  private func normalise(_ inner: Substring, _ path: String) throws(FileError) -> [String] {
    var names: [String] = []
    for name in inner.split(separator: "/") where name != "." {
      if name != ".." {
        names.append(String(name))
      } else if names.popLast() == nil {
        throw .outside(path: path)
      }
    }
    return names
  }

  private func open(_ root: Root, _ inner: [String], _ how: Int32, _ path: String) throws(FileError) -> Int32 {
    let fd = platform_open_beneath(root.fd, inner.isEmpty ? "." : inner.joined(separator: "/"), how)
    guard fd >= 0 else { throw FileError(path: path, code: -fd, inBundle: root.name.isEmpty) }
    return fd
  }

  /// Opens the folder `names` below `root`, and makes what is missing.
  private func openFolders(_ root: Root, _ names: ArraySlice<String>, _ path: String) throws(FileError) -> Int32 {
    var folder = try open(root, [], PLATFORM_OPEN_FOLDER, path)
    for name in names {
      let parent = folder
      defer { close(parent) }
      let made = platform_make_folder(parent, name)
      guard made >= 0 || made == -EEXIST else { throw .system(path: path, code: -made) }
      folder = platform_open_beneath(parent, name, PLATFORM_OPEN_FOLDER)
      guard folder >= 0 else { throw FileError(path: path, code: -folder, inBundle: false) }
    }
    return folder
  }

  // MARK: Bytes

  private func status(_ fd: Int32, _ path: String) throws(FileError) -> platform_status {
    var status = platform_status()
    let result = platform_status(fd, &status)
    guard result >= 0 else { throw .system(path: path, code: -result) }
    return status
  }

  private func readAll(_ fd: Int32, expected: Int, _ path: String) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: expected)
    var filled = 0
    while filled < expected {
      let count = bytes[filled...].withUnsafeMutableBytes { Glibc.read(fd, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path: path, code: errno) }
      // The file has become shorter.
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(expected - filled)
    return bytes
  }

  private func writeAll(_ fd: Int32, _ bytes: UnsafeRawBufferPointer, _ path: String) throws(FileError) {
    defer { close(fd) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = UnsafeRawBufferPointer(rebasing: rest).withMemoryRebound(to: UInt8.self) {
        Glibc.write(fd, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .system(path: path, code: errno) }
      rest = rest.dropFirst(count)
    }
  }
}
