import RunnerProtocol
import Synchronization
import Testing

@testable import Commands

/// Answers from a list, as a person or a file would.
private final class ScriptedSource: LineSource {
  let isInteractive: Bool
  private let inputs: Mutex<[LineInput]>
  private let interrupt = Mutex<(@Sendable () -> Void)?>(nil)

  init(_ inputs: [LineInput], isInteractive: Bool = false) {
    self.inputs = Mutex(inputs)
    self.isInteractive = isInteractive
  }

  func next(after unfinished: String) async -> LineInput {
    let input = inputs.withLock { $0.isEmpty ? .end : $0.removeFirst() }
    guard case .source(let line) = input, !unfinished.isEmpty else { return input }
    return .source(unfinished + "\n" + line)
  }

  func onInterrupt(_ action: (@Sendable () -> Void)?) { interrupt.withLock { $0 = action } }

  func pressCtrlC() { interrupt.withLock { $0 }?() }
}

private final class RecordedOutput: ReplOutput {
  private let lines = Mutex<[String]>([])

  func print(_ text: String) { lines.withLock { $0.append(text) } }
  func printError(_ text: String) { lines.withLock { $0.append("E " + text) } }

  var all: [String] { lines.withLock { $0 } }
}

/// A language of which every statement ends in ";", and "bad" is none.
private func evaluate(_ source: String) -> Evaluation {
  if !source.hasSuffix(";") { return Evaluation(.incomplete) }
  if source.contains("bad") { return Evaluation(.error, text: "1: bad") }
  return Evaluation(.value, text: source.contains("local") ? "" : "<\(source.split(separator: "\n").joined(separator: " "))>")
}

@Suite struct ReplTests {
  private func run(_ inputs: [LineInput], isInteractive: Bool = false, echoes: Bool = false) async -> (Int32, [String]) {
    let output = RecordedOutput()
    let repl = Repl(
      source: ScriptedSource(inputs, isInteractive: isInteractive), output: output, echoes: echoes,
      evaluate: { evaluate($0) }, interrupt: {})
    return (await repl.run(), output.all)
  }

  @Test func valuesArePrintedAndStatementsAreQuiet() async {
    let (code, output) = await run([.source("1;"), .source("  "), .source("local a;"), .source("2;")])
    #expect(output == ["<1;>", "<2;>"])
    #expect(code == 0)
  }

  @Test func anUnfinishedStatementGoesOnWithTheNextLine() async {
    let (_, output) = await run([.source("a"), .source("b;")])
    #expect(output == ["<a b;>"])
  }

  @Test func ctrlCForgetsWhatWasUnfinished() async {
    let (_, output) = await run([.source("a"), .cancelled, .source("b;")], isInteractive: true)
    #expect(output == ["<b;>"])
  }

  @Test func aFailedLineOfAPipeDoesNotStopTheNextOnesAndMakesTheExitCodeOne() async {
    let (code, output) = await run([.source("bad;"), .source("1;")])
    #expect(output == ["E error: 1: bad", "<1;>"])
    #expect(code == 1)
  }

  @Test func aPersonsMistakesDoNotCount() async {
    #expect(await run([.source("bad;")], isInteractive: true).0 == 0)
  }

  @Test func inputThatEndsWithinAStatementIsAnError() async {
    let (code, output) = await run([.source("a")])
    #expect(output == ["E error: the input ends within a statement"])
    #expect(code == 1)
  }

  @Test(arguments: ["exit", " exit() ", "quit", "quit()"]) func aWordLeaves(word: String) async {
    #expect(await run([.source(word), .source("1;")]).1.isEmpty)
  }

  @Test func ctrlCReachesWhatRunsAndOnlyThen() async {
    let source = ScriptedSource([.source("1;")])
    let interrupts = Mutex(0)
    source.pressCtrlC()
    let repl = Repl(
      source: source, output: RecordedOutput(),
      evaluate: { _ in
        source.pressCtrlC()
        return Evaluation(.error, text: "interrupted")
      }, interrupt: { interrupts.withLock { $0 += 1 } })
    _ = await repl.run()
    source.pressCtrlC()
    #expect(interrupts.withLock { $0 } == 1)
  }

  @Test func anEchoedSessionIsATranscriptThatGivesItselfAgain() async {
    let transcript = "> a\n| b;\n<a b;>\n> bad;\nE error: 1: bad\n"
    let lines = Transcript.input(of: transcript).split(separator: "\n").map { LineInput.source(String($0)) }
    #expect(lines == [.source("a"), .source("b;"), .source("bad;")])
    let (_, output) = await run(lines, echoes: true)
    #expect(output.map { $0 + "\n" }.joined() == transcript)
  }
}
