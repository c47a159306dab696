import CLua
import Glibc

extension LuaTapeStorage {
  /// The bytes of a string node.
  @inline(__always)
  func utf8(at node: Int) -> UnsafeBufferPointer<UInt8> {
    let start = UnsafeRawPointer(words + node + 1).assumingMemoryBound(to: UInt8.self)
    return UnsafeBufferPointer(start: start, count: words[node].tapePayload)
  }

  /// A string node as text; nil when it is not UTF-8.
  func string(at node: Int) -> String? {
    let bytes = utf8(at: node)
    // `String(validating:as:)` looks up generic metadata on every call.
    guard clua_is_utf8(bytes.baseAddress, bytes.count) != 0 else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether a string node holds these bytes, as many of them as it has.
  @usableFromInline func isEqual(_ key: UnsafeBufferPointer<UInt8>, _ node: Int) -> Bool {
    guard let bytes = key.baseAddress else { return true }
    return memcmp(bytes, words + node + 1, key.count) == 0
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The first eight bytes as they stand in the first word of a string node.
  @inlinable @inline(__always)
  var firstWord: UInt64 {
    guard let baseAddress else { return 0 }
    if count >= 8 { return UnsafeRawPointer(baseAddress).loadUnaligned(as: UInt64.self) }
    var word: UInt64 = 0
    for index in 0..<count { word |= UInt64(baseAddress[index]) << UInt64(8 * index) }
    return word
  }
}
