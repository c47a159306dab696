/// Writes a tape while a value encodes itself.
///
/// A container's elements must follow each other on the tape. While a value encodes itself nothing else is written, so the words go
/// straight to their place; only containers that the value asks for by `nestedContainer` and `superEncoder`, which may be filled at any
/// time, get a writer of their own and are put in their place at the end.
final class TapeWriter {
  /// A value that is being encoded.
  private struct Frame {
    /// Which call opened it, so that a container that outlived its value is found out.
    let serial: Int
    let start: Int
    var kind: Kind
    var count = 0
  }

  enum Kind { case undecided, object, array, single }

  let userInfo: [CodingUserInfoKey: any Sendable]
  private let words: TapeWords
  private var frames: [Frame] = []
  private var nested: [TapeWriter] = []
  private var serial = 0
  private var failure: EncodingError?
  private let parentPath: [any CodingKey]
  private let depth: Int

  init(userInfo: [CodingUserInfoKey: any Sendable], parentPath: [any CodingKey] = [], depth: Int = 0, capacity: Int = 64) {
    self.userInfo = userInfo
    self.parentPath = parentPath
    self.depth = depth
    words = TapeWords(capacity: capacity)
    frames.reserveCapacity(8)
  }

  // MARK: Values

  /// Writes a value; on failure nothing of it stays.
  func encode<T: Encodable>(_ value: T) throws {
    if T.self == String.self { return string(unsafeBitCast(value, to: String.self)) }
    if T.self == Int.self { return integer(Int64(unsafeBitCast(value, to: Int.self))) }
    if T.self == Double.self { return double(unsafeBitCast(value, to: Double.self)) }
    if T.self == Bool.self { return bool(unsafeBitCast(value, to: Bool.self)) }
    if T.self == [UInt8].self { return bytes(unsafeBitCast(value, to: [UInt8].self)) }
    if T.self == LuaTape.self { return try splice(unsafeBitCast(value, to: LuaTape.self)) }
    let encoder = try open()
    let start = words.count
    do {
      try value.encode(to: encoder)
      try close(encoder.frame)
    } catch {
      frames.removeLast(frames.count - encoder.frame)
      words.truncate(to: start)
      throw error
    }
  }

  func null() { words.append(TapeTag.null.header()) }

  func bool(_ value: Bool) { words.append((value ? TapeTag.yes : TapeTag.no).header()) }

  func integer(_ value: Int64) {
    if (value << 8) >> 8 == value {
      words.append(TapeTag.small.header(Int(value)))
    } else {
      words.append(TapeTag.integer.header())
      words.append(UInt64(bitPattern: value))
    }
  }

  func integer(_ value: some FixedWidthInteger) throws {
    guard let small = Int64(exactly: value) else {
      throw refusal("Lua's integers have 64 bits with a sign.")
    }
    integer(small)
  }

  func double(_ value: Double) {
    words.append(TapeTag.double.header())
    words.append(value.bitPattern)
  }

  @inline(__always)
  func string(_ value: String) {
    var value = value
    value.withUTF8 { words.append(UnsafeRawBufferPointer($0), tag: .string) }
  }

  func bytes(_ value: [UInt8]) { value.withUnsafeBytes { words.append($0, tag: .bytes) } }

  /// A tape within the tape.
  private func splice(_ tape: LuaTape) throws {
    let needed = tape.storage.depth(of: 0)
    guard depth + frames.count + needed <= LuaTape.depthMax else { throw tooDeep }
    words.append(tape.storage.words, count: tape.storage.count)
  }

  // MARK: Frames

  private var tooDeep: EncodingError { refusal("Nested deeper than \(LuaTape.depthMax).") }

  private func refusal(_ description: String) -> EncodingError {
    .invalidValue((), .init(codingPath: path, debugDescription: description))
  }

  /// Starts a value. Its kind shows itself when it asks for a container.
  func open(_ kind: Kind = .undecided) throws -> TapeEncoder {
    guard depth + frames.count <= LuaTape.depthMax else { throw tooDeep }
    serial += 1
    frames.append(Frame(serial: serial, start: words.count, kind: .undecided))
    let encoder = TapeEncoder(writer: self, frame: frames.count - 1, serial: serial)
    if kind != .undecided { decide(encoder, kind) }
    return encoder
  }

  /// The value turns out to be an object or an array; asking for the same again goes on with it.
  func decide(_ encoder: TapeEncoder, _ kind: Kind) {
    guard isCurrent(encoder) else { return fail("A container was asked for after its value was complete.") }
    let known = frames[encoder.frame].kind
    guard known == .undecided else {
      if known != kind { fail("A value asked for two kinds of container.") }
      return
    }
    guard depth + encoder.frame < LuaTape.depthMax else { return fail("Nested deeper than \(LuaTape.depthMax).") }
    frames[encoder.frame].kind = kind
    words.append(0)
    words.append(0)
  }

  /// Counts one more element of a container.
  @inline(__always)
  func element(of encoder: TapeEncoder, _ kind: Kind) throws {
    guard isCurrent(encoder), frames[encoder.frame].kind == kind else { throw misuse }
    frames[encoder.frame].count += 1
  }

  /// The value is no container: the next node is all of it.
  func single(_ encoder: TapeEncoder) throws {
    guard isCurrent(encoder), frames[encoder.frame].kind == .undecided else { throw misuse }
    frames[encoder.frame].kind = .single
  }

  /// Undoes the last element, or the single value, which failed to encode.
  func undo(_ encoder: TapeEncoder, to position: Int) {
    words.truncate(to: position)
    if frames[encoder.frame].kind == .single {
      frames[encoder.frame].kind = .undecided
    } else {
      frames[encoder.frame].count -= 1
    }
  }

  @inline(__always)
  private func isCurrent(_ encoder: TapeEncoder) -> Bool {
    encoder.frame == frames.count - 1 && frames[encoder.frame].serial == encoder.serial
  }

  private var misuse: EncodingError { failure ?? refusal("A container was used out of turn.") }

  private func fail(_ description: String) { failure = failure ?? refusal(description) }

  /// How long the tape is by now.
  var position: Int { words.count }

  /// How many elements a container has by now.
  func count(of encoder: TapeEncoder) -> Int { isCurrent(encoder) ? frames[encoder.frame].count : 0 }

  private func close(_ frame: Int) throws {
    if let failure { throw failure }
    // A value that writes nothing is an empty object, as for other encoders.
    if frames[frame].kind == .undecided {
      frames[frame].kind = .object
      words.append(0)
      words.append(0)
    }
    let closed = frames.removeLast()
    guard closed.kind != .single else { return }
    let tag: TapeTag = closed.kind == .array ? .array : .object
    words.base[closed.start] = tag.header(words.count - closed.start)
    words.base[closed.start + 1] = UInt64(closed.count)
  }

  /// The keys and indices that lead to what is being written.
  var path: [any CodingKey] {
    var path = parentPath
    for (index, frame) in frames.enumerated() where frame.kind == .object || frame.kind == .array {
      let child = index + 1 < frames.count ? frames[index + 1].start : words.count
      if let key = key(of: child, in: frame) { path.append(key) }
    }
    return path
  }

  private func key(of child: Int, in frame: Frame) -> (any CodingKey)? {
    var at = frame.start + 2
    for index in 0..<frame.count {
      let name = at
      if frame.kind == .object { at += words.base[at].tapeStringSpan }
      if at >= child { return frame.kind == .array ? TapeKey(intValue: index) : TapeKey(stringValue: words.text(at: name)) }
      at += words.base[at].tapeSpan
    }
    return nil
  }

  // MARK: Containers filled at any time

  /// Leaves this place to a writer of its own; the element is already counted, and its key written.
  func nest(_ kind: Kind = .undecided) -> TapeEncoder {
    let writer = TapeWriter(userInfo: userInfo, parentPath: path, depth: depth + frames.count, capacity: 16)
    words.append(TapeTag.nested.header(nested.count))
    nested.append(writer)
    return writer.openRoot(kind)
  }

  /// An encoder whose containers refuse everything, after something failed that could not be thrown.
  func refusing() -> TapeEncoder {
    fail("A container was used out of turn.")
    return TapeEncoder(writer: self, frame: -1, serial: 0)
  }

  private func openRoot(_ kind: Kind) -> TapeEncoder {
    do {
      return try open(kind)
    } catch {
      return refusing()
    }
  }

  /// The finished tape.
  func finish() throws -> LuaTapeStorage {
    try closeAll()
    guard !nested.isEmpty else { return LuaTapeStorage(adopting: words.handOver()) }
    let result = TapeWords(capacity: words.count * 2)
    copy(0, to: result)
    return LuaTapeStorage(adopting: result.handOver())
  }

  private func closeAll() throws {
    while !frames.isEmpty { try close(frames.count - 1) }
    if let failure { throw failure }
    for writer in nested { try writer.closeAll() }
  }

  /// Copies a node, with nested containers in their places; spans change, so every container is closed anew.
  private func copy(_ node: Int, to result: TapeWords) {
    let header = words.base[node]
    let tag = TapeTag(of: header)
    if tag == .nested { return nested[header.tapePayload].copy(0, to: result) }
    guard tag == .object || tag == .array else { return result.append(words.base + node, count: header.tapeSpan) }
    let start = result.count
    result.append(words.base + node, count: 2)
    var at = node + 2
    while at < node + header.tapeSpan {
      if tag == .object {
        let span = words.base[at].tapeStringSpan
        result.append(words.base + at, count: span)
        at += span
      }
      copy(at, to: result)
      at += words.base[at].tapeSpan
    }
    result.base[start] = tag.header(result.count - start)
  }
}
