/// Makes text of apps harmless to a terminal.
enum PlainText {
  /// `text` on one line: control characters, and marks that reorder text, are spelled out; colours go.
  static func escaped(_ text: some StringProtocol) -> String {
    // Almost every line is plain: look before building anything.
    guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return String(text) }
    var escaped = ""
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.first {
      if scalar == "\u{1B}", let after = colorSequenceEnd(rest) {
        rest = rest[after...]
        continue
      }
      rest.removeFirst()
      append(scalar, to: &escaped)
    }
    return escaped
  }

  /// The lines of `text`; line breaks at its end make none.
  static func lines(_ text: String) -> [Substring] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
    while lines.count > 1, lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines
  }

  private static func append(_ scalar: Unicode.Scalar, to output: inout String) {
    switch scalar.value {
    case 0x09: output += "  "
    case 0x0D: output += "\\r"
    case 0x0A: output += "\\n"
    case 0..<0x20, 0x7F..<0xA0: output += "\\x" + hex(scalar.value, digits: 2)
    // Marks that turn the direction of text, and the breaks that some terminals take for line ends.
    case 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: output += "\\u{" + hex(scalar.value, digits: 4) + "}"
    default: output.unicodeScalars.append(scalar)
    }
  }

  private static func hex(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// The end of `Esc [ digits and semicolons m` at the start of `scalars`.
  private static func colorSequenceEnd(_ scalars: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView.Index? {
    let body = scalars.dropFirst()
    guard body.first == "[" else { return nil }
    let end = body.dropFirst().drop { ("0"..."9").contains($0) || $0 == ";" }
    guard end.first == "m" else { return nil }
    return end.index(after: end.startIndex)
  }
}
