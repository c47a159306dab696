import CPlatform
import Glibc
import Platform

/// SIGTERM, SIGINT and SIGCHLD as events of the loop.
final class Signals {
  private let fd: Int32
  private let loop: EventLoop
  private var watch: EventLoop.Watch?

  var onTermination: () -> Void = {}
  var onChild: () -> Void = {}

  init(loop: EventLoop) throws(SystemError) {
    self.loop = loop
    fd = try SystemError.check("signalfd", platform_signals_open())
    watch = try loop.watch(fd, for: .readable) { [unowned self] _ in read() }
  }

  private func read() {
    while true {
      let number = platform_signals_next(fd)
      guard number > 0 else { return }
      if number == SIGCHLD { onChild() } else { onTermination() }
    }
  }
}
