import AppModel

/// GPUs of one model and size, on whichever nodes they are.
///
/// A cluster has a few kinds and thousands of cards: names are compared once a kind.
struct GPUKind: Sendable, Hashable {
  var gpu: Key
  /// Which of a node's GPUs are of this kind, as bits, in the order of the pool's nodes.
  var masks: [UInt64]

  struct Key: Sendable, Hashable {
    var model: String
    var memory: ByteCount
  }
}

extension UInt64 {
  /// The `index`-th bit; none beyond the last one.
  static func bit(_ index: Int) -> UInt64 { index < 64 ? 1 << UInt64(index) : 0 }
}
