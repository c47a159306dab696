/// Turns the bytes of a terminal into keys. Bytes may be cut anywhere: what is incomplete waits for the rest.
struct KeyDecoder {
  /// A longer escape sequence is thrown away: no key sends one.
  static let sequenceMax = 32
  /// A longer paste is cut into pieces, so that it is bounded.
  static let pasteMax = 1_048_576

  private enum State {
    /// Between keys; can become any other.
    case ground
    /// Within a character of several bytes; becomes ground with its last.
    case character(missing: Int)
    /// After Esc; becomes ground, sequence or single.
    case escape
    /// After Esc `[`; becomes ground, or paste.
    case sequence
    /// After Esc `O`: one more byte; becomes ground.
    case single
    /// Within a bracketed paste; becomes ground at its end mark.
    case paste
  }

  private var state = State.ground
  private var held: [UInt8] = []
  private var keys: [Key] = []

  init() {}

  /// Whether an Esc came that may be a key of its own: if nothing follows for a moment, call `flush`.
  var isUndecided: Bool {
    switch state {
    case .escape, .single, .sequence: true
    case .ground, .character, .paste: false
    }
  }

  mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
    for byte in bytes { take(byte) }
    defer { keys = [] }
    return keys
  }

  /// Nothing more came: an Esc that waits is the key itself.
  mutating func flush() -> [Key] {
    guard isUndecided else { return [] }
    if case .escape = state { keys.append(.leaveSearch) } else { keys.append(.unknown) }
    reset()
    defer { keys = [] }
    return keys
  }

  private mutating func reset() {
    state = .ground
    held.removeAll(keepingCapacity: true)
  }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .ground: begin(byte)
    case .character(let missing): continueCharacter(byte, missing: missing)
    case .escape: afterEscape(byte)
    case .sequence: continueSequence(byte)
    case .single:
      keys.append(Self.final(byte, modifier: 1))
      reset()
    case .paste: continuePaste(byte)
    }
  }

  private mutating func begin(_ byte: UInt8) {
    switch byte {
    case 0x1B: state = .escape
    case 0x00..<0x20, 0x7F: keys.append(Self.control(byte))
    case 0x20..<0x7F: append(text: String(UnicodeScalar(byte)))
    default:
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
      guard length > 1, byte < 0xF5 else { return append(text: "\u{FFFD}") }
      held = [byte]
      state = .character(missing: length - 1)
    }
  }

  private mutating func continueCharacter(_ byte: UInt8, missing: Int) {
    guard byte & 0xC0 == 0x80 else {
      append(text: "\u{FFFD}")
      reset()
      return take(byte)
    }
    held.append(byte)
    if missing > 1 {
      state = .character(missing: missing - 1)
    } else {
      append(text: String(decoding: held, as: UTF8.self))
      reset()
    }
  }

  /// Text that comes in one go is one key: a fast typist and a paste without marks cost one redraw.
  private mutating func append(text: String) {
    if case .text(let before) = keys.last {
      keys[keys.count - 1] = .text(before + text)
    } else {
      keys.append(.text(text))
    }
  }

  private mutating func afterEscape(_ byte: UInt8) {
    reset()
    switch byte {
    case UInt8(ascii: "["): state = .sequence
    case UInt8(ascii: "O"): state = .single
    case 0x1B:
      keys.append(.leaveSearch)
      state = .escape
    case UInt8(ascii: "b"), UInt8(ascii: "B"): keys.append(.wordLeft)
    case UInt8(ascii: "f"), UInt8(ascii: "F"): keys.append(.wordRight)
    case UInt8(ascii: "d"), UInt8(ascii: "D"): keys.append(.deleteWordForward)
    case 0x7F, 0x08: keys.append(.deleteWordBack)
    case 0x0D, 0x0A: keys.append(.lineBreak)
    default: keys.append(.unknown)
    }
  }

  private mutating func continueSequence(_ byte: UInt8) {
    guard (0x40...0x7E).contains(byte) else {
      held.append(byte)
      if held.count > Self.sequenceMax || !(0x20...0x3F).contains(byte) {
        keys.append(.unknown)
        reset()
      }
      return
    }
    let parameters = String(decoding: held, as: UTF8.self).split(separator: ";").map { Int($0) ?? 0 }
    reset()
    if byte == UInt8(ascii: "~") {
      if parameters.first == 200 {
        state = .paste
      } else {
        keys.append(Self.numbered(parameters.first ?? 0, modifier: parameters.count > 1 ? parameters[1] : 1))
      }
    } else {
      keys.append(Self.final(byte, modifier: parameters.count > 1 ? parameters[1] : 1))
    }
  }

  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  private mutating func continuePaste(_ byte: UInt8) {
    held.append(byte)
    let isOver = byte == UInt8(ascii: "~") && held.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd)
    guard isOver || held.count >= Self.pasteMax else { return }
    let content = isOver ? held.dropLast(Self.pasteEnd.count) : held[...]
    keys.append(.paste(Self.cleaned(String(decoding: content, as: UTF8.self))))
    held.removeAll(keepingCapacity: false)
    if isOver { state = .ground }
  }

  /// Line breaks of every system become "\n"; other control characters than tabs go.
  private static func cleaned(_ text: String) -> String {
    var cleaned = ""
    for character in text {
      if character.isNewline {
        cleaned.append("\n")
      } else if character == "\t" || character.unicodeScalars.first.map({ $0.value >= 0x20 && $0.value != 0x7F }) ?? false {
        cleaned.append(character)
      }
    }
    return cleaned
  }
}
