public import EngineCore
import NIOCore
public import Queueing

extension Gateway {
  /// Has requests queued in that storage from here on; what an earlier process left there waits again.
  ///
  /// - Parameter onFailure: called, on any thread, with everything that the storage cannot do later.
  /// - Throws: what the storage cannot read.
  public func openQueue(
    _ storage: any QueueStorage, onFailure: @escaping @Sendable (QueueFailure) -> Void = { _ in }
  ) throws(QueueFailure) {
    let pending = try storage.pending()
    perform { [weak self] core in
      let queue = GatewayQueue(storage, loop: core.loop) { [weak self] in
        self?.perform($0)
      } onFailure: {
        onFailure($0)
      } onTurn: { [unowned core] in
        core.backlogsChanged()
      }
      core.openQueue(queue, pending)
    }
  }

  /// Every app that there is has been routed: what is queued for others is ended, as there is no such app.
  public func endQueuesOfMissingApps() { perform { $0.endQueuesOfMissingApps() } }

  /// How many requests of the app have no outcome.
  public func queueSize(of app: AppID) async -> QueueSize {
    await onLoop(QueueSize()) { $0.desk(key: app.description)?.queue?.size ?? QueueSize() }
  }

  /// Cancels the requests that wait in the app's queue.
  ///
  /// - Parameter user: only those of this user.
  /// - Returns: how many those are.
  @discardableResult
  public func flushQueue(of app: AppID, user: String? = nil) async -> Int {
    await onLoop(0) { $0.desk(key: app.description)?.queue?.flush(user: user) ?? 0 }
  }

  private func onLoop<Value: Sendable>(_ stopped: Value, _ body: @escaping @Sendable (Core) -> Value) async -> Value {
    await withCheckedContinuation { done in
      if !perform({ done.resume(returning: body($0)) }) { done.resume(returning: stopped) }
    }
  }
}
