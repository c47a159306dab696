import CPlatform
import Glibc
import RunnerProtocol
import Platform

/// One connection to the host: cuts what comes into frames, and gathers what goes out into one write a tick.
final class HostLink {
  /// Output that waits for the host above this makes writers wait, and stops the reading of requests.
  static let highWaterMark = 4 * 1_048_576
  /// Bytes taken from the socket at once, and how often in one tick, so that timers and scripts get their turn.
  private static let readSize = 64 * 1024
  private static let readsPerTick = 8
  /// An output buffer that grew above this is given back when it is empty.
  private static let keptCapacityMax = 256 * 1024

  private let fd: Int32
  private let loop: EventLoop
  private var watch: EventLoop.Watch?
  private var decoder = FrameDecoder()
  private var input = [UInt8](repeating: 0, count: HostLink.readSize)
  private var output: [UInt8] = []
  private var written = 0
  private var flushIsDue = false
  private var drainWaiters: [() -> Void] = []
  private(set) var isOpen = true

  /// Takes one frame. An error it throws closes the connection.
  var onFrame: (FrameHeader, UnsafeRawBufferPointer) throws -> Void = { _, _ in }
  /// The connection is over; the error that the runner itself ended it for.
  var onClose: ((any Error)?) -> Void = { _ in }

  /// Takes over `fd`, which is non-blocking.
  init(fd: Int32, loop: EventLoop) throws(SystemError) {
    self.fd = fd
    self.loop = loop
    watch = try loop.watch(fd, for: .readable) { [unowned self] readiness in handle(readiness) }
  }

  deinit {
    if isOpen { Glibc.close(fd) }
  }

  /// Bytes that the host has not taken yet.
  var backlog: Int { output.count - written }

  var isCongested: Bool { backlog > Self.highWaterMark }

  /// Appends a frame to this tick's output.
  func send(_ kind: FrameKind, stream: UInt32 = 0) { send(kind, stream: stream) { _ in } }

  /// Appends a frame to this tick's output.
  func send(_ kind: FrameKind, stream: UInt32 = 0, payload: (inout [UInt8]) throws -> Void) rethrows {
    guard isOpen else { return }
    try output.append(frame: kind, stream: stream, payload: payload)
    guard !flushIsDue else { return }
    flushIsDue = true
    loop.atEndOfTick { [weak self] in self?.flush() }
  }

  /// Calls `body` when the output has been written, or the connection is over.
  func whenDrained(_ body: @escaping () -> Void) {
    guard isOpen, backlog > 0 else { return body() }
    drainWaiters.append(body)
  }

  /// Has this process killed when the host is gone, even while a script keeps the loop from noticing.
  func startLifeline() throws(SystemError) {
    _ = try SystemError.check("lifeline", platform_lifeline_start(fd))
  }

  private func handle(_ readiness: Readiness) {
    // Closing drops the owner's reference; the rest of this call still needs the object.
    withExtendedLifetime(self) {
      // A connection that is gone is noticed by writing, should reading be paused.
      if readiness.contains(.writable) || readiness.contains(.hungUp) { flush() }
      if isOpen, readiness.contains(.readable) || readiness.contains(.hungUp) { read() }
    }
  }

  private func read() {
    for _ in 0..<Self.readsPerTick {
      guard isOpen, !isCongested else { return }
      let count = input.withUnsafeMutableBytes { recv(fd, $0.baseAddress, $0.count, 0) }
      if count < 0 {
        if errno == EAGAIN || errno == EINTR { return }
        return close(nil)
      }
      if count == 0 { return close(nil) }
      input.withUnsafeBytes { decoder.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      do {
        while isOpen, try decoder.next(onFrame) {}
      } catch {
        return close(error)
      }
      if count < Self.readSize { return }
    }
  }

  private func flush() {
    flushIsDue = false
    while isOpen, written < output.count {
      let count = output[written...].withUnsafeBytes { Glibc.send(fd, $0.baseAddress, $0.count, 0) }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN { break }
        return close(nil)
      }
      written += count
    }
    forgetWritten()
    updateInterest()
    if backlog == 0 { notifyDrained() }
  }

  private func forgetWritten() {
    if written == output.count {
      output.removeAll(keepingCapacity: output.capacity <= Self.keptCapacityMax)
      written = 0
    } else if written > Self.highWaterMark {
      output.removeSubrange(..<written)
      written = 0
    }
  }

  private func updateInterest() {
    guard isOpen, let watch else { return }
    var interest: Readiness = isCongested ? [] : .readable
    if backlog > 0 { interest.insert(.writable) }
    loop.change(watch, to: interest)
  }

  private func notifyDrained() {
    let waiters = drainWaiters
    drainWaiters = []
    for waiter in waiters { waiter() }
  }

  /// Ends the connection, with the error that the runner ends it for.
  func close(_ error: (any Error)?) {
    guard isOpen else { return }
    isOpen = false
    if let watch { loop.stop(watch) }
    Glibc.close(fd)
    output = []
    written = 0
    onClose(error)
    notifyDrained()
  }
}
