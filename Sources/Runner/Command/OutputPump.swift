import Glibc
import RunnerProtocol
import Platform

/// Turns what a program writes to one of its outputs into log records, no faster than the host takes them.
final class OutputPump {
  private static let readSize = 32 * 1024
  /// What a program that has ended may have left in its pipe.
  private static let restMax = 1_048_576

  private let fd: Int32
  private let loop: EventLoop
  private let onLine: (String) -> Void
  private var watch: EventLoop.Watch?
  private var lines = LineBuffer()
  private var buffer = [UInt8](repeating: 0, count: OutputPump.readSize)
  private var isOpen = true
  /// Whether the reader of the lines has enough for now, and how to hear that it wants more.
  var isCongested: () -> Bool = { false }
  var whenDrained: (@escaping () -> Void) -> Void = { $0() }

  /// Takes over `fd`, which is non-blocking.
  init(fd: Int32, loop: EventLoop, onLine: @escaping (String) -> Void) throws(SystemError) {
    self.fd = fd
    self.loop = loop
    self.onLine = onLine
    try resume()
  }

  private func resume() throws(SystemError) {
    guard isOpen, watch == nil else { return }
    watch = try loop.watch(fd, for: .readable) { [unowned self] _ in pump() }
  }

  private func pump() {
    guard !isCongested() else { return pause() }
    _ = readOnce()
  }

  /// A pipe whose writer is gone would be reported again and again, so a pause takes it out of the loop.
  private func pause() {
    if let watch { loop.stop(watch) }
    watch = nil
    whenDrained { [weak self] in
      guard let self else { return }
      do { try resume() } catch { close() }
    }
  }

  /// The number of bytes read; 0 when there are none now or any more.
  private func readOnce() -> Int {
    let count = buffer.withUnsafeMutableBytes { read(fd, $0.baseAddress, $0.count) }
    if count > 0 {
      buffer.withUnsafeBytes { lines.append(UnsafeRawBufferPointer(rebasing: $0[..<count]), line: onLine) }
      return count
    }
    if count == 0 || (errno != EAGAIN && errno != EINTR) { close() }
    return 0
  }

  /// The program has ended: takes what its pipe still holds.
  func finish() {
    var taken = 0
    while isOpen, taken < Self.restMax {
      let count = readOnce()
      if count == 0 { break }
      taken += count
    }
    close()
  }

  private func close() {
    guard isOpen else { return }
    isOpen = false
    if let watch { loop.stop(watch) }
    watch = nil
    Glibc.close(fd)
    lines.finish(line: onLine)
  }
}
