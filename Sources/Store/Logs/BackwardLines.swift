import Glibc

/// Reads the lines of a file from its end on, a block at a time.
struct BackwardLines {
  private static let blockBytes = 64 << 10

  private let descriptor: Int32
  /// Where the part that was read begins.
  private var offset: Int
  /// The end of a line whose beginning was not read yet.
  private var rest: [UInt8] = []
  private var isFirst = true

  init(_ descriptor: Int32, size: Int) {
    self.descriptor = descriptor
    offset = size
  }

  /// Some lines, the last one first; nil: that was all. A last line without an end is torn, and is left out.
  mutating func next() -> [ArraySlice<UInt8>]? {
    guard offset > 0 else { return nil }
    let (bytes, start) = block(before: offset)
    guard let start else { return nil }
    offset = start
    var lines = (bytes + rest).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    rest = []
    if isFirst {
      guard lines.count > 1 else { return [] }
      lines.removeLast()
      isFirst = false
    }
    if offset > 0 { rest = Array(lines.removeFirst()) }
    return lines.reversed()
  }

  /// Where the last whole line ends; 0: there is none.
  var endOfLastLine: Int {
    var end = offset
    while end > 0 {
      let (bytes, start) = block(before: end)
      guard let start else { return offset }
      if let index = bytes.lastIndex(of: UInt8(ascii: "\n")) { return start + index + 1 }
      end = start
    }
    return 0
  }

  /// nil where it cannot be read.
  private func block(before end: Int) -> ([UInt8], Int?) {
    let start = max(0, end - Self.blockBytes)
    let bytes = [UInt8](unsafeUninitializedCapacity: end - start) { buffer, filled in
      filled = max(0, pread(descriptor, buffer.baseAddress, end - start, off_t(start)))
    }
    return (bytes, bytes.count == end - start ? start : nil)
  }
}
