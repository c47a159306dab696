/// Spreads what failed together, so that it does not come back together. The same for the same name and attempt, because what
/// is decided here knows no dice.
enum Jitter {
  /// Between 0 and 1.
  static func fraction(of name: String, attempt: Int) -> Double {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    hash = (hash ^ UInt64(truncatingIfNeeded: attempt)) &* 0x9e37_79b9_7f4a_7c15
    hash ^= hash >> 32
    return Double(hash & 0xffff) / 65_536
  }
}
