extension Duration {
  /// The longest duration that text may name: 100 years, far beyond any limit that an option has.
  public static let textMax: Duration = .seconds(100 * 366 * 86_400)

  private static let units: [(name: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  /// Reads `90s`, `5m`, `2h`, `500ms`, `1.5h`, `1m30s`; nil for anything else. Scripts and command-line flags share this form.
  public init?(text: String) {
    var rest = Substring(text)
    var total: Duration = .zero
    var unitsLeft = Self.units.count
    while !rest.isEmpty {
      guard unitsLeft > 0, let amount = Self.takeNumber(&rest) else { return nil }
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      guard let unit = Self.units.first(where: { $0.name == name }) else { return nil }
      rest = rest.dropFirst(name.count)
      unitsLeft -= 1
      guard let part = Duration(seconds: amount * Double(unit.milliseconds) / 1000) else { return nil }
      total += part
    }
    guard unitsLeft < Self.units.count, total <= Self.textMax else { return nil }
    self = total
  }

  /// A number of seconds; nil unless it is finite, not negative and at most `textMax`.
  public init?(seconds: Double) {
    guard seconds.isFinite, seconds >= 0, seconds <= Self.textMax.inSeconds else { return nil }
    self = .milliseconds(Int64((seconds * 1000).rounded()))
  }

  /// The form that scripts use, in the largest units that fit: `90s` is `1m30s`, zero is `0s`.
  public var text: String {
    var milliseconds = Int64((inSeconds * 1000).rounded())
    guard milliseconds > 0 else { return "0s" }
    var text = ""
    for unit in Self.units where milliseconds >= unit.milliseconds {
      text += "\(milliseconds / unit.milliseconds)\(unit.name)"
      milliseconds %= unit.milliseconds
    }
    return text
  }

  private static func takeNumber(_ rest: inout Substring) -> Double? {
    let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard digits.count <= 18, digits.first?.isNumber == true, digits.last?.isNumber == true else { return nil }
    rest = rest.dropFirst(digits.count)
    return Double(digits)
  }
}
