extension Double {
  /// Without a fraction where there is none: `4`, `0.5`.
  var plain: String {
    guard self == rounded(), magnitude < 1e15 else { return "\(self)" }
    return "\(Int64(self))"
  }
}

extension String {
  /// `a, b, c` → `a, b or c`.
  func replacingLastComma(with word: String) -> String {
    guard let comma = lastIndex(of: ",") else { return self }
    return self[..<comma] + word + self[index(after: comma)...]
  }
}

extension Int {
  /// `1 error`, `2 errors`.
  func of(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
