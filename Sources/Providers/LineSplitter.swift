/// Cuts what a process writes into lines.
struct LineSplitter {
  /// A longer line is passed on in pieces, so that no program can fill the host's memory.
  static let lineMax = 8 * 1024

  private var partial: [UInt8] = []

  mutating func append(_ bytes: some Sequence<UInt8>, line: (String) -> Void) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        flush(line: line, evenEmpty: true)
      } else {
        partial.append(byte)
        if partial.count >= Self.lineMax { flush(line: line) }
      }
    }
  }

  /// Passes on what has no end of line.
  mutating func flush(line: (String) -> Void, evenEmpty: Bool = false) {
    guard evenEmpty || !partial.isEmpty else { return }
    if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
    line(String(decoding: partial, as: UTF8.self))
    partial.removeAll(keepingCapacity: true)
  }
}
