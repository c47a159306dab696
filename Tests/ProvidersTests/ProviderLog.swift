import Providers
import Synchronization

/// What a provider reported, and a way to wait for the next of it.
final class ProviderLog: Sendable {
  private let stream: AsyncStream<ProviderEvent>
  private let continuation: AsyncStream<ProviderEvent>.Continuation
  private let seen = Mutex<[ProviderEvent]>([])

  init() { (stream, continuation) = AsyncStream.makeStream() }

  var handler: @Sendable (ProviderEvent) -> Void {
    { event in
      self.seen.withLock { $0.append(event) }
      self.continuation.yield(event)
    }
  }

  var all: [ProviderEvent] { seen.withLock { $0 } }

  /// The next event for which `pick` gives something; those before it are passed over. The suite's time limit bounds the wait.
  func next<Picked>(_ pick: (ProviderEvent) -> Picked?) async throws -> Picked {
    for await event in stream {
      if let picked = pick(event) { return picked }
    }
    throw CancellationError()
  }

  /// - Throws: the failure when it could not be started.
  func started(_ instance: RunnerInstance) async throws -> (socket: String, pid: Int32) {
    let result: Result<(socket: String, pid: Int32), ProviderFailure> = try await next { event in
      switch event {
      case .started(instance, let socket, let pid): .success((socket, pid))
      case .notStarted(instance, let failure): .failure(failure)
      case .nodes, .inventory, .started, .notStarted, .exited, .output: nil
      }
    }
    return try result.get()
  }

  /// - Throws: the failure when it could not be started.
  func exited(_ instance: RunnerInstance) async throws -> RunnerEnd {
    let result: Result<RunnerEnd, ProviderFailure> = try await next { event in
      switch event {
      case .exited(instance, let end): .success(end)
      case .notStarted(instance, let failure): .failure(failure)
      case .nodes, .inventory, .started, .notStarted, .exited, .output: nil
      }
    }
    return try result.get()
  }

  func inventory() async throws -> [FoundRunner] {
    try await next { if case .inventory(let found) = $0 { found } else { nil } }
  }

  func notStarted(_ instance: RunnerInstance) async throws -> ProviderFailure {
    try await next { if case .notStarted(instance, let failure) = $0 { failure } else { nil } }
  }

  var lines: [String] {
    all.compactMap { if case .output(_, let line) = $0 { line } else { nil } }
  }
}
