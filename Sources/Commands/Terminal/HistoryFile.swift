import Glibc

/// The history of one folder, kept in a file of its user alone. One entry a line; line breaks within an entry are written `\n`.
///
/// A history is a comfort: when the file cannot be read or written, there is none, and work goes on.
public struct HistoryFile: Sendable, Hashable {
  /// A larger file is not read: it is none of ours.
  static let bytesMax = 16 * 1_048_576

  public let path: String

  public init(path: String) { self.path = path }

  /// The file for `folder`: `$XDG_STATE_HOME/apolune/history/<hash of folder>`, below `~/.local/state` when the variable
  /// is not set; nil when there is no home either.
  public init?(folder: String, environment: [String: String]) {
    let state: String
    if let named = environment["XDG_STATE_HOME"], named.hasPrefix("/") {
      state = named
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      state = home + "/.local/state"
    } else {
      return nil
    }
    path = state + "/apolune/history/" + Self.hash(folder)
  }

  /// What is in the file; a file that grew past the bound is written anew.
  func load() -> History {
    guard let text = read() else { return History() }
    let lines = text.split(separator: "\n")
    let history = History(lines.map { Self.unescaped($0) })
    if lines.count > History.entriesMax * 2 {
      replace(with: history.entries.map { Self.escaped($0) + "\n" }.joined())
    }
    return history
  }

  /// Adds an entry. One write at the end of the file, so that two terminals in one folder do not mix theirs.
  func append(_ entry: String) {
    makeFolders()
    write(Self.escaped(entry) + "\n", to: path, flags: O_APPEND)
  }

  static func escaped(_ entry: String) -> String {
    entry.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
  }

  static func unescaped(_ line: some StringProtocol) -> String {
    var text = ""
    var isEscape = false
    for character in line {
      if isEscape {
        text.append(character == "n" ? "\n" : character)
        isEscape = false
      } else if character == "\\" {
        isEscape = true
      } else {
        text.append(character)
      }
    }
    return text
  }

  /// FNV-1a over the path: names a file, guards nothing.
  private static func hash(_ folder: String) -> String {
    let hash = folder.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  private func read() -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size <= Self.bytesMax else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return count >= 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }

  private func replace(with text: String) {
    let new = "\(path).\(getpid())"
    guard write(text, to: new, flags: O_TRUNC) else { return }
    rename(new, path)
  }

  @discardableResult private func write(_ text: String, to path: String, flags: Int32) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return Descriptor.write(text, to: descriptor)
  }

  private func makeFolders() {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o700)
    }
  }
}
