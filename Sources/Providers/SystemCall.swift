import Glibc

/// What the system said to a call that failed.
struct SystemError: Error, CustomStringConvertible {
  var code: Int32
  var what: String

  init(_ code: Int32, _ what: String) {
    self.code = code
    self.what = what
  }

  /// From the calling thread's `errno`.
  static func last(_ what: String) -> SystemError { SystemError(errno, what) }

  var description: String { "\(what): \(String(cString: strerror(code)))" }
}

/// Small files, as `/proc` and cgroups have them.
enum SmallFile {
  /// More than any of them holds; longer ones are cut.
  static let sizeMax = 64 * 1024

  static func read(_ path: String) throws(SystemError) -> String {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { throw .last("cannot open \(path)") }
    defer { close(fd) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < sizeMax {
      let count = Glibc.read(fd, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .last("cannot read \(path)") }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func write(_ text: String, to path: String, create: Bool = false) throws(SystemError) {
    let fd = open(path, O_WRONLY | O_CLOEXEC | (create ? O_CREAT | O_TRUNC : 0), 0o600)
    guard fd >= 0 else { throw .last("cannot open \(path)") }
    defer { close(fd) }
    let bytes = Array(text.utf8)
    guard Glibc.write(fd, bytes, bytes.count) == bytes.count else { throw .last("cannot write \(path)") }
  }
}

enum Folder {
  /// Makes a folder; one that is there already will do.
  static func make(_ path: String, mode: mode_t = 0o700) throws(SystemError) {
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .last("cannot make \(path)") }
  }

  /// Names in the folder, without `.` and `..`; none when it cannot be read.
  static func entries(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
