import ArgumentParser
import Host

/// `apolune server tls init`
struct ServerTLSInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a local authority and a certificate of it for the server, and say how to trust it.",
    discussion: """
      What is there already is kept, and a server that runs takes up a new certificate by itself. The server renews its \
      certificate before it ends.

      EXAMPLES:
        apolune server tls init
        apolune server tls init --name gpu.example.org --name 192.168.1.20

      \(ExitCodes.text)
      """)

  @Option(help: "Another name or address of this server; may be given again.") var name: [String] = []
  @Flag(help: "Make everything anew: clients must trust the new authority then.") var force = false
  @Option(help: "Folder of this machine's server. Else $APOLUNE_DATA_DIR, $XDG_DATA_HOME/apolune.", completion: .directory)
  var dataDir: String?
  @Flag(help: "Print JSON; errors too, on standard error.") var json = false

  func run() async throws {
    let console = Console()
    let folder = DataFolder(named: dataDir, environment: console.environment)
    do throws(ServerFailure) {
      let made = try TLSInitialization.run(in: folder, names: name, force: force, environment: console.environment)
      try say(made, console)
    } catch {
      let error = CommandError(error.code, error.message, fix: error.fix)
      guard json else { throw error }
      console.complain(try Console.json(error.problem))
      throw ExitCode(1)
    }
  }

  private func say(_ made: TLSInitialization, _ console: Console) throws(ServerFailure) {
    do {
      try console.show(APIAnswer(made) { TLSText.render($0, TimeText(), $1) }, as: json ? .json : .text)
    } catch {
      throw ServerFailure(code: "not-printed", message: "\(error)")
    }
  }
}
