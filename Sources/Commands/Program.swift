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

  /// A first word that is no command; the parser would call it an unexpected argument.
  static func unknownCommand(_ arguments: [String]) -> CommandError? {
    let names = ApoluneCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let word = arguments.first, !word.hasPrefix("-"), word != "help", !names.contains(word) else { return nil }
    let fix =
      Suggestion.nearest(to: word, among: names).map { "did you mean 'apolune \($0)'?" }
      ?? "the commands are \(names.joined(separator: ", ")); see 'apolune --help'"
    return CommandError("unknown-command", "there is no command '\(PlainText.escaped(word))'", fix: fix)
  }
}
