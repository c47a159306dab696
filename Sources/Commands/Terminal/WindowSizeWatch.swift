import Dispatch
import Glibc
import Synchronization

/// Says when the terminal's window changed its size.
final class WindowSizeWatch: Sendable {
  private let source = Mutex<(any DispatchSourceSignal)?>(nil)

  func start(_ action: @escaping @Sendable () -> Void) {
    source.withLock { source in
      let signal = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: .global())
      signal.setEventHandler(handler: action)
      signal.activate()
      source = signal
    }
  }

  func stop() {
    source.withLock { source in
      source?.cancel()
      source = nil
    }
  }

  /// The size of the terminal behind `descriptor`; one that does not say is 80 × 24.
  static func size(of descriptor: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
