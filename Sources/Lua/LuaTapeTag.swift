/// The kinds of nodes on a tape; the same numbers as in CLuaData.h, kept as raw values so that a test can compare them.
struct TapeTag: RawRepresentable, Hashable {
  let rawValue: UInt8

  static let null = TapeTag(rawValue: 1)
  static let no = TapeTag(rawValue: 2)
  static let yes = TapeTag(rawValue: 3)
  static let small = TapeTag(rawValue: 4)
  static let integer = TapeTag(rawValue: 5)
  static let double = TapeTag(rawValue: 6)
  static let string = TapeTag(rawValue: 7)
  static let bytes = TapeTag(rawValue: 8)
  static let array = TapeTag(rawValue: 9)
  static let object = TapeTag(rawValue: 10)
  static let dead = TapeTag(rawValue: 11)
  /// Only while encoding: a container that was written elsewhere; the payload is its number.
  static let nested = TapeTag(rawValue: 12)

  @inline(__always)
  init(rawValue: UInt8) { self.rawValue = rawValue }

  @inline(__always)
  init(of header: UInt64) { rawValue = UInt8(truncatingIfNeeded: header) }

  @inline(__always)
  func header(_ payload: Int = 0) -> UInt64 { UInt64(bitPattern: Int64(payload)) << 8 | UInt64(rawValue) }

  /// What to call such a value in a message.
  var name: String {
    switch self {
    case .null: "null"
    case .no, .yes: "a boolean"
    case .small, .integer: "an integer"
    case .double: "a number"
    case .string: "a string"
    case .bytes: "bytes"
    case .array: "an array"
    case .object: "an object"
    default: "an unknown value"
    }
  }
}

extension UInt64 {
  /// The payload of a header, where it is a length or a span.
  @inline(__always)
  var tapePayload: Int { Int(truncatingIfNeeded: self >> 8) }

  /// How many words a string node with this header takes.
  @inline(__always)
  var tapeStringSpan: Int { 1 + (tapePayload + 7) / 8 }

  /// How many words the node with this header takes.
  @inline(__always)
  var tapeSpan: Int {
    switch TapeTag(of: self) {
    case .integer, .double: 2
    case .string, .bytes, .dead: tapeStringSpan
    case .array, .object: tapePayload
    default: 1
    }
  }
}
