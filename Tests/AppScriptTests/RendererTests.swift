import AppModel
import AppScript
import Testing

@Suite struct RendererTests {
  private let source = "local app = app \"words\" {\n  keepalive = \"60s\",\n\t\"über\" .. x,\n}\n"
  private var renderer: DiagnosticRenderer { DiagnosticRenderer(sources: ["words.lua": Array(source.utf8)]) }

  private func at(_ line: Int, _ column: Int, file: String = "words.lua") -> SourcePosition {
    SourcePosition(file: file, line: line, column: column)
  }

  @Test func showsTheLineTheCaretsAndTheFix() {
    let diagnostic = Diagnostic(
      .error, "unknown-option", "'keepalive' is not an option of an app", at: at(2, 3), length: 9,
      fix: "did you mean 'keep_alive'?")
    #expect(
      renderer.render([diagnostic], color: false) == """
        error[unknown-option]: 'keepalive' is not an option of an app
         --> words.lua:2:3
          |
        2 |   keepalive = "60s",
          |   ^^^^^^^^^
          = help: did you mean 'keep_alive'?

        1 error

        """)
  }

  @Test func caretsStandUnderTabsAndWideCharacters() {
    let diagnostic = Diagnostic(.warning, "x", "odd", at: at(3, 13), length: 1)
    #expect(
      renderer.render([diagnostic], color: false) == """
        warning[x]: odd
         --> words.lua:3:13
          |
        3 |     "über" .. x,
          |               ^

        1 warning

        """)
  }

  @Test func worksWithoutASourceAndWithoutAPosition() {
    let diagnostics = [
      Diagnostic(.error, "a", "one\ntwo", at: at(1234, 5, file: "other.lua")), Diagnostic(.error, "b", "three", fix: "do it"),
    ]
    #expect(
      renderer.render(diagnostics, color: false) == """
        error[a]: one
          two
            --> other.lua:1234:5

        error[b]: three
          = help: do it

        2 errors

        """)
  }

  @Test func paintsOnlyWhenAsked() {
    let text = renderer.render([Diagnostic(.error, "a", "one", at: at(1, 1), length: 5)], color: true)
    #expect(text.hasPrefix("\u{1B}[1;31merror[a]\u{1B}[0m\u{1B}[1m: one\u{1B}[0m\n"))
    #expect(text.contains("\u{1B}[1;31m^^^^^\u{1B}[0m"))
  }

  @Test func controlCharactersOfAScriptNeverReachTheTerminal() {
    let renderer = DiagnosticRenderer(sources: ["a.lua": Array("x = \"\u{1B}[2J\"\r\n".utf8)])
    let text = renderer.render(
      [Diagnostic(.error, "a", "bad \u{1B}[31m", at: SourcePosition(file: "a.lua", line: 1, column: 5), length: 3, fix: "\u{7}")],
      color: false)
    #expect(!text.utf8.contains { $0 < 32 && $0 != 10 })
  }

  @Test func longLinesAreCutAroundTheMark() {
    let line = String(repeating: "a", count: 500) + "é" + String(repeating: "b", count: 500)
    let renderer = DiagnosticRenderer(sources: ["a.lua": Array(line.utf8)])
    let text = renderer.render(
      [Diagnostic(.error, "a", "here", at: SourcePosition(file: "a.lua", line: 1, column: 503), length: 600)], color: false)
    let lines = text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count < 140 })
    let shown = Array(lines[3])
    let carets = Array(lines[4])
    #expect(carets.firstIndex(of: "^").map { shown[$0] } == "b")
  }

  @Test(arguments: [(0, 0), (1, 0), (9, 1), (1, 999), (2, 0)])
  func positionsOutsideTheSourceDoNoHarm(line: Int, column: Int) {
    let text = renderer.render([Diagnostic(.error, "a", "m", at: at(line, column), length: 99)], color: false)
    #expect(text.hasSuffix("1 error\n"))
  }

  @Test func countsErrorsAndWarnings() {
    let error = Diagnostic(.error, "a", "x")
    let warning = Diagnostic(.warning, "b", "y")
    #expect(DiagnosticRenderer.count([error, error, warning]) == "2 errors, 1 warning")
    #expect(DiagnosticRenderer.count([warning, warning]) == "2 warnings")
    #expect(renderer.render([], color: true).isEmpty)
  }
}
