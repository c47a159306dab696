import Queueing

/// A client that is told of each change of its request's status, as server-sent events.
final class QueueWatch {
  let address: QueueAddress
  let wantsLogs: Bool
  private let queue: AppQueue
  private weak var connection: HTTPConnection?
  /// Log lines that it was told; an event has those that are new.
  private var logsTold = 0
  private var last: [UInt8] = []

  var id: String { address.id }

  init(_ address: QueueAddress, logs: Bool, of queue: AppQueue, to connection: HTTPConnection) {
    self.address = address
    wantsLogs = logs
    self.queue = queue
    self.connection = connection
  }

  func begin() { queue.add(self) }

  /// Nobody listens any more.
  func leave() { queue.remove(self) }

  /// Tells what is new, if anything is. A client that does not read is told when it does.
  func changed() {
    guard let connection, connection.isDrained, let status = queue.status(of: id)?.status else { return }
    tell(status, connection)
  }

  /// The last event.
  func ended(_ outcome: QueueOutcome) {
    guard let connection else { return }
    tell(.ended(outcome), connection)
    connection.watchEnded(self)
  }

  private func tell(_ status: QueueStatus, _ connection: HTTPConnection) {
    let json = status.json(address, logs: wantsLogs, skipping: logsTold)
    logsTold = max(logsTold, status.logCount)
    guard json != last else { return }
    // The same without new lines, so that their absence is no news.
    last = status.json(address, logs: wantsLogs, skipping: logsTold)
    connection.writeWatched(json)
  }
}
