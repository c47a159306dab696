/// The kinds of nodes on a tape; the same numbers as in CLuaData.h, kept as raw values so that a test can compare them.
@usableFromInline @frozen struct TapeTag: RawRepresentable, Hashable {
  @usableFromInline let rawValue: UInt8

  @inlinable static var null: TapeTag { TapeTag(rawValue: 1) }
  @inlinable static var no: TapeTag { TapeTag(rawValue: 2) }
  @inlinable static var yes: TapeTag { TapeTag(rawValue: 3) }
  @inlinable static var small: TapeTag { TapeTag(rawValue: 4) }
  @inlinable static var integer: TapeTag { TapeTag(rawValue: 5) }
  @inlinable static var double: TapeTag { TapeTag(rawValue: 6) }
  @inlinable static var string: TapeTag { TapeTag(rawValue: 7) }
  @inlinable static var bytes: TapeTag { TapeTag(rawValue: 8) }
  @inlinable static var array: TapeTag { TapeTag(rawValue: 9) }
  @inlinable static var object: TapeTag { TapeTag(rawValue: 10) }
  @inlinable static var dead: TapeTag { TapeTag(rawValue: 11) }
  /// Only while encoding: a container that was written elsewhere; the payload is its number.
  @inlinable static var nested: TapeTag { TapeTag(rawValue: 12) }

  @inlinable @inline(__always)
  init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable @inline(__always)
  init(of header: UInt64) { rawValue = UInt8(truncatingIfNeeded: header) }

  @inlinable @inline(__always)
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
  @inlinable @inline(__always)
  var tapePayload: Int { Int(truncatingIfNeeded: self >> 8) }

  /// How many words a string node with this header takes.
  @inlinable @inline(__always)
  var tapeStringSpan: Int { 1 + (tapePayload + 7) / 8 }

  /// How many words the node with this header takes.
  @inlinable @inline(__always)
  var tapeSpan: Int {
    switch TapeTag(of: self) {
    case .integer, .double: 2
    case .string, .bytes, .dead: tapeStringSpan
    case .array, .object: tapePayload
    default: 1
    }
  }
}
