public import RunnerProtocol

/// Reads, evaluates, prints, until the input ends. Knows neither terminal nor Lua.
public struct Repl: Sendable {
  private let source: any LineSource
  private let output: any ReplOutput
  private let style: Style
  private let echoes: Bool
  private let evaluate: @Sendable (String) async -> Evaluation
  private let interrupt: @Sendable () -> Void

  /// `evaluate` runs one piece of source; `interrupt` stops what it runs. With `echoes`, each piece of source is
  /// printed before its results, so that the output is a transcript (see `Transcript`).
  public init(
    source: any LineSource, output: any ReplOutput, style: Style = .plain, echoes: Bool = false,
    evaluate: @escaping @Sendable (String) async -> Evaluation, interrupt: @escaping @Sendable () -> Void
  ) {
    self.source = source
    self.output = output
    self.style = style
    self.echoes = echoes
    self.evaluate = evaluate
    self.interrupt = interrupt
  }

  /// Returns the exit code: 1 when the input came from a pipe or a file and one of its statements failed.
  /// A failed statement does not stop the ones after it, as at the prompt.
  public func run() async -> Int32 {
    var unfinished = ""
    var failed = false
    reading: while !Task.isCancelled {
      switch await source.next(after: unfinished) {
      case .end: break reading
      case .cancelled: unfinished = ""
      case .source(let text):
        if unfinished.isEmpty, Self.leaves(text) { break reading }
        guard text.contains(where: { !$0.isWhitespace }) else { continue }
        let evaluation = await evaluated(text)
        unfinished = evaluation.outcome == .incomplete ? text : ""
        if evaluation.outcome == .error { failed = true }
        show(evaluation, of: text)
      }
    }
    if !unfinished.isEmpty, !source.isInteractive {
      failed = true
      show(Evaluation(.error, text: "the input ends within a statement"), of: unfinished)
    }
    return failed && !source.isInteractive ? 1 : 0
  }

  private static func leaves(_ text: String) -> Bool {
    let word = text.filter { !$0.isWhitespace }
    return ["exit", "exit()", "quit", "quit()"].contains(word)
  }

  private func evaluated(_ text: String) async -> Evaluation {
    source.onInterrupt(interrupt)
    defer { source.onInterrupt(nil) }
    return await evaluate(text)
  }

  private func show(_ evaluation: Evaluation, of text: String) {
    if echoes, evaluation.outcome != .incomplete { output.print(Transcript.echo(text)) }
    switch evaluation.outcome {
    case .incomplete: break
    case .value: if !evaluation.text.isEmpty { output.print(evaluation.text) }
    case .error: output.printError(style.paint("error: ", .red) + evaluation.text)
    }
  }
}
