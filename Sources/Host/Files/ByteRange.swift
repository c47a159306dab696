/// What of a file a request's `Range` asks for.
enum ByteRange: Hashable {
  case whole
  case part(Range<Int64>)
  case unsatisfiable

  /// A header that is not one range of bytes is as good as none, as the standard has it.
  init(_ header: String?, size: Int64) {
    self = .whole
    guard let header, header.hasPrefix("bytes=") else { return }
    let sides = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, sides.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return }
    switch (Int64(sides[0]), Int64(sides[1])) {
    case (let first?, let last?):
      guard first <= last else { return }
      self = first < size ? .part(first..<(min(last, size - 1) + 1)) : .unsatisfiable
    case (let first?, nil):
      guard sides[1].isEmpty else { return }
      self = first < size ? .part(first..<size) : .unsatisfiable
    case (nil, let count?):
      guard sides[0].isEmpty else { return }
      self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
    case (nil, nil): return
    }
  }
}
