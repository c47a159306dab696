public import AppModel

/// Shows diagnostics to a person: each with its source line, a caret, and what to do.
public struct DiagnosticRenderer: Sendable {
  /// Source by file name, as positions name it.
  public var sources: [String: [UInt8]]

  public init(sources: [String: [UInt8]] = [:]) { self.sources = sources }

  /// All diagnostics and a line that counts them; empty for none. Control characters of a script never reach the terminal.
  public func render(_ diagnostics: [Diagnostic], color: Bool) -> String {
    guard !diagnostics.isEmpty else { return "" }
    let paint = Paint(isOn: color)
    let lines = LineIndex(sources)
    let shown = diagnostics.map { render($0, paint, lines) }
    return shown.joined(separator: "\n") + "\n" + Self.count(diagnostics) + "\n"
  }

  /// `2 errors, 1 warning`.
  public static func count(_ diagnostics: [Diagnostic]) -> String {
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    var parts: [String] = []
    if errors > 0 { parts.append(errors.of("error")) }
    if warnings > 0 { parts.append(warnings.of("warning")) }
    return parts.joined(separator: ", ")
  }

  private func render(_ diagnostic: Diagnostic, _ paint: Paint, _ lines: LineIndex) -> String {
    let style: Paint.Style = diagnostic.severity == .error ? .error : .warning
    let head = paint("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", style)
    let message = Printable.text(diagnostic.message).split(separator: "\n", omittingEmptySubsequences: false)
    var text = head + paint(": \(message.first ?? "")", .strong) + "\n"
    for line in message.dropFirst() { text += "  \(line)\n" }
    var margin = " "
    if let position = diagnostic.position {
      let number = "\(position.line)"
      margin = String(repeating: " ", count: number.count)
      let place = "\(Printable.text(position.file)):\(position.line):\(position.column)"
      text += "\(margin)\(paint("-->", .frame)) \(place)\n"
      if let line = lines.line(position.line, of: position.file) {
        let excerpt = Excerpt(line: line, column: position.column, length: diagnostic.length)
        let bar = paint("|", .frame)
        text += "\(margin) \(bar)\n"
        text += "\(paint(number, .frame)) \(bar) \(excerpt.text)\n"
        text += "\(margin) \(bar) \(excerpt.indent)\(paint(excerpt.carets, style))\n"
      }
    }
    if let fix = diagnostic.fix {
      text += "\(margin) \(paint("=", .frame)) \(paint("help", .help)): \(Printable.line(fix))\n"
    }
    return text
  }
}
