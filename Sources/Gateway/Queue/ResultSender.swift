import NIOCore

/// A large result on its way to a client that may be slow: one part of it is in memory, whatever its size.
final class ResultSender {
  /// Bytes of one part. A shorter result is sent whole.
  static let partMax = 512 * 1024

  private let id: String
  private let queue: GatewayQueue
  private weak var connection: HTTPConnection?
  private var left: Int
  private var offset = 0
  private var isReading = false

  init(_ id: String, size: Int, from queue: GatewayQueue, to connection: HTTPConnection) {
    self.id = id
    left = size
    self.queue = queue
    self.connection = connection
  }

  /// Sends the next part if the client has taken the last one.
  func pump() {
    guard !isReading, left > 0, let connection, connection.isDrained else { return }
    isReading = true
    queue.part(ofBody: id, from: offset, count: min(left, Self.partMax)) { [self] result in
      isReading = false
      guard let connection = self.connection else { return }
      // One that is not kept any more, or that cannot be read: the client sees that the end is missing.
      guard case .success(let part?) = result, !part.isEmpty else { return connection.resultSent(self, isWhole: false) }
      offset += part.count
      left -= part.count
      connection.send(part, of: self)
      if left == 0 { connection.resultSent(self, isWhole: true) }
    }
  }
}
