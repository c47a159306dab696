import Foundation
import Synchronization

/// A program that has ended.
struct Finished {
  var status: Int32
  var output: String
  var errors: String
}

/// A real process of the test, read to its end. Ended by force when the test leaves it behind.
final class Running: Sendable {
  let pid: pid_t
  private let output = Collected()
  private let errors = Collected()
  private let end = End()

  /// Starts `executable`; `input` is all that it reads.
  init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws {
    let (outPipe, errPipe) = (try Pipe(), try Pipe())
    let inFile = try input.map { try Self.file($0) } ?? open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { for descriptor in [outPipe.write, errPipe.write, inFile] { close(descriptor) } }
    pid = try Self.spawn(
      [executable.path] + arguments, ProcessInfo.processInfo.environment.merging(environment) { $1 },
      descriptors: [inFile, outPipe.write, errPipe.write])
    output.follow(outPipe.read)
    errors.follow(errPipe.read)
    Thread.detachNewThread { [pid, end] in
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      end.came(status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F))
    }
  }

  deinit { if end.isMissing { kill(pid, SIGKILL) } }

  func send(_ signal: Int32) { kill(pid, signal) }

  /// Waits for a line of standard output that `matches`; nil when the program ended without one.
  func line(where matches: @escaping @Sendable (String) -> Bool) async -> String? {
    await output.line(where: matches)
  }

  /// Waits for a line of standard error that `matches`; nil when the program ended without one.
  func errorLine(where matches: @escaping @Sendable (String) -> Bool) async -> String? {
    await errors.line(where: matches)
  }

  func finished() async -> Finished {
    let (out, err) = (await output.all(), await errors.all())
    return Finished(status: await end.status(), output: out, errors: err)
  }

  /// An open file that holds `text`: a pipe could fill up.
  private static func file(_ text: String) throws -> Int32 {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try Data(text.utf8).write(to: URL(filePath: path))
    defer { unlink(path) }
    return open(path, O_RDONLY | O_CLOEXEC)
  }

  private static func spawn(_ words: [String], _ environment: [String: String], descriptors: [Int32]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, descriptor) in descriptors.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
    }
    var arguments = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in arguments + variables { free(word) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, words[0], &actions, nil, &arguments, &variables)
    guard status == 0 else { throw POSIXError(.init(rawValue: status) ?? .EIO) }
    return pid
  }
}

/// Neither end is inherited by programs that other tests start.
private struct Pipe {
  let read: Int32
  let write: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (read, write) = (ends[0], ends[1])
  }
}

/// The exit status, for whoever waits for it.
private final class End: Sendable {
  private struct State {
    var status: Int32?
    var waiters: [CheckedContinuation<Int32, Never>] = []
  }
  private let state = Mutex(State())

  func came(_ status: Int32) {
    let waiters = state.withLock { state in
      state.status = status
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: status) }
  }

  var isMissing: Bool { state.withLock { $0.status == nil } }

  func status() async -> Int32 {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state in
        if state.status == nil { state.waiters.append(continuation) }
        return state.status
      }
      if let known { continuation.resume(returning: known) }
    }
  }
}

/// What came out of a pipe so far, for readers that wait for more.
private final class Collected: Sendable {
  private struct State {
    var text = Data()
    var ended = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  /// Reads until the end, on a thread of its own.
  func follow(_ descriptor: Int32) {
    Thread.detachNewThread { [self] in
      var piece = [UInt8](repeating: 0, count: 65_536)
      var count = 0
      repeat {
        count = read(descriptor, &piece, piece.count)
        take(piece.prefix(max(0, count)))
      } while count > 0 || (count < 0 && errno == EINTR)
      close(descriptor)
    }
  }

  private func take(_ piece: ArraySlice<UInt8>) {
    let waiters = state.withLock { state in
      state.text.append(contentsOf: piece)
      state.ended = state.ended || piece.isEmpty
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func line(where matches: @Sendable (String) -> Bool) async -> String? {
    while true {
      let (text, ended) = state.withLock { ($0.text, $0.ended) }
      let lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      // The last piece may still grow.
      for line in ended ? lines : lines.dropLast() where matches(String(line)) { return String(line) }
      if ended { return nil }
      await change(since: text.count)
    }
  }

  func all() async -> String {
    while true {
      let (text, ended) = state.withLock { ($0.text, $0.ended) }
      if ended { return String(decoding: text, as: UTF8.self) }
      await change(since: text.count)
    }
  }

  private func change(since count: Int) async {
    await withCheckedContinuation { continuation in
      let now = state.withLock { state in
        guard state.text.count == count, !state.ended else { return true }
        state.waiters.append(continuation)
        return false
      }
      if now { continuation.resume() }
    }
  }
}

/// Runs a program to its end.
func shell(_ executable: URL, _ arguments: [String], environment: [String: String] = [:], input: String? = nil) async throws
  -> Finished
{
  try await Running(executable, arguments, environment: environment, input: input).finished()
}
