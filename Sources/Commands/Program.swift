import AppScript
import ArgumentParser
import Host

/// The program `apolune`, apart from the process it runs in.
public enum Program {
  /// Exit code for a wrong command line, as `sysexits.h` has it.
  static let usageCode: Int32 = 64

  /// Runs the command that `arguments` (without the program's name) name; the process's exit code.
  public static func run(_ arguments: [String]) async -> Int32 {
    let console = Console()
    if let error = unknownCommand(arguments) {
      console.fail(error)
      return usageCode
    }
    do {
      var command = try ApoluneCommand.parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
      return 0
    } catch let error as CommandError {
      console.fail(error)
      return 1
    } catch let error as EvaluationFailure {
      console.fail(CommandError(error))
      return 1
    } catch {
      return report(error, console)
    }
  }

  /// Help that was asked for, a wrong command line, or an exit code.
  private static func report(_ error: any Error, _ console: Console) -> Int32 {
    let code = ApoluneCommand.exitCode(for: error)
    let message = ApoluneCommand.fullMessage(for: error)
    if code.isSuccess {
      console.say(message)
    } else if !message.isEmpty {
      console.failUsage(message)
    }
    return code.rawValue
  }

  /// A word that stands where a command does and is none; the parser would call it an unexpected argument.
  static func unknownCommand(_ arguments: [String]) -> CommandError? {
    var command: any ParsableCommand.Type = ApoluneCommand.self
    var path = "apolune"
    for word in arguments {
      let children = command.configuration.subcommands
      guard !children.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
      guard let child = children.first(where: { names(of: $0).contains(word) }) else {
        return unknown(word, after: path, among: children)
      }
      command = child
      path += " " + word
    }
    return nil
  }

  private static func unknown(
    _ word: String, after path: String, among children: [any ParsableCommand.Type]
  ) -> CommandError {
    let known = children.compactMap { $0.configuration.commandName }
    let fix =
      Suggestion.nearest(to: word, among: children.flatMap { names(of: $0) }).map { "did you mean '\(path) \($0)'?" }
      ?? "the commands are \(known.joined(separator: ", ")); see '\(path) --help'"
    let place = path == "apolune" ? "" : " of '\(path)'"
    return CommandError("unknown-command", "there is no command '\(PlainText.escaped(word))'\(place)", fix: fix)
  }

  private static func names(of command: any ParsableCommand.Type) -> [String] {
    [command.configuration.commandName].compactMap { $0 } + command.configuration.aliases
  }
}
