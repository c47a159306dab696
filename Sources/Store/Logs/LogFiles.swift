import Dispatch
public import EngineCore
public import RunnerProtocol
import Synchronization

/// What runners write, in two files for each of them.
///
/// `append` never waits: one thread writes what has come since it last looked. Lines for which there is no room in memory
/// are dropped, and a line in their place says how many.
public final class LogFiles: Sendable {
  public let folder: String
  let limits: LogLimits
  private let pending = Mutex(PendingLines())
  private let queue = DispatchQueue(label: "apolune.logs", qos: .utility)
  /// Touched on `queue` alone.
  private let writer: Mutex<LogWriter>

  /// - Throws: `folder-not-usable`, `disk-full`, `disk-failed`.
  public init(folder: String, limits: LogLimits = LogLimits()) throws(StoreError) {
    try Files.makeFolder(folder, mode: 0o700)
    self.folder = folder
    self.limits = limits
    writer = Mutex(LogWriter(folder: folder, limits: limits))
  }

  /// Takes a line that `runner` wrote. A runner whose id is no name of a file is not written down.
  public func append(_ runner: RunnerID, _ record: LogRecord) {
    let wakes = pending.withLock { $0.add(record, of: runner, limits) }
    if wakes { queue.async { self.writeOn() } }
  }

  /// Why lines cannot be written now; nil: they can.
  public var problem: StoreError? { writer.withLock { $0.problem } }

  /// The runner has ended: what it wrote until now is written down, and then who follows it comes to an end. Does not wait
  /// for it.
  public func finish(_ runner: RunnerID) {
    queue.async {
      self.writeBatch()
      self.writer.withLock { $0.finish(runner) }
    }
  }

  /// Writes what waits, and comes back when it is written. Who follows comes to an end.
  public func close() {
    onWriter { $0.finishAll() }
  }

  /// The lines that `query` asks for, oldest first. Blocks on the disk.
  ///
  /// - Throws: `runner-id-invalid`, `disk-failed`. A runner that wrote nothing has no lines, which is no error.
  public func read(_ runner: RunnerID, _ query: LogQuery = LogQuery()) throws(StoreError) -> [LogRecord] {
    let path = try LogPath.checked(runner, in: folder)
    // Opened on the writer's thread, so that no file is renamed in between.
    let reading = try onWriter { _ throws(StoreError) in try LogReading(path) }
    return try reading.records(query)
  }

  /// The lines that `query` asks for and then those that come, until the runner has ended. Blocks on the disk at first.
  ///
  /// Who is slower than the runner loses lines, and is told how many.
  ///
  /// - Throws: `runner-id-invalid`, `followers-too-many`, `disk-failed`.
  public func follow(_ runner: RunnerID, _ query: LogQuery = LogQuery()) throws(StoreError) -> AsyncStream<LogRecord> {
    let path = try LogPath.checked(runner, in: folder)
    // Between reading to the end and listening no line is written: both are done on the writer's thread.
    return try onWriter { writer throws(StoreError) in
      let records = try LogReading(path).records(query)
      let (stream, id) = try writer.follow(runner, query, after: records)
      writer.onEnd(of: id, runner) { [weak self] in
        guard let self else { return }
        queue.async { self.writer.withLock { $0.unfollow(id, runner) } }
      }
      return stream
    }
  }

  /// Removes files that are too old, and then the oldest of those that are too many. Call it every now and then.
  ///
  /// - Returns: how many.
  @discardableResult
  public func prune(now: Moment) throws(StoreError) -> Int {
    try onWriter { writer throws(StoreError) in try writer.prune(now: now) }
  }

  private func onWriter<Value: Sendable, Failure: Error>(
    _ body: (inout LogWriter) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let result: Result<Value, Failure> = queue.sync {
      writeBatch()
      return writer.withLock { writer in
        do throws(Failure) { return .success(try body(&writer)) } catch { return .failure(error) }
      }
    }
    return try result.get()
  }

  /// All that has come until now. Not what comes in the meantime: who waits for the thread has its turn.
  private func writeBatch() {
    let batch = pending.withLock { $0.take() }
    guard !batch.isEmpty else { return }
    writer.withLock { $0.write(batch) }
  }

  private func writeOn() {
    writeBatch()
    guard pending.withLock({ $0.continues() }) else { return }
    queue.async { self.writeOn() }
  }
}
