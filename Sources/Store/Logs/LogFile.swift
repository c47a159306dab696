import Glibc

/// The open file of one runner.
struct LogFile {
  let path: LogPath
  private(set) var size: Int
  private var descriptor: Int32

  /// A last line that was torn when the process was killed goes: the next one would be glued to it.
  init(_ path: LogPath) throws(StoreError) {
    self.path = path
    descriptor = try Files.opened(path.current, O_RDWR | O_CREAT | O_APPEND, 0o600)
    var status = stat()
    fstat(descriptor, &status)
    size = Int(status.st_size)
    let whole = BackwardLines(descriptor, size: size).endOfLastLine
    if whole < size, ftruncate(descriptor, off_t(whole)) == 0 { size = whole }
  }

  /// All of it or nothing.
  mutating func append(_ bytes: [UInt8]) throws(StoreError) {
    guard let code = bytes.withUnsafeBytes({ Files.writeAll($0, to: descriptor) }) else {
      size += bytes.count
      return
    }
    // What was written in part is torn, and is cut off when the file is opened again if not now.
    ftruncate(descriptor, off_t(size))
    throw .posix(code, "cannot be written", path.current)
  }

  /// Goes on in an empty file; the full one takes the place of the one before.
  mutating func rotate() throws(StoreError) {
    close()
    try Files.move(path.current, to: path.previous)
    self = try LogFile(path)
  }

  func close() { Glibc.close(descriptor) }
}
