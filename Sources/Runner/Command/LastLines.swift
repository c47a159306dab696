/// The end of a program's output, to show why it failed.
struct LastLines {
  private static let linesMax = 20
  private static let lineMax = 500

  private var lines: [String] = []

  var isEmpty: Bool { lines.isEmpty }
  var text: String { lines.joined(separator: "\n") }

  mutating func append(_ line: String) {
    lines.append(String(line.prefix(Self.lineMax)))
    if lines.count > Self.linesMax { lines.removeFirst() }
  }
}
