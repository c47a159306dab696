import AppModel
import ArgumentParser
import ControlAPI

/// `apolune apps scale APP`
struct AppsScaleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Change an app's settings without a deploy.",
    discussion: """
      Concurrency, buffer, delay, keep-alive and request time-outs stay when the app is deployed again; multiplexing, the \
      start-up time-out and machine types hold until the next deploy. Durations are 90s, 5m, or a number of seconds.

      EXAMPLES:
        apolune apps scale words --min-concurrency 1 --max-concurrency 8
        apolune apps scale words --keep-alive 5m --machine-types M L

      \(ExitCodes.text)
      """)

  @Argument(help: "The app.") var app: AppReference
  @Option(help: "How long an idle runner stays.") var keepAlive: DurationArgument?
  @Option(help: "Requests that one runner serves at a time.") var maxMultiplexing: Int?
  @Option(help: "Runners at most.") var maxConcurrency: Int?
  @Option(help: "Runners that always live.") var minConcurrency: Int?
  @Option(help: "Spare runners above demand.") var concurrencyBuffer: Int?
  @Option(help: "Spare runners, in percent of the demand.") var concurrencyBufferPerc: Int?
  @Option(help: "How long a request waits before a runner is added.") var scalingDelay: DurationArgument?
  @Option(help: "The longest that a request may take.") var requestTimeout: DurationArgument?
  @Option(help: "The longest that a request may wait for a runner; 0: as long as its caller does.")
  var requestStartTimeout: DurationArgument?
  @Option(help: "The longest that a runner may take to become ready.") var startupTimeout: DurationArgument?
  @Option(parsing: .upToNextOption, help: "Machine types, the first one with room wins: M L, or M,L.")
  var machineTypes: [String] = []
  @Option(help: "GPUs of a runner.") var numGpus: Int?
  @Option(parsing: .upToNextOption, help: "Where runners may be placed: the nodes' regions.") var regions: [String] = []
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func validate() throws {
    let request = request
    guard request.settings.isEmpty, request.machineTypes == nil, request.gpuCount == nil else { return }
    throw ValidationError("Say what to change, such as --max-concurrency 8. 'apolune apps list' shows what is in force.")
  }

  var request: ScaleRequest {
    var settings = SettingsChange()
    settings.minConcurrency = minConcurrency
    settings.maxConcurrency = maxConcurrency
    settings.concurrencyBuffer = concurrencyBuffer
    settings.concurrencyBufferPercentage = concurrencyBufferPerc
    settings.scalingDelay = scalingDelay?.inSeconds
    settings.keepAlive = keepAlive?.inSeconds
    settings.requestTimeout = requestTimeout?.inSeconds
    settings.requestStartTimeout = requestStartTimeout?.inSeconds
    settings.startupTimeout = startupTimeout?.inSeconds
    settings.maxMultiplexing = maxMultiplexing
    settings.regions = WordList.split(regions)
    return ScaleRequest(settings: settings, machineTypes: WordList.split(machineTypes), gpuCount: numGpus)
  }

  func run() async throws {
    try await server.run { context in
      let result = try await context.app(app, environment).scale(request)
      try context.show(
        APIAnswer(result) { result, style in
          let names = result.untilNextDeploy.joined(separator: ", ")
          let note = names.isEmpty ? "" : "until the next deploy: \(names)\n"
          return AppTable.render([result.app], style) + note
        })
    }
  }
}
