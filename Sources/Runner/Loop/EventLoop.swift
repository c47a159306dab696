import CPlatform
import Glibc
import Platform

/// The runner's one thread: waits for descriptors and timers, and gives scripts their turns in between.
///
/// A tick is: events, due timers, one turn of `work`, then everything registered with `atEndOfTick`, where output that the
/// tick has gathered is written at once.
final class EventLoop {
  typealias Timer = TimerQueue.Entry

  private let epoll: Int32
  /// By descriptor. The generation tells an event of a closed descriptor from one of its successor.
  private var watches: [Watch?] = []
  private var generation: UInt32 = 0
  private var timers = TimerQueue()
  private var endings: [() -> Void] = []
  private var isRunning = false
  /// What one wait reports; the rest comes with the next.
  private var events = [platform_event](repeating: platform_event(token: 0, readiness: 0), count: 64)

  /// Whether scripts wait for a turn, so that the loop must not sleep. Asked after everything else of a tick, all of which may
  /// have left a script in the middle.
  var hasWork: () -> Bool = { false }
  /// Gives the script that is longest in line its turn.
  var work: () -> Void = {}

  init() throws(SystemError) {
    epoll = try SystemError.check("epoll_create", platform_epoll_create())
  }

  deinit { close(epoll) }

  /// A descriptor that the loop watches. The loop does not own the descriptor.
  final class Watch {
    let fd: Int32
    fileprivate let generation: UInt32
    fileprivate(set) var interest: Readiness
    fileprivate let handler: (Readiness) -> Void

    fileprivate init(fd: Int32, generation: UInt32, interest: Readiness, handler: @escaping (Readiness) -> Void) {
      self.fd = fd
      self.generation = generation
      self.interest = interest
      self.handler = handler
    }

    fileprivate var token: UInt64 { UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd)) }
  }

  func watch(
    _ fd: Int32, for interest: Readiness, _ handler: @escaping (Readiness) -> Void
  ) throws(SystemError) -> Watch {
    generation &+= 1
    let watch = Watch(fd: fd, generation: generation, interest: interest, handler: handler)
    _ = try SystemError.check("epoll_add", platform_epoll_add(epoll, fd, interest.rawValue, watch.token))
    while watches.count <= Int(fd) { watches.append(nil) }
    watches[Int(fd)] = watch
    return watch
  }

  func change(_ watch: Watch, to interest: Readiness) {
    guard watch.interest != interest, isCurrent(watch) else { return }
    watch.interest = interest
    // Cannot fail for a descriptor that is registered, and one that is not has no events to miss.
    _ = platform_epoll_change(epoll, watch.fd, interest.rawValue, watch.token)
  }

  /// Call it before the descriptor is closed.
  func stop(_ watch: Watch) {
    guard isCurrent(watch) else { return }
    watches[Int(watch.fd)] = nil
    _ = platform_epoll_remove(epoll, watch.fd)
  }

  private func isCurrent(_ watch: Watch) -> Bool { watches[Int(watch.fd)] === watch }

  @discardableResult
  func after(_ delay: Duration, _ body: @escaping () -> Void) -> Timer {
    timers.add(at: platform_now() &+ UInt64(max(0, delay.inNanoseconds)), body)
  }

  /// Calls `body` once, after this tick's events.
  func atEndOfTick(_ body: @escaping () -> Void) { endings.append(body) }

  func stop() { isRunning = false }

  /// Runs until `stop()`.
  func run() throws(SystemError) {
    isRunning = true
    finishTick()
    while isRunning {
      try handleEvents(timeout: hasWork() ? 0 : timeUntilNextTimer())
      runDueTimers()
      if hasWork() { work() }
      finishTick()
    }
  }

  /// -1 for ever.
  private func timeUntilNextTimer() -> Int64 {
    guard let deadline = timers.nextDeadline() else { return -1 }
    let now = platform_now()
    return deadline > now ? Int64(clamping: deadline - now) : 0
  }

  private func handleEvents(timeout: Int64) throws(SystemError) {
    let result = events.withUnsafeMutableBufferPointer {
      platform_epoll_wait(epoll, $0.baseAddress, Int32($0.count), timeout)
    }
    let count = try SystemError.check("epoll_wait", result)
    for index in 0..<Int(count) {
      let event = events[index]
      let fd = Int(event.token & 0xffff_ffff)
      guard fd < watches.count, let watch = watches[fd], watch.token == event.token else { continue }
      watch.handler(Readiness(rawValue: event.readiness))
    }
  }

  private func runDueTimers() {
    let now = platform_now()
    while let body = timers.popDue(now: now) { body() }
  }

  private func finishTick() {
    // An ending may register another one, which belongs to this tick as well.
    while !endings.isEmpty {
      let due = endings
      endings.removeAll(keepingCapacity: true)
      for ending in due { ending() }
    }
  }
}

extension Duration {
  /// Cut to what a 64-bit integer holds: 292 years.
  var inNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    return whole.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
  }
}
