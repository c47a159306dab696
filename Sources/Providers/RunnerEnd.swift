public import AppModel

/// How an instance ended, as its provider saw it.
public enum RunnerEnd: Sendable, Hashable {
  case exited(status: Int32)
  case signalled(Int32)
  /// The system ended it since it had used up the memory of its machine type, which is called so.
  case outOfMemory(machine: String, limit: ByteCount)
  /// It was never started here, or its end is forgotten.
  case unknown
}
