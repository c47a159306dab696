/// Finds what was probably meant by a name that is not known.
public enum Suggestion {
  /// Names longer than this are not compared: the work grows with the product of the lengths.
  private static let lengthMax = 64

  /// The nearest of `names`; nil where none is near. Case, `_` and `-` count for nothing.
  public static func nearest(to name: String, among names: some Sequence<String>) -> String? {
    let wanted = simplified(name)
    guard !wanted.isEmpty, wanted.count <= lengthMax else { return nil }
    let limit = max(1, wanted.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in names {
      let distance = distance(wanted, simplified(candidate))
      if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    return best?.name
  }

  static func fix(_ name: String?) -> String? { name.map { "did you mean '\($0)'?" } }

  private static func simplified(_ name: String) -> [UInt8] {
    name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
  }

  /// Damerau-Levenshtein distance: insertions, deletions, substitutions, and swaps of neighbours.
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard left.count <= lengthMax, right.count <= lengthMax else { return Int.max }
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1...left.count {
      var current = [row]
      for column in 1...right.count {
        let isSame = left[row - 1] == right[column - 1]
        var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          best = min(best, beforeLast[column - 2] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
