import EngineCore

/// Where a runner's lines are.
struct LogPath {
  private static let idBytesMax = 64

  /// The file that grows.
  let current: String
  /// The full one before it.
  let previous: String

  /// nil: the id is no name of a file.
  init?(_ runner: RunnerID, in folder: String) {
    let isName = runner.text.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
    guard isName, (1...Self.idBytesMax).contains(runner.text.utf8.count) else { return nil }
    current = "\(folder)/\(runner.text).log"
    previous = "\(folder)/\(runner.text).1.log"
  }

  static func checked(_ runner: RunnerID, in folder: String) throws(StoreError) -> LogPath {
    guard let path = LogPath(runner, in: folder) else {
      throw StoreError("runner-id-invalid", "'\(runner.text.prefix(80))' is no id of a runner")
    }
    return path
  }
}
