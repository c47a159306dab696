import AppModel
import AppScript
import EngineCore
import FoundationEssentials
import Glibc
import Host
import RunnerProtocol

/// Where a run shows itself: a prompt, plain text, or JSON events.
struct RunView: Sendable {
  /// Takes one piece of text: complete lines, not ended by a line break.
  typealias Sink = @Sendable (String) -> Void

  let terminal: PromptTerminal?
  private let isJSON: Bool
  private let style: Style
  private let sink: Sink
  private let logs: LogPrinter

  init(json: Bool, input: RunInput, folder: String, console: Console) throws {
    isJSON = json
    // Results of a script are the answer; all else goes to standard error then.
    let style = input == .script && !json ? console.errors : console.output
    self.style = style
    logs = LogPrinter(style: style, secondsFromGMT: TimeZone.current.secondsFromGMT())
    guard input == .prompt else {
      terminal = nil
      let descriptor = input == .script && !json ? STDERR_FILENO : STDOUT_FILENO
      sink = { Descriptor.write($0.endingInLineBreak, to: descriptor) }
      return
    }
    let history = HistoryFile(folder: folder, environment: console.environment)
    let terminal = try PromptTerminal(prompt: Prompt("apolune> ", next: "      .. ", style: style), history: history)
    self.terminal = terminal
    sink = { terminal.print($0) }
  }

  /// Gives the terminal back.
  func close() async { await terminal?.close() }

  func ready(_ apps: [ServedApp]) {
    for app in apps {
      if isJSON {
        Self.printJSON(.ready(app))
      } else {
        sink(app.banner.render(style))
      }
    }
  }

  func stopping() { isJSON ? Self.printJSON(RunRecord("stopping")) : sink(style.paint("stopping …", .dim)) }

  func show(_ event: RunEvent) {
    guard !isJSON else { return Self.printJSON(RunRecord(event)) }
    switch event {
    case .log(let runner, let record): sink(logs.format(record, runner: runner.text))
    case .runner(let runner, _, let state, let detail):
      let text = "runner \(runner.text.prefix(LogPrinter.idLength)) \(state)"
      sink(style.paint(detail.isEmpty ? text : "\(text): \(PlainText.escaped(detail))", .dim))
    case .console(let record): sink(record.message)
    case .problem(let text): sink(style.paint("error:", .red) + " " + PlainText.escaped(text))
    case .reloading(let trigger):
      let cause = trigger == RunSession.reloadByHand ? trigger : "\(trigger) was saved"
      sink(style.paint("\(cause): loading again …", .dim))
    case .reloaded(_, let apps, let duration):
      sink(style.paint("loaded again in \(Int(duration.inSeconds * 1000)) ms", .green))
      // It may have become private just now.
      for app in apps where app.key != nil { sink("  try       \(app.banner.curl)") }
    case .reloadRefused(let trigger, let script):
      sink(script.rendered(style) + "\(trigger) cannot be loaded; what ran before goes on")
    case .reloadFailed(_, let app, let reason):
      sink(style.paint("error:", .red) + " \(app.name) did not start: \(reason)\nwhat ran before goes on")
    }
  }

  static func printJSON(_ record: RunRecord) { Descriptor.write(record.json + "\n", to: STDOUT_FILENO) }
}

extension EvaluatedScript {
  /// All diagnostics, with their source.
  func rendered(_ style: Style) -> String {
    DiagnosticRenderer(sources: sources).render(diagnostics, color: style.isColored)
  }
}

extension ServedApp {
  var banner: Banner {
    Banner(
      app: id.name, owner: id.owner, auth: auth, machine: definition.machines[0],
      enforced: enforcement.lines.filter(\.isEnforced).map { "\($0.resource) \($0.amount)" },
      notEnforced: enforcement.lines.filter { !$0.isEnforced }.map { "\($0.resource) \($0.amount): \($0.explanation)" },
      url: url, program: definition.program, key: key)
  }
}
