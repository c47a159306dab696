/// Writes Prometheus's text format, version 0.0.4.
struct MetricsText {
  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var bytes: [UInt8] = []

  /// Begins a family: all samples of one name have to follow, without others in between.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    bytes += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n".utf8
  }

  mutating func add(_ name: String, _ labels: [(String, String)] = [], _ value: Double) {
    bytes += name.utf8
    if !labels.isEmpty {
      bytes.append(UInt8(ascii: "{"))
      for (index, (label, text)) in labels.enumerated() {
        bytes += "\(index > 0 ? "," : "")\(label)=\"\(Self.escaped(text, quotes: true))\"".utf8
      }
      bytes.append(UInt8(ascii: "}"))
    }
    bytes += " \(Self.number(value))\n".utf8
  }

  mutating func add(_ name: String, _ labels: [(String, String)] = [], _ value: Int) { add(name, labels, Double(value)) }

  /// What was gathered, which is not kept.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    guard value.isFinite else { return value > 0 ? "+Inf" : "-Inf" }
    return Int(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\"") })
    else { return text }
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
