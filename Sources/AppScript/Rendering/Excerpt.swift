/// A source line as it is shown, and what to write below it so that the carets stand under the marked bytes.
struct Excerpt {
  /// Bytes of a line that are shown; more would wrap in most terminals.
  static let lengthMax = 120
  /// Bytes shown before a mark in a line that is too long.
  private static let lead = 50

  private(set) var text: String
  private(set) var indent: String
  private(set) var carets: String

  /// `column` counts from 1, in bytes.
  init(line: ArraySlice<UInt8>, column: Int, length: Int) {
    let mark = line.startIndex + min(max(column - 1, 0), line.count)
    var first = line.startIndex
    var last = line.endIndex
    if line.count > Self.lengthMax {
      first = max(line.startIndex, mark - Self.lead)
      last = min(line.endIndex, first + Self.lengthMax)
    }
    // Never in the middle of a character.
    while first > line.startIndex, first < line.endIndex, line[first] & 0xC0 == 0x80 { first -= 1 }
    while last < line.endIndex, line[last] & 0xC0 == 0x80 { last += 1 }
    let head = first > line.startIndex ? "…" : ""
    let tail = last < line.endIndex ? "…" : ""
    let before = Printable.line(String(decoding: line[first..<max(first, min(mark, last))], as: UTF8.self))
    let marked = line[min(mark, last)..<min(mark + max(length, 0), last)]
    let shown = Printable.line(String(decoding: line[first..<last], as: UTF8.self))
    text = head + shown + tail
    indent = String(repeating: " ", count: Printable.width(head + before))
    let width = Printable.width(Printable.line(String(decoding: marked, as: UTF8.self)))
    carets = String(repeating: "^", count: max(1, width))
  }
}
