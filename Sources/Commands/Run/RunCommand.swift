public import AppModel
import AppScript
public import ArgumentParser
import FoundationEssentials
import Host
import Platform

/// `apolune run FILE`
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a script as an ephemeral app, with a prompt, until you leave.",
    discussion: """
      The app gets an address on this machine and runners of its own; saving the script or one of its files loads it
      again. On a terminal there is a prompt: call("/", { text = "a" }), runners(), logs(), reload(), help(). Lines from a
      pipe are run as a script. Ctrl-C or Ctrl-D ends the run and removes all that it made.

      EXAMPLES:
        apolune run app.lua
        apolune run app.lua --port 9000 --auth private
        echo 'call("/", { name = "Ada" })' | apolune run app.lua

      EXIT CODES:
        0   the run was ended by you
        1   it could not start, or a line from a pipe failed; standard error says why
        64  the command line is wrong
      """)

  @Argument(help: "The Lua file.", completion: .file(extensions: ["lua"])) var file: String

  @Option(help: "Who may call: private, shared or public. The script's own, else public.") var auth: Auth?

  @Option(help: "Machine types in place of the script's, the first one with room wins: S, or M,L.")
  var machineType: String?

  @Option(help: "GPUs of a runner, in place of the script's.") var numGpus: Int?

  @Option(help: "Port of 127.0.0.1; 0 takes any. 8080 where it is free, else any.") var port: Int?

  @Option(help: "A file of NAME=value lines: variables and secrets of the app.", completion: .file())
  var envFile: String?

  @Flag(help: "No prompt.") var noRepl = false

  @Flag(help: "Do not load again when a file is saved.") var noReload = false

  @Flag(help: "Print events as JSON, one a line. Implies --no-repl on a terminal.") var json = false

  func validate() throws {
    if let port, !(0...65_535).contains(port) {
      throw ValidationError("--port takes a number from 0 to 65535, not \(port).")
    }
  }

  func run() async throws {
    let console = Console()
    let options = try options(console)
    let input = RunInput(noRepl: noRepl, json: json)
    let signals = EndSignals()
    let session = try await start(options, signals, console)
    // The terminal is taken over only now: until here Ctrl-C is a signal.
    let view: RunView
    do {
      view = try RunView(json: json, input: input, folder: session.folder, console: console)
    } catch {
      await session.stop()
      throw CommandError("terminal", "the terminal cannot be used: \(error)", fix: "use --no-repl")
    }
    let code = try await RunLoop(session: session, view: view, input: input, signals: signals).run()
    if code != 0 { throw ExitCode(code) }
  }

  private func start(_ options: RunOptions, _ signals: EndSignals, _ console: Console) async throws -> RunSession {
    let start = Task { () -> Result<RunSession, RunFailure> in
      do throws(RunFailure) {
        return .success(try await RunSession.start(options))
      } catch {
        return .failure(error)
      }
    }
    signals.onSignal { start.cancel() }
    switch await start.value {
    case .success(let session): return session
    case .failure(let failure): throw report(failure, console)
    }
  }

  private func options(_ console: Console) throws -> RunOptions {
    var options = RunOptions(
      script: file,
      overrides: DefinitionOverrides(
        auth: auth, machineTypes: machineType?.split(separator: ",").map(String.init), gpuCount: numGpus),
      environment: console.environment)
    options.port = port
    options.reloads = !noReload
    if let envFile { options.variables = try variables(in: envFile) }
    return options
  }

  private func variables(in path: String) throws -> [String: String] {
    do {
      return try EnvFile(reading: path).variables
    } catch let problem as EnvFile.Problem {
      throw CommandError("env-file", "\(path): \(problem)", fix: "write one NAME=value a line")
    } catch {
      throw CommandError("env-file", "\(path) cannot be read: \((error as? SystemError)?.reason ?? "\(error)")")
    }
  }

  /// A wrong script is shown as `check` shows it; everything else is one error with its remedy.
  private func report(_ failure: RunFailure, _ console: Console) -> any Error {
    switch failure {
    case .script(let script):
      if json {
        RunView.printJSON(.refused(script))
      } else {
        console.complain(script.rendered(console.errors))
      }
      return ExitCode(1)
    case .start(let app, let reason):
      return CommandError("start-failed", "\(app.name) did not start: \(reason)", fix: "mend the script and run it again")
    case .interrupted: return CommandError("interrupted", "interrupted before the app was ready")
    case .machine(let code, let message, let fix): return CommandError(code, message, fix: fix)
    }
  }
}

extension Auth: ExpressibleByArgument {}
extension Strategy: ExpressibleByArgument {}
