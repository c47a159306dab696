import CLua
import Glibc

/// A growable run of words that becomes the storage of a tape.
final class TapeWords {
  private(set) var base: UnsafeMutablePointer<UInt64>
  private(set) var count = 0
  private var capacity: Int
  private var isOwner = true

  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    base = Self.memory(nil, self.capacity)
  }

  deinit {
    if isOwner { free(base) }
  }

  /// From `malloc`, since C gives it back; without memory the process ends, as for any Swift allocation.
  private static func memory(_ old: UnsafeMutableRawPointer?, _ capacity: Int) -> UnsafeMutablePointer<UInt64> {
    guard let memory = realloc(old, capacity * 8) else { fatalError("out of memory") }
    return memory.assumingMemoryBound(to: UInt64.self)
  }

  private func grow(_ extra: Int) {
    capacity = max(capacity * 2, count + extra)
    base = Self.memory(base, capacity)
  }

  @inline(__always)
  func append(_ word: UInt64) {
    if count == capacity { grow(1) }
    base[count] = word
    count += 1
  }

  func append(_ words: UnsafePointer<UInt64>, count extra: Int) {
    if capacity - count < extra { grow(extra) }
    (base + count).update(from: words, count: extra)
    count += extra
  }

  /// A string node; the last word is filled up with zeros.
  @inline(__always)
  func append(_ utf8: UnsafeRawBufferPointer, tag: TapeTag) {
    let extra = 1 + (utf8.count + 7) / 8
    if capacity - count < extra { grow(extra) }
    base[count + extra - 1] = 0
    base[count] = tag.header(utf8.count)
    if let text = utf8.baseAddress { memcpy(base + count + 1, text, utf8.count) }
    count += extra
  }

  /// The text of a string node, for a message.
  func text(at node: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: base + node + 1, count: base[node].tapePayload), as: UTF8.self)
  }

  func truncate(to count: Int) { self.count = count }

  /// Gives the memory away; nothing may be appended afterwards.
  func handOver() -> clua_bytes {
    isOwner = false
    return clua_bytes(data: UnsafeMutableRawPointer(base).assumingMemoryBound(to: UInt8.self), length: count * 8)
  }
}
