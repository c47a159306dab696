public import Glibc
import Synchronization
public import Platform

/// Lines of a pipe or a file, read when they are asked for.
public final class PipedLineSource: LineSource {
  /// A longer line is cut here and ends the input: it is no script.
  static let lineBytesMax = 16 * 1_048_576

  private struct State {
    var buffer: [UInt8] = []
    var isAtEnd = false
    var isCancelled = false

    mutating func takeLine() -> String? {
      guard let end = buffer.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      var line = buffer[..<end]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      let text = String(decoding: line, as: UTF8.self)
      buffer.removeSubrange(...end)
      return text
    }

    /// The last line may lack its line break.
    mutating func takeRest() -> String? {
      guard !isCancelled, !buffer.isEmpty else { return nil }
      defer { buffer = [] }
      return String(decoding: buffer, as: UTF8.self)
    }
  }

  private let descriptor: Int32
  private let wake: WakePipe
  private let state = Mutex(State())

  public init(descriptor: Int32 = STDIN_FILENO) throws(SystemError) {
    self.descriptor = descriptor
    wake = try WakePipe()
  }

  public var isInteractive: Bool { false }

  /// Ctrl-C ends the whole program when nobody types.
  public func onInterrupt(_ action: (@Sendable () -> Void)?) {}

  public func next(after unfinished: String) async -> LineInput {
    let line = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let started = OwnThread.start { continuation.resume(returning: self.readLine()) }
        if !started { continuation.resume(returning: nil) }
      }
    } onCancel: {
      state.withLock { $0.isCancelled = true }
      wake.ring()
    }
    guard let line else { return .end }
    return .source(unfinished.isEmpty ? line : unfinished + "\n" + line)
  }

  private func readLine() -> String? {
    while true {
      if let line = state.withLock({ $0.takeLine() }) { return line }
      guard !state.withLock({ $0.isAtEnd || $0.isCancelled }) else { return state.withLock { $0.takeRest() } }
      var waits = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waits, 2, -1) >= 0 || errno == EINTR else { return nil }
      if waits[0].revents != 0 { fill() }
    }
  }

  private func fill() {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &chunk, chunk.count)
    guard count != -1 || (errno != EINTR && errno != EAGAIN) else { return }
    state.withLock { state in
      state.buffer += chunk.prefix(max(0, count))
      if count <= 0 || state.buffer.count > Self.lineBytesMax { state.isAtEnd = true }
    }
  }
}
