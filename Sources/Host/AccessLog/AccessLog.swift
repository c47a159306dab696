import Dispatch
import Gateway
import Glibc
import Logging
import Platform
import Synchronization

/// Writes a line for each request that is over, away from the threads that serve them.
final class AccessLog: RequestObserver {
  private enum Output {
    case standardOutput
    case file(AccessLogFile)
  }

  private struct State {
    var output: Output
    var lines = AccessLines()
    var isFailing = false
  }

  /// Records that wait to be written, for a disk or a reader that is slow: some twenty megabytes.
  private static let waitingMax = 65_536

  private let queue = DispatchQueue(label: "apolune.access-log", qos: .utility)
  private let waiting = Atomic(0)
  private let missing = Atomic(0)
  /// Touched on the queue alone.
  private let state: Mutex<State>
  private let logger: Logger

  /// nil where none is wanted.
  ///
  /// - Throws: when the file cannot be opened.
  init?(_ target: AccessLogTarget, logger: Logger) throws(ServerFailure) {
    switch target {
    case .off: return nil
    case .standardOutput: state = Mutex(State(output: .standardOutput))
    case .file(let path):
      do {
        state = Mutex(State(output: .file(try AccessLogFile(path))))
      } catch {
        throw ServerFailure(
          code: "access-log-not-writable", message: "the access log cannot be written: \(error)",
          fix: "name a file in a folder that is there and writable, or 'off'")
      }
    }
    self.logger = logger
  }

  /// Lines that were not written: there was no room, or the disk failed.
  var lost: Int { missing.load(ordering: .relaxed) }

  func requestsEnded(_ records: [RequestRecord]) -> Int {
    let count = records.count
    guard waiting.add(count, ordering: .relaxed).newValue <= Self.waitingMax else {
      waiting.subtract(count, ordering: .relaxed)
      missing.add(count, ordering: .relaxed)
      return count
    }
    queue.async { [self] in
      write(records)
      waiting.subtract(count, ordering: .relaxed)
    }
    return 0
  }

  private func write(_ records: [RequestRecord]) {
    do {
      let wasFailing = try state.withLock { state throws(SystemError) in
        for record in records { state.lines.add(record) }
        let bytes = state.lines.take()
        switch state.output {
        case .standardOutput: try AccessLogFile.write(bytes, to: STDOUT_FILENO)
        case .file(var file):
          defer { state.output = .file(file) }
          try file.write(bytes)
        }
        defer { state.isFailing = false }
        return state.isFailing
      }
      if wasFailing { logger.info("the access log can be written again") }
    } catch {
      missing.add(records.count, ordering: .relaxed)
      let isFirst = state.withLock { state in
        defer { state.isFailing = true }
        return !state.isFailing
      }
      if isFirst { logger.warning("the access log cannot be written", metadata: ["error": "\(error)"]) }
    }
  }

  /// Waits until everything that was told is written, or lost.
  func drain() { queue.sync {} }

  /// Writes what waits. Blocks; nothing more may come.
  func close() {
    queue.sync {
      state.withLock { state in
        if case .file(let file) = state.output { file.close() }
      }
    }
  }
}
