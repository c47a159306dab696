/// Times two ways of doing the same in turns, so that what else the machine does hits both alike.
struct Comparison {
  var name: String
  /// Ratio to reach.
  var target: Double?
  var operations: Int
  /// Nanoseconds for all operations.
  var baseline: () throws -> UInt64
  var ours: () throws -> UInt64

  static let rounds = 15

  func run() throws {
    var baselines: [Double] = []
    var measured: [Double] = []
    var ratios: [Double] = []
    _ = try baseline()
    _ = try ours()
    for _ in 0..<Self.rounds {
      let base = Double(try baseline()) / Double(operations)
      let own = Double(try ours()) / Double(operations)
      baselines.append(base)
      measured.append(own)
      ratios.append(own / base)
    }
    let goal = target.map { "  (to reach: \($0) x)" } ?? ""
    print(
      "\(pad(name, 28)) C \(pad(nanoseconds(median(baselines)), 10)) Swift \(pad(nanoseconds(median(measured)), 10)) "
        + "ratio \(rounded(median(ratios))) x\(goal)")
  }
}

private func median(_ values: [Double]) -> Double {
  values.sorted()[values.count / 2]
}

private func rounded(_ value: Double) -> String {
  let hundredths = Int((value * 100).rounded())
  let rest = hundredths % 100
  return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
}

private func nanoseconds(_ value: Double) -> String {
  switch value {
  case ..<1_000: "\(rounded(value)) ns"
  case ..<1_000_000: "\(rounded(value / 1_000)) us"
  default: "\(rounded(value / 1_000_000)) ms"
  }
}

private func pad(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
