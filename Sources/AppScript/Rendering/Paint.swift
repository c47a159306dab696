/// Puts ANSI colours around text, or leaves it alone.
struct Paint {
  enum Style: String {
    case error = "1;31"
    case warning = "1;33"
    case strong = "1"
    case frame = "1;34"
    case help = "1;36"
  }

  var isOn: Bool

  func callAsFunction(_ text: String, _ style: Style) -> String {
    isOn ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
