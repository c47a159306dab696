import Dispatch

/// Runs the engine on a thread of its own: it waits for the disk, and must not hold up one of the few threads that all
/// other tasks share.
final class EngineExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "apolune.engine", qos: .userInitiated)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
