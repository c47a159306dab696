import Glibc
import Host

/// What the thread of a `PromptTerminal` runs: waits for keys, for the mailbox and for the next frame, and does one
/// thing after the other, so that nothing else ever writes into the middle of a prompt.
struct TerminalLoop: ~Copyable {
  /// The shortest time between two frames of printed text.
  static let frameTime = Duration.milliseconds(16)
  /// After an Esc, how long the rest of a sequence may take.
  static let escapeTime = Duration.milliseconds(50)
  /// Keys typed while something runs; further ones are dropped.
  static let keysAheadMax = 4096
  /// Brackets around pastes on, and off.
  static let pasteMarksOn = "\u{1B}[?2004h"
  static let pasteMarksOff = "\u{1B}[?2004l"

  private let terminal: PromptTerminal
  private let rawMode: RawMode
  private let history: HistoryFile?
  private let input: Int32
  private let output: Int32
  private let clock = ContinuousClock()
  private var editor: LineEditor
  private var decoder = KeyDecoder()
  private var request: PromptTerminal.Request?
  private var keysAhead: [Key] = []
  private var lastFrame: ContinuousClock.Instant
  private var isOver = false

  init(
    _ terminal: PromptTerminal, rawMode: RawMode, prompt: Prompt, history: HistoryFile?, input: Int32, output: Int32
  ) {
    self.terminal = terminal
    self.rawMode = rawMode
    self.history = history
    self.input = input
    self.output = output
    lastFrame = clock.now - Self.frameTime
    let size = WindowSizeWatch.size(of: output)
    editor = LineEditor(
      prompt: prompt, history: history?.load() ?? History(), columns: size.columns, rows: size.rows)
  }

  consuming func run() {
    write(Self.pasteMarksOn)
    while !isOver { step() }
    write(editor.close() + Self.pasteMarksOff)
    rawMode.leave()
    request?.answer.resume(returning: .end)
    terminal.finish()
  }

  private mutating func step() {
    var waits = [
      pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: terminal.wakeDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    let count = poll(&waits, 2, timeLeft)
    guard count >= 0 || errno == EINTR else { return isOver = true }
    if waits[1].revents != 0 { terminal.takeWake() }
    takeMail()
    if count == 0, decoder.isUndecided { take(decoder.flush()) }
    if waits[0].revents != 0 { readKeys() }
  }

  /// Milliseconds until something is due: a frame for text that waits, or the end of an Esc; -1: nothing.
  private var timeLeft: Int32 {
    if terminal.hasText {
      let left = lastFrame + Self.frameTime - clock.now
      return left > .zero ? Int32(left / .milliseconds(1)) + 1 : 0
    }
    return decoder.isUndecided ? Int32(Self.escapeTime / .milliseconds(1)) : -1
  }

  private mutating func takeMail() {
    let isFrameDue = clock.now - lastFrame >= Self.frameTime
    var mail = terminal.take(wantsText: isFrameDue)
    // A result must stand above the prompt that follows it, a last word before the end.
    if !isFrameDue, mail.request != nil || mail.isClosing {
      let text = terminal.take(wantsText: true)
      (mail.text, mail.linesLeftOut) = (text.text, text.linesLeftOut)
      if mail.request == nil { mail.request = text.request } else { text.request?.answer.resume(returning: .end) }
    }
    if mail.isResized {
      let size = WindowSizeWatch.size(of: output)
      write(editor.resize(columns: size.columns, rows: size.rows))
    }
    var text = mail.text
    if mail.linesLeftOut > 0 { text += "… \(mail.linesLeftOut) lines left out: the terminal is slower than they came\n" }
    if !text.isEmpty {
      write(editor.print(text))
      lastFrame = clock.now
    }
    if let request = mail.request { begin(request) }
    if mail.isClosing { isOver = true }
  }

  private mutating func begin(_ request: PromptTerminal.Request) {
    self.request?.answer.resume(returning: .end)
    self.request = request
    write(editor.begin(with: request.unfinished.isEmpty ? "" : request.unfinished + "\n"))
    let keys = keysAhead
    keysAhead = []
    take(keys)
  }

  private mutating func readKeys() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(input, &bytes, bytes.count)
    if count > 0 {
      take(decoder.feed(bytes.prefix(count)))
    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
      // The terminal is gone.
      isOver = true
    }
  }

  private mutating func take(_ keys: [Key]) {
    for key in keys {
      if editor.isReading { edit(key) } else { keepForLater(key) }
    }
  }

  /// While something runs, Ctrl-C reaches it at once; other keys wait for the next prompt.
  private mutating func keepForLater(_ key: Key) {
    if key == .interrupt {
      keysAhead = []
      terminal.interruptAction?()
    } else if key == .suspend {
      suspend()
    } else if keysAhead.count < Self.keysAheadMax {
      keysAhead.append(key)
    }
  }

  private mutating func edit(_ key: Key) {
    let step = editor.handle(key)
    write(step.output)
    switch step.event {
    case nil: break
    case .submitted(let text):
      if editor.remember(text) { history?.append(text) }
      answer(.source(text))
    case .interrupted: answer(.cancelled)
    case .left: answer(.end)
    case .suspend: suspend()
    }
  }

  private mutating func answer(_ line: LineInput) {
    request?.answer.resume(returning: line)
    request = nil
  }

  /// Ctrl-Z: the shell gets its terminal back, and on `fg` all goes on as it was.
  private mutating func suspend() {
    write(editor.pause() + Self.pasteMarksOff)
    rawMode.leave()
    kill(getpid(), SIGTSTP)
    rawMode.enterAgain()
    write(Self.pasteMarksOn + editor.resume())
  }

  private mutating func write(_ text: String) {
    if !text.isEmpty, !Descriptor.write(text, to: output) { isOver = true }
  }
}
