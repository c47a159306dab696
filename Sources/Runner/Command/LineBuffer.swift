/// Cuts output into lines. A line that is too long is cut into pieces.
struct LineBuffer {
  static let lineMax = 16 * 1024

  private var partial: [UInt8] = []

  mutating func append(_ bytes: UnsafeRawBufferPointer, line: (String) -> Void) {
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      partial.append(contentsOf: rest[..<end])
      emit(line)
      rest = rest[(end + 1)...]
    }
    partial.append(contentsOf: rest)
    if partial.count > Self.lineMax { emit(line) }
  }

  /// The output is over: what is left is a line too.
  mutating func finish(line: (String) -> Void) {
    if !partial.isEmpty { emit(line) }
  }

  private mutating func emit(_ line: (String) -> Void) {
    if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
    var rest = partial[...]
    repeat {
      // Bytes that are not UTF-8 become replacement characters.
      line(String(decoding: rest.prefix(Self.lineMax), as: UTF8.self))
      rest = rest.dropFirst(Self.lineMax)
    } while !rest.isEmpty
    partial.removeAll(keepingCapacity: true)
  }
}
