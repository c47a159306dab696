extension ByteCount {
  private static let units: [(name: String, bytes: Int64)] = [
    ("B", 1), ("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30), ("TB", 1 << 40),
    ("KIB", 1 << 10), ("MIB", 1 << 20), ("GIB", 1 << 30), ("TIB", 1 << 40),
  ]

  /// Reads `64GB`, `512 MB`, `1.5GiB`, in powers of 1024 and any case; nil for anything else, and for a number without a unit,
  /// since nobody can tell which unit was meant.
  public init?(text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard digits.count <= 18, digits.first?.isNumber == true, digits.last?.isNumber == true, let amount = Double(digits) else {
      return nil
    }
    let name = text.dropFirst(digits.count).drop { $0 == " " }.uppercased()
    guard let unit = Self.units.first(where: { $0.name == name }) else { return nil }
    let bytes = (amount * Double(unit.bytes)).rounded()
    guard bytes < 9.0e18 else { return nil }
    self.init(Int64(bytes))
  }

  /// The form that scripts use: `64GB`.
  public var text: String { description.split(separator: " ").joined() }
}
