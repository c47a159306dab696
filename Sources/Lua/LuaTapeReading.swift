/// One decoding of a tape: what all its decoders and containers share.
///
/// `hints` remembers, for each depth, where the object read last at that depth goes on: fields are mostly asked for in the order in which
/// they were written, so that most look-ups hit at once. A hint is only used by an object that contains it, and objects of one depth do
/// not overlap, so it always points at a key (or the end) of that object.
final class TapeReading {
  let storage: LuaTapeStorage
  let words: UnsafePointer<UInt64>
  let userInfo: [CodingUserInfoKey: any Sendable]
  private let hints: UnsafeMutablePointer<Int>

  init(storage: LuaTapeStorage, userInfo: [CodingUserInfoKey: any Sendable]) {
    self.storage = storage
    self.userInfo = userInfo
    words = storage.words
    hints = .allocate(capacity: LuaTape.depthMax + 1)
    hints.initialize(repeating: 0, count: LuaTape.depthMax + 1)
  }

  deinit { hints.deallocate() }

  /// The value under a key of the object whose keys are the words `start..<end`.
  @inline(__always)
  func find(_ key: String, start: Int, end: Int, depth: Int) -> Int? {
    var key = key
    return key.withUTF8 { find($0, start: start, end: end, depth: depth) }
  }

  private func find(_ key: UnsafeBufferPointer<UInt8>, start: Int, end: Int, depth: Int) -> Int? {
    let hint = hints[depth]
    let first = hint >= start && hint <= end ? hint : start
    guard let value = scan(key, from: first, to: end) ?? scan(key, from: start, to: first) else { return nil }
    hints[depth] = value + words[value].tapeSpan
    return value
  }

  private func scan(_ key: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
    let header = TapeTag.string.header(key.count)
    let head = key.firstWord
    var at = start
    while at < end {
      let found = words[at]
      let value = at + found.tapeStringSpan
      if found == header, key.isEmpty || words[at + 1] == head, key.count <= 8 || storage.isEqual(key, at) { return value }
      at = value + words[value].tapeSpan
    }
    return nil
  }

  /// Reads the node at word `node`; the types that matter most are not sent through `init(from:)`.
  @inline(__always)
  func decode<T: Decodable>(_ type: T.Type, at node: Int, depth: Int) throws -> T {
    if T.self == String.self { return unsafeBitCast(try string(at: node), to: T.self) }
    if T.self == Int.self { return unsafeBitCast(try integer(Int.self, at: node), to: T.self) }
    if T.self == Double.self { return unsafeBitCast(try double(at: node), to: T.self) }
    if T.self == Bool.self { return unsafeBitCast(try bool(at: node), to: T.self) }
    if T.self == [UInt8].self { return unsafeBitCast(try bytes(at: node), to: T.self) }
    if T.self == [String].self { return unsafeBitCast(try array(at: node, string(at:)), to: T.self) }
    if T.self == [Int].self { return unsafeBitCast(try array(at: node) { try integer(Int.self, at: $0) }, to: T.self) }
    if T.self == [Double].self { return unsafeBitCast(try array(at: node, double(at:)), to: T.self) }
    return try T(from: TapeDecoder(reading: self, node: node, depth: depth))
  }

  @inline(__always)
  func isNull(at node: Int) -> Bool { TapeTag(of: words[node]) == .null }
}
