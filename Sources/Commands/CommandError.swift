import Host

/// Why a command could not do its work, and how to mend it.
struct CommandError: Error, Sendable, Hashable {
  /// A stable name: `runner-missing`.
  var code: String
  var message: String
  var fix: String?

  init(_ code: String, _ message: String, fix: String? = nil) {
    self.code = code
    self.message = message
    self.fix = fix
  }

  init(_ failure: EvaluationFailure) {
    self.init(failure.code, failure.description, fix: failure.fix)
  }

  /// `error: …`, and a line of help.
  func render(_ style: Style) -> String {
    let head = style.paint("error:", .red) + " \(message)\n"
    return head + (fix.map { "  " + style.paint("help:", .cyan) + " \($0)\n" } ?? "")
  }
}
