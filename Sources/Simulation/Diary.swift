/// The lines of a life. They cost more than the life itself, so that they are written only for those who read them: a seed
/// that failed is lived again, and lives the same.
struct Diary {
  /// What happened last explains a violation; more is for those who ask for all of it.
  static let linesKept = 60

  enum Length {
    case none
    case end
    case whole
  }

  let length: Length
  private(set) var lines: [String] = []

  init(_ length: Length) { self.length = length }

  mutating func note(_ line: @autoclosure () -> String) {
    switch length {
    case .none: return
    case .end: if lines.count >= 2 * Self.linesKept { lines.removeFirst(Self.linesKept) }
    case .whole: break
    }
    lines.append(line())
  }
}
