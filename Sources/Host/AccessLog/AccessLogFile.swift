import Glibc
import Platform

/// The file that an access log goes to: rotated by its size, and begun anew where its path leads to another file or to none,
/// so that `logrotate` and people may move it away at any time.
struct AccessLogFile {
  /// Old files that are kept: `FILE.1` is the youngest.
  static let oldMax = 4

  private let path: String
  private let bytesMax: Int
  private var descriptor: Int32
  private var size = 0

  /// - Parameter bytesMax: of one file; bounds the disk that the log takes together with `oldMax`.
  /// - Throws: when it cannot be opened for writing.
  init(_ path: String, bytesMax: Int = 64 << 20) throws(SystemError) {
    self.path = path
    self.bytesMax = bytesMax
    descriptor = -1
    try open()
  }

  mutating func write(_ bytes: [UInt8]) throws(SystemError) {
    if isElsewhere { try open() }
    if size > 0, size + bytes.count > bytesMax { try rotate() }
    try AccessLogFile.write(bytes, to: descriptor)
    size += bytes.count
  }

  /// All of them; waits where it is a pipe that is full.
  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError("write") }
      written += count
    }
  }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
  }

  /// Whether the path leads to another file than the one that is open.
  private var isElsewhere: Bool {
    var (open, named) = (stat(), stat())
    guard descriptor >= 0, fstat(descriptor, &open) == 0, stat(path, &named) == 0 else { return true }
    return open.st_ino != named.st_ino || open.st_dev != named.st_dev
  }

  private mutating func open() throws(SystemError) {
    close()
    // Who called what is nobody else's business.
    descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("open \(path)") }
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  private mutating func rotate() throws(SystemError) {
    for number in stride(from: Self.oldMax, through: 2, by: -1) { rename("\(path).\(number - 1)", "\(path).\(number)") }
    guard rename(path, "\(path).1") == 0 else { throw SystemError("rename \(path)") }
    try open()
  }
}
