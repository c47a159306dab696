import Dispatch
import Synchronization

/// Runs what blocks on the disk away from the threads that serve requests.
///
/// As many at a time as the store has readers; what comes beyond waits in line.
final class DiskWork: Sendable {
  private static let width = 4

  private let queues = (0..<width).map { DispatchQueue(label: "apolune.disk.\($0)", qos: .userInitiated) }
  private let next = Atomic(0)

  func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    let turn = next.wrappingAdd(1, ordering: .relaxed).newValue
    let queue = queues[Int(UInt(bitPattern: turn) % UInt(queues.count))]
    return try await withCheckedThrowingContinuation { done in
      queue.async { done.resume(with: Result { try body() }) }
    }
  }
}
