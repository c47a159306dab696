import CPlatform
import Glibc

/// The command line of `apolune-runner`.
public enum RunnerCommand {
  private static let usage = """
    usage: apolune-runner evaluate SCRIPT [--folder DIR]
           apolune-runner serve        (descriptor 3 is a Unix socket that listens)

    """
  /// The socket that whoever starts a runner hands over.
  private static let listeningDescriptor: Int32 = 3

  /// Runs the command that `arguments` (the program's name first) name; the process's exit code.
  public static func run(_ arguments: [String]) -> Int32 {
    platform_signals_unblock()
    return switch arguments.dropFirst().first {
    case "serve" where arguments.count == 2: serve()
    case "evaluate": evaluate(Array(arguments.dropFirst(2)))
    default: refuse(usage)
    }
  }

  private static func serve() -> Int32 {
    do {
      return try Runner(listening: listeningDescriptor).run()
    } catch {
      writeError("apolune-runner: \(error)\n")
      return ExitCode.broken
    }
  }

  private static func evaluate(_ arguments: [String]) -> Int32 {
    var script: String?
    var folder: String?
    var index = 0
    while index < arguments.count {
      if arguments[index] == "--folder", index + 1 < arguments.count {
        folder = arguments[index + 1]
        index += 2
      } else if script == nil, !arguments[index].hasPrefix("--") {
        script = arguments[index]
        index += 1
      } else {
        return refuse("apolune-runner evaluate: unexpected '\(arguments[index])'\n" + usage)
      }
    }
    guard let script else { return refuse(usage) }
    return EvaluateCommand(script: script, folder: folder).run()
  }

  private static func refuse(_ message: String) -> Int32 {
    writeError(message)
    return ExitCode.usage
  }
}

/// Writes to standard error; nobody can be told when that fails.
func writeError(_ text: String) {
  var text = text
  text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
}
