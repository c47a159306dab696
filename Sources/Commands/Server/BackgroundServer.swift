import FoundationEssentials
import Glibc
import Host

/// A server for this user's own machine, started because a command needs one and nobody runs one.
struct BackgroundServer: Sendable {
  struct Started: Sendable, Hashable {
    var record: ServerRecord
    /// What to tell the person.
    var words: String
  }

  /// The longest that a start may take: recovery of a large journal on a busy disk is part of it.
  static let startMax = Duration.seconds(60)
  /// Time between two looks. A file that another process will create gives no event that needs no folder watch.
  private static let lookEvery = Duration.milliseconds(10)
  /// Bytes of its log that are shown when it did not start.
  private static let tailBytes = 2_000

  let folder: DataFolder

  /// How long the record of another server may take when ours ended: that one may listen already, and not have said so.
  private static let otherMax = Duration.seconds(1)

  /// Starts a server, or finds the one that another command starts at the same moment: the data folder's lock decides.
  func start() async throws(CommandError) -> Started {
    try makeFolder()
    let size = logSize
    // Of a server that was killed, when its number belongs to another process by now.
    let stale = ServerRecord.read(in: folder)
    let process = try spawned()
    var end = ContinuousClock.now + Self.startMax
    var isOurs = true
    while ContinuousClock.now < end {
      if let record = ServerRecord.read(in: folder), !isOurs || record != stale {
        return Started(record: record, words: words(record))
      }
      if isOurs, let code = process.exitCode() {
        isOurs = false
        if code != ExitCodes.folderInUse { end = .now + Self.otherMax }
      }
      do { try await Task.sleep(for: Self.lookEvery) } catch { break }
    }
    let limit = Int(Self.startMax.components.seconds)
    throw failure(isOurs ? "was not ready within \(limit) s" : "did not start", since: size)
  }

  private func words(_ record: ServerRecord) -> String {
    "no server was running: one was started in the background at \(record.url) (process \(record.pid), data in "
      + "\(folder.path)); end it with 'apolune server stop'"
  }

  private func makeFolder() throws(CommandError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CommandError(
        "data-folder", "the data folder \(folder.path) cannot be made: \(error)", fix: "name another with --data-dir")
    }
  }

  private func spawned() throws(CommandError) -> DetachedProcess {
    do {
      return try DetachedProcess(["server", "start", "--background", "--data-dir", folder.path], log: folder.serverLog)
    } catch {
      throw CommandError("server-not-started", "a server cannot be started in the background: \(error)")
    }
  }

  private var logSize: Int {
    var status = stat()
    return stat(folder.serverLog, &status) == 0 ? Int(status.st_size) : 0
  }

  private func failure(_ what: String, since size: Int) -> CommandError {
    let log = FileManager.default.contents(atPath: folder.serverLog) ?? Data()
    let tail = String(decoding: log.dropFirst(size).suffix(Self.tailBytes), as: UTF8.self)
    let lines = PlainText.lines(tail).filter { !$0.isEmpty }.map { "\n| \($0)" }.joined()
    return CommandError(
      "server-not-started", "the server that was started in the background \(what)\(lines)",
      fix: "start it in sight with 'apolune server --data-dir \(folder.path)'")
  }
}
