import AppModel
import AppScript
import ControlAPI
import Host

/// Why a command could not do its work, and how to mend it.
struct CommandError: Error, Sendable, Hashable {
  /// A stable name: `runner-missing`.
  var code: String
  var message: String
  var fix: String?
  /// Of a script or of settings; shown before the message.
  var diagnostics: [Diagnostic] = []

  init(_ code: String, _ message: String, fix: String? = nil) {
    self.code = code
    self.message = message
    self.fix = fix
  }

  init(_ failure: EvaluationFailure) {
    self.init(failure.code, failure.description, fix: failure.fix)
  }

  init(_ problem: APIProblem) {
    self.init(problem.code, problem.message, fix: problem.fix)
    diagnostics = problem.diagnostics
  }

  /// `error: …`, and a line of help. Further lines of the message are indented, as what a runner wrote last is.
  func render(_ style: Style) -> String {
    let shown = DiagnosticRenderer().render(diagnostics, color: style.isColored)
    // One that says the same, with its place.
    if diagnostics.contains(where: { $0.message == message }) { return shown }
    let lines = PlainText.lines(message).map { PlainText.escaped($0) }
    let head = style.paint("error:", .red) + " " + lines.joined(separator: "\n  ") + "\n"
    return shown + head + (fix.map { "  " + style.paint("help:", .cyan) + " \(PlainText.escaped($0))\n" } ?? "")
  }

  /// The form in which `--json` commands say it.
  var problem: APIProblem { APIProblem(code: code, message: message, fix: fix, diagnostics: diagnostics) }
}
