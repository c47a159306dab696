import AppModel
import ArgumentParser
import ControlAPI
import FoundationEssentials
import Glibc
import RunnerProtocol

/// `apolune runners logs ID`
struct RunnersLogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Show what a runner wrote, also after its end.",
    discussion: """
      With --json each line is one object. Ctrl-C ends --follow.

      EXAMPLES:
        apolune runners logs qwertyuiopas -n 20
        apolune runners logs qwertyuiopas --since 1h --search error
        apolune runners logs qwertyuiopas -f

      \(ExitCodes.text)
      """)

  /// Where --follow begins when nobody says.
  private static let followSince = Moment.ago(.seconds(60))

  @Argument(help: "The runner's id.") var id: String
  @Option(help: "Only lines with this text, letter for letter.") var search: String?
  @Option(help: "Only lines since then: \(Moment.help).") var since: Moment?
  @Option(help: "Only lines until then.") var until: Moment?
  @Flag(name: [.short, .long], help: "Go on as lines are written, until the runner ends; since 1m ago, if nothing is said.")
  var follow = false
  @Option(name: .short, help: "The newest N lines; with +N the oldest.") var n: LineCount?
  @OptionGroup var server: ServerOptions

  func validate() throws {
    if follow, until != nil { throw ValidationError("--until and --follow exclude each other.") }
    if follow, case .first? = n { throw ValidationError("-n +N and --follow exclude each other.") }
  }

  func query(now: Double) -> [ControlQuery: String] {
    var query: [ControlQuery: String] = [:]
    let begin = since ?? (follow && n == nil ? Self.followSince : nil)
    if let begin { query[.since] = "\(begin.seconds(now: now))" }
    if let until { query[.until] = "\(until.seconds(now: now))" }
    if let search { query[.search] = search }
    switch n {
    case .last(let count)?: query[.last] = "\(count)"
    case .first(let count)?: query[.first] = "\(count)"
    case nil: break
    }
    if follow { query[.follow] = "true" }
    return query
  }

  func run() async throws {
    try await server.run { context in
      let printer = LogPrinter(style: context.console.output, secondsFromGMT: TimeZone.current.secondsFromGMT())
      let (client, query, isJSON) = (context.client, query(now: TimeText.now()), server.json)
      let reading = Task { [id] in
        try await client.logs(id, query) { line in
          // False when whoever read this output is gone: so is the reason to go on.
          Descriptor.write(try Self.text(line, isJSON, printer) + "\n", to: STDOUT_FILENO)
        }
      }
      let signals = follow ? EndSignals() : nil
      signals?.onSignal { reading.cancel() }
      do { try await reading.value } catch is CancellationError {}
    }
  }

  private static func text(_ line: LogLine, _ isJSON: Bool, _ printer: LogPrinter) throws -> String {
    isJSON ? try Console.jsonLine(line) : printer.format(LogRecord(line), runner: "")
  }
}

extension LogRecord {
  /// As it was before it travelled, as far as printing goes.
  init(_ line: LogLine) {
    let level = Level.allCases.first { "\($0)" == line.level } ?? .info
    let nanoseconds = line.at > 0 && line.at < 1.8e10 ? UInt64(line.at * 1e9) : 0
    self.init(
      nanoseconds: nanoseconds, level: level, source: .script, requestID: line.requestID ?? "", message: line.message)
  }
}
