import ArgumentParser

/// How many lines of a log: the newest ten are `10`, the oldest ten `+10`.
enum LineCount: Sendable, Hashable, ExpressibleByArgument {
  case last(Int)
  case first(Int)

  /// More lines are no reading any more.
  static let max = 1_000_000

  init?(argument: String) {
    let isFirst = argument.hasPrefix("+")
    let digits = isFirst ? argument.dropFirst() : argument[...]
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(digits), count <= Self.max else { return nil }
    self = isFirst ? .first(count) : .last(count)
  }
}
