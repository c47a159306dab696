/// Damages bytes, always the same for the same seed.
struct Mutator {
  private var random: Seeded

  init(seed: UInt64) { random = Seeded(seed) }

  mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

  /// One of `seeds`, sometimes untouched, mostly not; and sometimes nothing but noise.
  mutating func damaged(_ seeds: [[UInt8]], with pieces: [[UInt8]]) -> [UInt8] {
    if number(0...19) == 0 { return (0..<number(0...200)).map { _ in UInt8(number(0...255)) } }
    var bytes = seeds[number(0...seeds.count - 1)]
    for _ in 0..<number(0...5) {
      let at = number(0...bytes.count)
      switch number(0...5) {
      case 0 where at < bytes.count: bytes[at] = UInt8(number(0...255))
      case 1: bytes.insert(contentsOf: pieces[number(0...pieces.count - 1)], at: at)
      case 2: bytes.removeSubrange(at..<min(bytes.count, at + number(0...20)))
      case 3: bytes.insert(contentsOf: bytes[..<at].suffix(30), at: at)
      case 4: bytes += seeds[number(0...seeds.count - 1)]
      default: bytes.append(UInt8(number(0...255)))
      }
    }
    return bytes
  }
}
