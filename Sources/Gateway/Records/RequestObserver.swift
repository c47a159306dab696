/// Somebody who is told of every request that is over.
public protocol RequestObserver: Sendable {
  /// Called on the gateway's event loop, with at most `RequestRecords.batchMax` records, so that it must hand over and
  /// return. What it has no room for is lost, and counted by the gateway.
  ///
  /// - Returns: how many of the records it had no room for.
  func requestsEnded(_ records: [RequestRecord]) -> Int
}
