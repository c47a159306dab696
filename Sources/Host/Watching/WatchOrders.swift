import Synchronization

/// What the owner of a `FileWatcher` wants of its thread.
final class WatchOrders: Sendable {
  struct Orders: Sendable {
    /// nil: the same as before.
    var files: Set<String>?
    var isClosed = false
  }

  private let orders = Mutex(Orders())

  func set(files: Set<String>) {
    orders.withLock { $0.files = files }
  }

  func close() {
    orders.withLock { $0.isClosed = true }
  }

  func take() -> Orders {
    orders.withLock { orders in
      defer { orders.files = nil }
      return orders
    }
  }
}
