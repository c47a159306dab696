import AppModel
import ArgumentParser
import ControlAPI

/// `apolune call APP`
struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Call an app, at once or through its queue, and print its answer.",
    discussion: """
      The input is made of arguments: name=value; size[width]=10 makes a table, tags[]=a one more item of a list. A value \
      that is JSON is taken as such, and everything else is text: n=3 is a number, n='"3"' the text 3. text=@FILE takes what \
      is in a file. --input reads a whole JSON text instead.

      On a terminal the answer is laid out for reading, elsewhere it is printed as the app sent it; of a stream, each event \
      is a line. Ctrl-C ends the call, and cancels a queued one.

      EXAMPLES:
        apolune call words text="moon sun moon"
        apolune call ada/words/stream text=@poem.txt
        apolune call words --queue text=moon size[min]=3 tags[]=a tags[]=b
        apolune call words --queue --detach text=moon; apolune call words --result ID
        echo '{"text": "moon"}' | apolune call words --input -

      \(ExitCodes.call)
      """)

  @Argument(help: .init("The app: words, ada/words, ada/words/stream, words--staging.", valueName: "app")) var target: CallTarget
  @Argument(help: .init("Its input: name=value, name[key]=value, name[]=value.", valueName: "input")) var arguments: [String] = []
  @Option(help: "The endpoint; / where it is left out.") var path: String?
  @Option(help: .init("A file with the whole input, as JSON; - reads standard input.", valueName: "file"), completion: .file())
  var input: String?
  @Option(help: "Give up when it has not begun within this time: 30s, 5m.") var timeout: DurationArgument?
  @OptionGroup var queue: CallQueueOptions
  @Option(help: .init("Wait for the result of a queued request, and print it.", valueName: "id")) var result: String?
  @Option(help: .init("Say how it stands with a queued request.", valueName: "id")) var status: String?
  @Option(help: .init("Cancel a queued request.", valueName: "id")) var cancel: String?
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func validate() throws {
    if let path, !path.hasPrefix("/") || path.hasPrefix("//") {
      throw ValidationError("--path begins with one slash: --path /\(path.drop { $0 == "/" }).")
    }
    if path != nil, target.path != nil { throw ValidationError("The endpoint is named twice: leave out --path.") }
    if environment.env != nil, target.namesEnvironment {
      throw ValidationError("The environment is named twice: leave out --env.")
    }
    if input != nil, !arguments.isEmpty { throw ValidationError("--input holds the whole input: leave out the arguments.") }
    let requests = [result, status, cancel].count { $0 != nil }
    if requests > 1 { throw ValidationError("--result, --status and --cancel exclude each other.") }
    if requests == 1, queue.queue || input != nil || !arguments.isEmpty {
      throw ValidationError("--result, --status and --cancel are about a request that is there: leave out its input and --queue.")
    }
    _ = try source()
  }

  private func source() throws -> InputSource {
    if let input { return .whole(path: input) }
    do throws(CallArgument.Problem) {
      return .arguments(try arguments.map { (text) throws(CallArgument.Problem) in try CallArgument(text) })
    } catch {
      throw ValidationError("\(error).")
    }
  }

  func run() async throws {
    try await server.run { context in
      let run = CallRun(context: context, client: try await client(context))
      if let result { return try await run.result(of: result) }
      if let status { return try await run.status(of: status) }
      if let cancel { return try await run.cancel(cancel) }
      let call = CallRun.Call(
        path: path ?? target.path ?? "/", headers: headers, query: queue.query, input: try source().read())
      if queue.queue {
        try await run.submit(call, isDetached: queue.detach)
      } else {
        try await run.call(call)
      }
    }
  }

  private var headers: [(String, String)] {
    let timeout = timeout.map { [("x-fal-request-timeout", "\($0.duration.inSeconds)")] } ?? []
    return timeout + queue.headers
  }

  private func client(_ context: ServerContext) async throws -> AppClient {
    guard target.app.owner != nil || context.client.key != nil else {
      throw CommandError(
        "owner-missing", "without a key it is not known whose '\(target.app.name)' is meant",
        fix: "name its owner: apolune call OWNER/\(target.app.name)")
    }
    let owner = try await context.owner(of: target.app)
    let name = target.name(in: environment.name(context.console.environment))
    return AppClient(control: context.client, app: "\(ControlPath.encoded(owner))/\(ControlPath.encoded(name))")
  }
}
