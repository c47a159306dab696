import CLua

/// Owns the words of a tape. They never change once they are here, so that any thread may read them.
@usableFromInline final class LuaTapeStorage: @unchecked Sendable {
  let words: UnsafePointer<UInt64>
  let count: Int
  private let bytes: clua_bytes

  /// Takes over memory that the C side made.
  init(adopting bytes: clua_bytes) {
    self.bytes = bytes
    count = bytes.length / 8
    guard let data = bytes.data else { preconditionFailure("a tape has at least one word") }
    words = UnsafePointer(UnsafeRawPointer(data).assumingMemoryBound(to: UInt64.self))
  }

  deinit { clua_bytes_free(bytes) }

  /// A copy of a run of words.
  convenience init(copying words: UnsafePointer<UInt64>, count: Int) {
    let memory = TapeWords(capacity: count)
    memory.append(words, count: count)
    self.init(adopting: memory.handOver())
  }
}
