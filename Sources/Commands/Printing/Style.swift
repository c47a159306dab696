public import Glibc

/// Whether and how text is coloured.
public struct Style: Sendable, Hashable {
  public enum Color: String, Sendable, Hashable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
    case bold = "1"
    case dim = "2"
  }

  public var isColored: Bool

  public init(isColored: Bool) { self.isColored = isColored }

  public static let plain = Style(isColored: false)
  public static let colored = Style(isColored: true)

  /// Colours only on a terminal, never with `NO_COLOR` set to anything, never on one that is `dumb`.
  public static func detect(descriptor: Int32 = STDOUT_FILENO, environment: [String: String]) -> Style {
    let isWanted = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    return Style(isColored: isWanted && isatty(descriptor) == 1)
  }

  public func paint(_ text: String, _ color: Color) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }
}
