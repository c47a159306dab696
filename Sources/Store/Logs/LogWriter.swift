import EngineCore
import RunnerProtocol

/// Writes lines to the runners' files, and tells those who follow.
struct LogWriter {
  /// Files that are open at once; a runner that writes after its file was closed has it opened again.
  private static let filesMax = 256
  private static let followersMax = 1024
  /// Runners for which lines are counted that could not be written.
  private static let lostMax = 10_000

  private let folder: String
  private let limits: LogLimits
  private var files: [RunnerID: LogFile] = [:]
  private var followers: [RunnerID: [Int: LogFollower]] = [:]
  private var followersMade = 0
  private var followersCount = 0
  /// Lines that the disk did not take: told before the next one that it takes.
  private var lost: [RunnerID: Int] = [:]
  private var buffer: [UInt8] = []
  private(set) var problem: StoreError?

  init(folder: String, limits: LogLimits) {
    self.folder = folder
    self.limits = limits
  }

  mutating func write(_ batch: [RunnerID: PendingLines.Lines]) {
    for (runner, lines) in batch {
      var records = lines.records
      if lines.dropped > 0 { records.append(.dropped(lines.dropped, at: records.last?.nanoseconds ?? 0)) }
      for index in followers[runner, default: [:]].keys {
        for record in records { followers[runner]?[index]?.send(record) }
      }
      guard let path = LogPath(runner, in: folder) else { continue }
      do throws(StoreError) {
        try write(records, of: runner, path)
        lost[runner] = nil
        problem = nil
      } catch {
        problem = error
        if lost.count < Self.lostMax || lost[runner] != nil { lost[runner, default: 0] += lines.records.count + lines.dropped }
        files.removeValue(forKey: runner)?.close()
      }
    }
  }

  private mutating func write(_ records: [LogRecord], of runner: RunnerID, _ path: LogPath) throws(StoreError) {
    buffer.removeAll(keepingCapacity: true)
    if let count = lost[runner] { LogLine.append(.dropped(count, at: records.first?.nanoseconds ?? 0), to: &buffer) }
    for record in records { LogLine.append(record, to: &buffer) }
    if files[runner] == nil { try open(runner, path) }
    if let size = files[runner]?.size, size > 0, size + buffer.count > limits.fileBytesMax { try files[runner]?.rotate() }
    try files[runner]?.append(buffer)
  }

  private mutating func open(_ runner: RunnerID, _ path: LogPath) throws(StoreError) {
    if files.count >= Self.filesMax, let other = files.keys.first { files.removeValue(forKey: other)?.close() }
    files[runner] = try LogFile(path)
  }
}

extension LogWriter {
  mutating func follow(
    _ runner: RunnerID, _ query: LogQuery, after records: [LogRecord]
  ) throws(StoreError) -> (AsyncStream<LogRecord>, id: Int) {
    guard followersCount < Self.followersMax else {
      throw StoreError("followers-too-many", "\(Self.followersMax) follow what runners write already", fix: "End one of them.")
    }
    let room = records.count + LogFollower.linesMax
    let (stream, continuation) = AsyncStream.makeStream(of: LogRecord.self, bufferingPolicy: .bufferingOldest(room))
    for record in records { continuation.yield(record) }
    followersMade += 1
    followersCount += 1
    followers[runner, default: [:]][followersMade] = LogFollower(continuation, query)
    return (stream, followersMade)
  }

  func onEnd(of id: Int, _ runner: RunnerID, _ body: @escaping @Sendable () -> Void) {
    followers[runner]?[id]?.continuation.onTermination = { _ in body() }
  }

  mutating func unfollow(_ id: Int, _ runner: RunnerID) {
    guard followers[runner]?.removeValue(forKey: id) != nil else { return }
    followersCount -= 1
    if followers[runner]?.isEmpty == true { followers[runner] = nil }
  }

  mutating func finish(_ runner: RunnerID) {
    files.removeValue(forKey: runner)?.close()
    lost[runner] = nil
    let ended = followers.removeValue(forKey: runner) ?? [:]
    followersCount -= ended.count
    for follower in ended.values { follower.continuation.finish() }
  }

  mutating func finishAll() {
    for runner in Set(files.keys).union(followers.keys) { finish(runner) }
  }
}

extension LogWriter {
  mutating func prune(now: Moment) throws(StoreError) -> Int {
    let cut = (now + (.zero - limits.ageMax)).nanoseconds / 1_000_000_000
    var found: [(name: String, status: Files.Status)] = []
    for name in try Files.names(in: folder) where name.hasSuffix(".log") {
      if let status = try Files.status("\(folder)/\(name)") { found.append((name, status)) }
    }
    found.sort { ($0.status.modifiedAt, $0.name) < ($1.status.modifiedAt, $1.name) }
    var total = found.reduce(0) { $0 + $1.status.size }
    var removed = 0
    for (name, status) in found where status.modifiedAt < cut || total > limits.totalBytesMax {
      // A writer must not go on in a file without a name.
      let runner = RunnerID(String(name.prefix { $0 != "." }))
      if files[runner]?.path.current == "\(folder)/\(name)" { files.removeValue(forKey: runner)?.close() }
      try Files.remove("\(folder)/\(name)")
      total -= status.size
      removed += 1
    }
    return removed
  }
}
