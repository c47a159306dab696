/// A task that waits for the host. Resume it once, on the thread that owns the state; dropping it leaves the task waiting for good.
public final class LuaSuspension {
  /// The task that waits.
  public let task: LuaTask
  /// Called when the task is cancelled while it waits, to stop the work that it waits for.
  public var onCancel: (() -> Void)?
  var isOver = false

  init(_ task: LuaTask) { self.task = task }

  /// Runs the task on, with no results, until it waits again or ends.
  ///
  /// Has no effect when the suspension was resumed before or its task was cancelled. While Lua runs (inside a host function), the task is
  /// queued instead: see `LuaState.hasRunnable`.
  public func resume() {
    guard !isOver else { return }
    isOver = true
    task.resume(self) { _ in }
  }

  /// Runs the task on with one result.
  public func resume(returning value: some LuaPushable) {
    guard !isOver else { return }
    isOver = true
    task.resume(self) { try $0.push(value) }
  }

  /// Runs the task on with two results.
  public func resume(returning first: some LuaPushable, _ second: some LuaPushable) {
    guard !isOver else { return }
    isOver = true
    task.resume(self) {
      try $0.push(first)
      try $0.push(second)
    }
  }

  /// Runs the task on with what `results` pushes, or with the error that it throws.
  public func resume(pushing results: (inout LuaArguments) throws -> Void) {
    guard !isOver else { return }
    isOver = true
    task.resume(self, results)
  }

  /// Runs the task on by raising `error` where it waits; the script can catch it.
  public func resume(throwing error: any Error) {
    guard !isOver else { return }
    isOver = true
    task.resume(self) { _ in throw error }
  }
}
