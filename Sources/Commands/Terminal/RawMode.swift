import Glibc
import Host
import Synchronization
import Platform

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

  /// What each signal did before, by its number.
  private nonisolated(unsafe) static let before = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

  /// Sent from outside; they end the process unless someone handles them, and then they are theirs.
  private static let requests: [Int32] = [SIGHUP, SIGINT, SIGTERM, SIGPIPE]
  /// These end it whoever handles them: the runtime does, to print where it happened.
  private static let aborts: [Int32] = [SIGABRT, SIGQUIT]
  /// A crash of this process.
  private static let crashes: [Int32] = [SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV]

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
    for signal in requests + aborts {
      install(signal, onlyIfDefault: requests.contains(signal)) { number in
        SavedTerminal.restore()
        sigaction(number, SavedTerminal.before + Int(number), nil)
        raise(number)
      }
    }
    // With the handler before it in place again, returning repeats the faulty instruction for that one: the runtime
    // prints where it happened, or the process ends.
    for signal in crashes {
      install(signal, onlyIfDefault: false) { number in
        SavedTerminal.restore()
        sigaction(number, SavedTerminal.before + Int(number), nil)
      }
    }
  }

  private static func install(_ signal: Int32, onlyIfDefault: Bool, _ handler: @escaping @convention(c) (Int32) -> Void) {
    let before = before + Int(signal)
    guard sigaction(signal, nil, before) == 0 else { return }
    if onlyIfDefault, before.pointee.__sigaction_handler.sa_handler != nil { return }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    action.sa_flags = Int32(SA_NODEFER)
    sigaction(signal, &action, nil)
  }
}
