import Glibc

/// Reads a script from disk, and refuses what cannot be one before it fills the memory.
public enum ScriptFile {
  /// Nobody writes more by hand.
  public static let sizeMax = 1_048_576

  /// Throws `ScriptFailure` with `file-missing`, `file-unreadable`, `file-directory`, `file-special`, `file-too-large` or
  /// `file-empty`.
  public static func read(_ path: String) throws(ScriptFailure) -> [UInt8] {
    try checked(readBytes(path), path)
  }

  /// The same, but the contents are not looked at.
  static func readBytes(_ path: String) throws(ScriptFailure) -> [UInt8] {
    let shown = DraftValue.quoted(path)
    // Without O_NONBLOCK, opening a pipe would wait for its other end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw openFailure(errno, shown, path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw openFailure(errno, shown, path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR:
      throw ScriptFailure("file-directory", "\(shown) is a directory", file: path, fix: "name a Lua file: \(path)/app.lua, say")
    default: throw ScriptFailure("file-special", "\(shown) is not a file", file: path, fix: "name a Lua file")
    }
    guard status.st_size <= sizeMax else {
      throw ScriptFailure(
        "file-too-large", "\(shown) has \(status.st_size / 1_048_576) MB", file: path,
        fix: "a script may have 1 MB; keep data in files beside it, and read them with files.read")
    }
    return try readAll(descriptor, shown, path)
  }

  /// Refuses a source that cannot be one; `load` does so too, for sources that were never files.
  static func checked(_ bytes: [UInt8], _ path: String) throws(ScriptFailure) -> [UInt8] {
    let shown = DraftValue.quoted(path)
    guard bytes.contains(where: { !Ascii.isSpace($0) && $0 != 10 }) else {
      throw ScriptFailure("file-empty", "\(shown) is empty", file: path, fix: "begin with: local app = app \"name\" { }")
    }
    try checkModule(bytes, path)
    return bytes
  }

  /// The same for a module, which may be empty.
  static func checkModule(_ bytes: [UInt8], _ path: String) throws(ScriptFailure) {
    let shown = DraftValue.quoted(path)
    guard bytes.count <= sizeMax else {
      throw ScriptFailure("file-too-large", "\(shown) has more than 1 MB", file: path, fix: "a script may have 1 MB")
    }
    guard bytes.first != 0x1B else {
      throw ScriptFailure(
        "bytecode", "\(shown) is compiled Lua, and bytecode could do anything", file: path, fix: "give the source instead")
    }
  }

  private static func openFailure(_ number: Int32, _ shown: String, _ path: String) -> ScriptFailure {
    switch number {
    case ENOENT, ENOTDIR: ScriptFailure("file-missing", "there is no file \(shown)", file: path)
    default: ScriptFailure("file-unreadable", "\(shown) cannot be read: \(String(cString: strerror(number)))", file: path)
    }
  }

  private static func readAll(_ descriptor: Int32, _ shown: String, _ path: String) throws(ScriptFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    // A file may grow while it is read: one byte above the limit is enough to know.
    while bytes.count <= sizeMax {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw openFailure(errno, shown, path) }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}
