/// Draws runner ids from an input's seed (SplitMix64), so that a decision is repeatable.
struct RunnerIDSource {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// Twelve characters of a 32-letter alphabet without look-alikes: 60 bits, short enough to be stored inline.
  mutating func next() -> RunnerID {
    var bits = draw()
    var text = ""
    for _ in 0..<12 {
      text.unicodeScalars.append(Self.alphabet[Int(bits & 31)])
      bits >>= 5
    }
    return RunnerID(text)
  }

  /// A seed for a source of its own.
  mutating func nextSeed() -> UInt64 { draw() }

  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".unicodeScalars)

  private mutating func draw() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
