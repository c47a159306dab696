import Glibc
import Host
import Synchronization

/// A terminal that hands over every key at once, without echo. Whatever way the process ends, short of SIGKILL, the
/// terminal is put back: by `leave`, at `exit`, or by the signals that would end the process.
struct RawMode: Sendable {
  private let descriptor: Int32
  private let raw: termios

  /// Enters raw mode. Output processing stays on, so that "\n" still starts a new line.
  init(_ descriptor: Int32) throws(SystemError) {
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0 else { throw SystemError("tcgetattr") }
    SavedTerminal.save(settings, of: descriptor)
    cfmakeraw(&settings)
    settings.c_oflag |= tcflag_t(OPOST | ONLCR)
    raw = settings
    self.descriptor = descriptor
    guard tcsetattr(descriptor, TCSADRAIN, &settings) == 0 else { throw SystemError("tcsetattr") }
  }

  func leave() { SavedTerminal.restore() }

  /// Back into raw mode, after the process was stopped and goes on.
  func enterAgain() {
    var settings = raw
    SavedTerminal.mark()
    tcsetattr(descriptor, TCSADRAIN, &settings)
  }
}

/// The settings to put back. There is one terminal and one set of signal handlers in a process, and handlers can reach
/// nothing but globals: so this is the one place with static state.
private enum SavedTerminal {
  /// Read by signal handlers, written before they are installed and only while no handler can restore (`isRaw` unset).
  private nonisolated(unsafe) static var settings = termios()
  private nonisolated(unsafe) static var descriptor: Int32 = -1
  private static let isRaw = Atomic<Bool>(false)
  private static let hasHandlers = Atomic<Bool>(false)

  /// Signals that end a process unless it does something about them.
  private static let fatal: [Int32] = [
    SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGTERM, SIGPIPE,
  ]

  static func save(_ settings: termios, of descriptor: Int32) {
    self.settings = settings
    self.descriptor = descriptor
    isRaw.store(true, ordering: .releasing)
    if !hasHandlers.exchange(true, ordering: .relaxed) { installHandlers() }
  }

  static func mark() { isRaw.store(true, ordering: .releasing) }

  /// Safe within a signal handler: `tcsetattr` and `write` are.
  static func restore() {
    guard isRaw.exchange(false, ordering: .acquiringAndReleasing) else { return }
    tcsetattr(descriptor, TCSANOW, &settings)
  }

  private static func installHandlers() {
    atexit { SavedTerminal.restore() }
    for signal in fatal {
      var current = sigaction()
      // One that someone handles, or ignores, is theirs.
      let isDefault =
        sigaction(signal, nil, &current) == 0 && current.__sigaction_handler.sa_handler == nil
      guard isDefault else { continue }
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        SavedTerminal.restore()
        raise(number)
      }
      // The default comes back with the first signal, so that raising it again ends the process as it should.
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | Int32(SA_NODEFER)
      sigaction(signal, &action, nil)
    }
  }
}
