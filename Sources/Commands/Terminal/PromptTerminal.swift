public import Glibc
import Host
import Synchronization
import Platform

/// A prompt on a real terminal: reads lines with editing and history, and prints what comes in meanwhile above it.
///
/// One thread of its own reads keys and writes; everyone else leaves text and requests in a mailbox and wakes it. What
/// comes in between two frames is written at once, so that 100,000 lines a second cost the terminal 60 redraws.
public final class PromptTerminal: LineSource, ReplOutput {
  /// Text that waits for a slow terminal; what comes on top of it is left out, and its lines counted. It is also the
  /// most that is written before the next key is looked at: a terminal that takes 2 MB/s answers within 0.3 s.
  static let waitingBytesMax = 512 * 1024

  struct Mailbox {
    var text = ""
    var linesLeftOut = 0
    var request: Request?
    var isResized = false
    var isClosing = false
    var onClosed: [@Sendable () -> Void] = []
    var onInterrupt: (@Sendable () -> Void)?
    /// The thread is gone: nothing is taken any more.
    var isClosed = false
  }

  struct Request {
    var unfinished: String
    var answer: CheckedContinuation<LineInput, Never>
  }

  private let mailbox = Mutex(Mailbox())
  private let wake: WakePipe
  private let resizes: WindowSizeWatch

  /// Takes over the terminal behind `input` and `output`; throws when they are no terminal. Entries are kept in `file`.
  public init(
    prompt: Prompt, history file: HistoryFile?, input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO
  ) throws {
    let wake = try WakePipe()
    self.wake = wake
    resizes = WindowSizeWatch()
    let rawMode = try RawMode(input)
    let started = OwnThread.start { [self] in
      TerminalLoop(self, rawMode: rawMode, prompt: prompt, history: file, input: input, output: output).run()
    }
    guard started else {
      rawMode.leave()
      throw SystemError("pthread_create", EAGAIN)
    }
    resizes.start { [weak self] in
      self?.mailbox.withLock { $0.isResized = true }
      wake.ring()
    }
  }

  public var isInteractive: Bool { true }

  public func print(_ text: String) {
    guard !text.isEmpty else { return }
    let mustWake = mailbox.withLock { mailbox in
      guard !mailbox.isClosed else { return false }
      let wasEmpty = mailbox.text.isEmpty && mailbox.linesLeftOut == 0
      // Once something is left out, all is until the terminal has caught up: no gaps within gaps.
      if mailbox.linesLeftOut > 0 || mailbox.text.utf8.count + text.utf8.count > Self.waitingBytesMax {
        mailbox.linesLeftOut += text.endingInLineBreak.utf8.count { $0 == UInt8(ascii: "\n") }
      } else {
        mailbox.text += text.endingInLineBreak
      }
      return wasEmpty
    }
    if mustWake { wake.ring() }
  }

  public func printError(_ text: String) { print(text) }

  public func onInterrupt(_ action: (@Sendable () -> Void)?) {
    mailbox.withLock { $0.onInterrupt = action }
  }

  /// Reads a line at the prompt. One at a time: a second reader ends the first one's wait with `.end`.
  public func next(after unfinished: String) async -> LineInput {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let request = Request(unfinished: unfinished, answer: continuation)
        let replaced = mailbox.withLock { mailbox -> Request? in
          guard !mailbox.isClosed, !Task.isCancelled else { return request }
          defer { mailbox.request = request }
          return mailbox.request
        }
        replaced?.answer.resume(returning: .end)
        wake.ring()
      }
    } onCancel: {
      mailbox.withLock { $0.isClosing = true }
      wake.ring()
    }
  }

  /// Writes what waits, takes the prompt off and gives the terminal back as it was.
  public func close() async {
    await withCheckedContinuation { continuation in
      let isClosed = mailbox.withLock { mailbox in
        guard !mailbox.isClosed else { return true }
        mailbox.isClosing = true
        mailbox.onClosed.append { continuation.resume() }
        return false
      }
      if isClosed { continuation.resume() } else { wake.ring() }
    }
    resizes.stop()
  }

  // For the thread.

  var wakeDescriptor: Int32 { wake.readEnd }

  func takeWake() { wake.drain() }

  /// Takes what is in the mailbox; `wantsText` is false while the last frame is too young for another.
  func take(wantsText: Bool) -> Mailbox {
    mailbox.withLock { mailbox in
      var taken = mailbox
      mailbox.request = nil
      mailbox.isResized = false
      if wantsText {
        mailbox.text = ""
        mailbox.linesLeftOut = 0
      } else {
        taken.text = ""
        taken.linesLeftOut = 0
      }
      return taken
    }
  }

  var interruptAction: (@Sendable () -> Void)? { mailbox.withLock { $0.onInterrupt } }

  var hasText: Bool { mailbox.withLock { !$0.text.isEmpty || $0.linesLeftOut > 0 } }

  /// The last thing the thread does.
  func finish() {
    let last = mailbox.withLock { mailbox in
      mailbox.isClosed = true
      defer {
        mailbox.request = nil
        mailbox.onClosed = []
      }
      return mailbox
    }
    last.request?.answer.resume(returning: .end)
    for action in last.onClosed { action() }
  }
}
