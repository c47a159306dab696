/// A task that waits for the host.
///
/// Resume it once, on the thread that owns the state. A later resume has no effect, nor has one after the task was cancelled. To drop it
/// without a resume is to leave the task waiting for good.
public struct LuaSuspension {
  /// The task that waits.
  public let task: LuaTask
  /// Which of the task's waits it is.
  let number: Int

  /// Called when the task is cancelled while it waits, to stop the work that it waits for.
  public var onCancel: (() -> Void)? {
    get { task.waitNumber == number ? task.onCancel : nil }
    nonmutating set { if task.waitNumber == number { task.onCancel = newValue } }
  }

  /// Runs the task on, with no results, until it waits again or ends.
  ///
  /// While Lua runs (inside a host function), the task is queued instead: see `LuaState.hasRunnable`.
  public func resume() { task.resume(number) { _ in } }

  /// Runs the task on with one result.
  public func resume(returning value: some LuaPushable) { task.resume(number) { try $0.push(value) } }

  /// Runs the task on with two results.
  public func resume(returning first: some LuaPushable, _ second: some LuaPushable) {
    task.resume(number) {
      try $0.push(first)
      try $0.push(second)
    }
  }

  /// Runs the task on with what `results` pushes, or with the error that it throws.
  public func resume(pushing results: (inout LuaArguments) throws -> Void) { task.resume(number, results) }

  /// Runs the task on by raising `error` where it waits; the script can catch it.
  public func resume(throwing error: any Error) { task.resume(number) { _ in throw error } }
}
