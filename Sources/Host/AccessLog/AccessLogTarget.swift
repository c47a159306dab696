/// Where a line is written for each request.
public enum AccessLogTarget: Sendable, Hashable {
  /// Nowhere. The default: the log grows with the traffic and says who did what, so that somebody has to want it.
  case off
  case standardOutput
  /// A file that is begun anew when it has become large, and when somebody has taken it away.
  case file(String)

  /// `off`, `-`, or a path.
  public init(_ text: String) {
    switch text {
    case "off": self = .off
    case "-": self = .standardOutput
    default: self = .file(text)
    }
  }
}
