import Glibc

/// Small files, as `/proc` and cgroups have them.
public enum SmallFile {
  /// More than any of them holds; longer ones are cut.
  public static let sizeMax = 64 * 1024

  public static func read(_ path: String) throws(SystemError) -> String {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { throw SystemError("cannot open \(path)") }
    defer { close(fd) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < sizeMax {
      let count = Glibc.read(fd, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw SystemError("cannot read \(path)") }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  public static func write(_ text: String, to path: String, create: Bool = false) throws(SystemError) {
    let fd = open(path, O_WRONLY | O_CLOEXEC | (create ? O_CREAT | O_TRUNC : 0), 0o600)
    guard fd >= 0 else { throw SystemError("cannot open \(path)") }
    defer { close(fd) }
    let bytes = Array(text.utf8)
    guard Glibc.write(fd, bytes, bytes.count) == bytes.count else { throw SystemError("cannot write \(path)") }
  }
}
