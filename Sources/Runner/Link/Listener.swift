import CPlatform
import Glibc
import Platform

/// The socket where the host connects. Takes one connection at a time: others wait until `resume()`.
final class Listener {
  private let fd: Int32
  private let loop: EventLoop
  private var watch: EventLoop.Watch?
  private var isOpen = true

  var onConnection: (Int32) -> Void = { _ in }

  init(fd: Int32, loop: EventLoop) throws(SystemError) {
    self.fd = fd
    self.loop = loop
    guard platform_is_listening(fd) == 1 else { throw SystemError("descriptor \(fd) does not listen", ENOTSOCK) }
    _ = try SystemError.check("nonblocking", platform_set_nonblocking(fd))
    watch = try loop.watch(fd, for: .readable) { [unowned self] _ in accept() }
  }

  private func accept() {
    let connection = platform_accept(fd)
    // Nobody there any more, or a passing lack of descriptors: the event comes again.
    guard connection >= 0, let watch else { return }
    loop.change(watch, to: [])
    onConnection(connection)
  }

  /// Takes the next connection.
  func resume() {
    guard isOpen, let watch else { return }
    loop.change(watch, to: .readable)
  }

  func close() {
    guard isOpen else { return }
    isOpen = false
    if let watch { loop.stop(watch) }
    Glibc.close(fd)
  }
}
