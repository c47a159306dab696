extension TapeReading {
  func mismatch(_ type: Any.Type, at node: Int) -> DecodingError {
    let tag = TapeTag(of: words[node])
    let path = storage.path(to: node)
    guard tag != .null else {
      return .valueNotFound(type, .init(codingPath: path, debugDescription: "Expected \(type), found null."))
    }
    return .typeMismatch(type, .init(codingPath: path, debugDescription: "Expected \(type), found \(tag.name)."))
  }

  func corrupted(at node: Int, _ description: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: storage.path(to: node), debugDescription: description))
  }

  @inline(__always)
  func bool(at node: Int) throws -> Bool {
    switch TapeTag(of: words[node]) {
    case .yes: return true
    case .no: return false
    default: throw mismatch(Bool.self, at: node)
    }
  }

  @inline(__always)
  func string(at node: Int) throws -> String {
    let tag = TapeTag(of: words[node])
    guard tag == .string || tag == .bytes else { throw mismatch(String.self, at: node) }
    guard let text = storage.string(at: node) else { throw corrupted(at: node, "The string is not UTF-8.") }
    return text
  }

  @inline(__always)
  func integer<T: FixedWidthInteger>(_ type: T.Type, at node: Int) throws -> T {
    let word = words[node]
    let value: T?
    switch TapeTag(of: word) {
    case .small: value = T(exactly: Int64(bitPattern: word) >> 8)
    case .integer: value = T(exactly: Int64(bitPattern: words[node + 1]))
    case .double: value = T(exactly: Double(bitPattern: words[node + 1]))
    default: throw mismatch(type, at: node)
    }
    guard let value else { throw corrupted(at: node, "The number does not fit \(type).") }
    return value
  }

  @inline(__always)
  func double(at node: Int) throws -> Double {
    let word = words[node]
    switch TapeTag(of: word) {
    case .double: return Double(bitPattern: words[node + 1])
    case .small: return Double(Int64(bitPattern: word) >> 8)
    case .integer: return Double(Int64(bitPattern: words[node + 1]))
    default: throw mismatch(Double.self, at: node)
    }
  }

  func float(at node: Int) throws -> Float {
    let number = try double(at: node)
    let value = Float(number)
    guard value.isFinite || !number.isFinite else { throw corrupted(at: node, "The number does not fit Float.") }
    return value
  }

  /// Where the elements of an array start and end, and how many there are.
  ///
  /// An empty object is an empty array too: Lua's `{}` does not say which of them it is.
  func elements(at node: Int) throws -> (start: Int, end: Int, count: Int) {
    let word = words[node]
    let tag = TapeTag(of: word)
    guard tag == .array || (tag == .object && words[node + 1] == 0) else { throw mismatch([Any].self, at: node) }
    return (node + 2, node + word.tapeSpan, Int(truncatingIfNeeded: words[node + 1]))
  }

  @inline(__always)
  func array<T>(at node: Int, _ element: (Int) throws -> T) throws -> [T] {
    let (start, end, count) = try elements(at: node)
    var values: [T] = []
    values.reserveCapacity(count)
    var at = start
    while at < end {
      values.append(try element(at))
      at += words[at].tapeSpan
    }
    return values
  }

  /// The bytes of a string, or an array of small integers.
  func bytes(at node: Int) throws -> [UInt8] {
    switch TapeTag(of: words[node]) {
    case .string, .bytes: return Array(storage.utf8(at: node))
    default: return try array(at: node) { try integer(UInt8.self, at: $0) }
    }
  }
}
