/// Many measurements of one thing.
struct Timings {
  let name: String
  private var all: [Duration] = []

  init(_ name: String) { self.name = name }

  mutating func add(_ duration: Duration) { all.append(duration) }

  mutating func reset() { all = [] }

  /// Median and tail, in microseconds.
  var summary: String {
    guard !all.isEmpty else { return "\(name): nothing" }
    let sorted = all.sorted()
    func microseconds(_ share: Double) -> Double {
      let duration = sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
      return (Double(duration.components.attoseconds) / 1e12 * 10).rounded() / 10
    }
    return "\(name): median \(microseconds(0.5)) µs, 99 % \(microseconds(0.99)) µs, worst \(microseconds(1)) µs (\(all.count))"
  }
}
