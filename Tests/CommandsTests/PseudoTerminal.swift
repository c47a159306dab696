import Glibc
import Synchronization

/// A terminal without a screen: a test types on one end and reads what would be shown.
final class PseudoTerminal: Sendable {
  let keyboard: Int32
  let terminal: Int32
  private let screen = Mutex("")

  init(columns: UInt16 = 40, rows: UInt16 = 10) throws {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    var ends: (Int32, Int32) = (-1, -1)
    guard openpty(&ends.0, &ends.1, nil, nil, &size) == 0 else { throw PseudoTerminalFailure() }
    (keyboard, terminal) = ends
    _ = fcntl(keyboard, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(keyboard)
    close(terminal)
  }

  func type(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(keyboard, $0.baseAddress, $0.count) }
  }

  /// Whether the terminal echoes and waits for whole lines, as it does outside raw mode.
  var isCooked: Bool {
    var settings = termios()
    tcgetattr(terminal, &settings)
    return settings.c_lflag & tcflag_t(ICANON) != 0 && settings.c_lflag & tcflag_t(ECHO) != 0
  }

  /// Everything shown so far, once `text` is among it or five seconds have passed.
  func shown(until text: String) async -> String {
    for _ in 0..<500 {
      let screen = takeOutput()
      if screen.contains(text) { return screen }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return takeOutput()
  }

  /// Forgets what was shown.
  func clear() {
    _ = takeOutput()
    screen.withLock { $0 = "" }
  }

  func takeOutput() -> String {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    return screen.withLock { screen in
      while true {
        let count = read(keyboard, &bytes, bytes.count)
        guard count > 0 else { return screen }
        screen += String(decoding: bytes.prefix(count), as: UTF8.self)
      }
    }
  }
}

struct PseudoTerminalFailure: Error {}
