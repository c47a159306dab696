/// 192 random bits: who has not been told the address of a file cannot find it.
enum FileID {
  private static let bytes = 24

  static func make() -> String {
    var random = SystemRandomNumberGenerator()
    return (0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }.hexadecimal
  }

  /// Only such a text ever becomes the name of a file on the disk.
  static func isValid(_ text: some StringProtocol) -> Bool {
    text.utf8.count == bytes * 2
      && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (97...102).contains($0) }
  }
}
