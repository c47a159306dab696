import Glibc

/// The command line of `apolune-runner`.
public enum RunnerCommand {
  private static let usage = """
    usage: apolune-runner serve        (descriptor 3 is a Unix socket that listens)

    """
  /// The socket that whoever starts a runner hands over.
  private static let listeningDescriptor: Int32 = 3

  /// Runs the command that `arguments` (the program's name first) name; the process's exit code.
  public static func run(_ arguments: [String]) -> Int32 {
    switch arguments.dropFirst().first {
    case "serve" where arguments.count == 2: serve()
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
