/// JSON as text: known to be well-formed, with its keys in their order and its numbers as they were written.
struct JSONText: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case object
    case list
    case text
    case number
    case boolean
    case null
  }

  /// Without blanks around it.
  let text: String
  let kind: Kind

  /// nil: it is not JSON, or nested too deeply.
  init?(_ text: some StringProtocol) {
    var scanner = JSONScanner(Array(text.utf8))
    guard let (kind, range) = scanner.document() else { return nil }
    self.kind = kind
    self.text = String(decoding: scanner.bytes[range], as: UTF8.self)
  }

  /// `text` as a JSON string.
  init(quoting text: String) {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += Array(#"\n"#.utf8)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes += Array((#"\u00"# + (digits.count == 1 ? "0" : "") + digits).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    self.text = String(decoding: bytes, as: UTF8.self)
    kind = .text
  }

  /// A member or an item a line, as deep as it is nested; what is empty stays on its line.
  func indented() -> String {
    var layout = Layout()
    for byte in text.utf8 { layout.take(byte) }
    return String(decoding: layout.output, as: UTF8.self)
  }

  /// Writes well-formed JSON anew, byte by byte.
  private struct Layout {
    private(set) var output: [UInt8] = []
    private var depth = 0
    private var isInText = false
    private var isEscaped = false
    private var hasJustOpened = false

    mutating func take(_ byte: UInt8) {
      if isInText { return take(textByte: byte) }
      if JSONScanner.isBlank(byte) { return }
      let isClosing = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
      if isClosing { depth -= 1 }
      if hasJustOpened != isClosing, isClosing || hasJustOpened { startLine() }
      output.append(byte)
      hasJustOpened = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
      if hasJustOpened { depth += 1 }
      if byte == UInt8(ascii: ",") { startLine() }
      if byte == UInt8(ascii: ":") { output.append(UInt8(ascii: " ")) }
      isInText = byte == UInt8(ascii: "\"")
    }

    private mutating func take(textByte byte: UInt8) {
      output.append(byte)
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInText = false
      }
    }

    private mutating func startLine() {
      output.append(UInt8(ascii: "\n"))
      output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
  }
}
