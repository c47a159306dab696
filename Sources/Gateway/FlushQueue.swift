import NIOCore

/// Something that gathers bytes during a turn of the event loop and writes them at its end.
protocol TickFlushable: AnyObject {
  /// Owned by the queue: set while a flush is due.
  var isFlushDue: Bool { get set }
  func flushTick()
}

/// Writes everything that one turn of the event loop produced at the end of that turn, so that many frames share one
/// system call.
///
/// Runners come first: they begin to work while the clients' sockets are still being written to.
final class FlushQueue {
  /// A burst of more than this is rare enough to give its room back.
  private static let keptMax = 1024

  private let loop: NIOIsolatedEventLoop
  private var runners: [any TickFlushable] = []
  private var clients: [any TickFlushable] = []
  private var isScheduled = false
  /// Emptied ones, whose room is used again.
  private var spareRunners: [any TickFlushable] = []
  private var spareClients: [any TickFlushable] = []

  init(loop: NIOIsolatedEventLoop) { self.loop = loop }

  func add(runner: any TickFlushable) {
    guard !runner.isFlushDue else { return }
    runner.isFlushDue = true
    runners.append(runner)
    schedule()
  }

  func add(client: any TickFlushable) {
    guard !client.isFlushDue else { return }
    client.isFlushDue = true
    clients.append(client)
    schedule()
  }

  private func schedule() {
    guard !isScheduled else { return }
    isScheduled = true
    loop.execute { self.run() }
  }

  private func run() {
    isScheduled = false
    // Taken out before anyone writes: a write to somebody who has gone lets what they wrote last be read, within the call,
    // and that may add to the queue.
    swap(&runners, &spareRunners)
    for runner in spareRunners { Self.flush(runner) }
    spareRunners.removeAll(keepingCapacity: spareRunners.count <= Self.keptMax)
    swap(&clients, &spareClients)
    for client in spareClients { Self.flush(client) }
    spareClients.removeAll(keepingCapacity: spareClients.count <= Self.keptMax)
  }

  private static func flush(_ item: any TickFlushable) {
    item.isFlushDue = false
    item.flushTick()
  }
}
