/// Makes text of a script safe to print, and measures it.
enum Printable {
  /// One line: control characters and line ends are shown as `·`, tabs as four spaces.
  static func line(_ text: String) -> String { clean(text, keepingLines: false) }

  /// The same, but with its line ends.
  static func text(_ text: String) -> String { clean(text, keepingLines: true) }

  private static func clean(_ text: String, keepingLines: Bool) -> String {
    var clean = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 9: clean += "    "
      case 10 where keepingLines: clean += "\n"
      case 0..<32, 127..<160, 0x202A...0x202E, 0x2066...0x2069: clean += "·"
      default: clean.unicodeScalars.append(scalar)
      }
    }
    return clean
  }

  /// Columns that a terminal needs for it.
  static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1.value) }
  }

  private static func width(_ scalar: UInt32) -> Int {
    switch scalar {
    case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}
