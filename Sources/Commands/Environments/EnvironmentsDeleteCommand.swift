import ArgumentParser
import ControlAPI

/// `apolune environments delete NAME`
struct EnvironmentsDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete an environment with every app in it.",
    discussion: """
      EXAMPLES:
        apolune environments delete staging

      \(ExitCodes.text)
      """)

  @Argument(help: "Its name.") var name: String
  @Flag(name: [.customShort("y"), .long], help: "Do not ask for the name again.") var yes = false
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let known = try await context.client.environments().environments.first { $0.name == name }
      let apps = known.map { "the \($0.apps) \($0.apps == 1 ? "app" : "apps")" } ?? "the apps"
      try Confirmation(warning: "\(name) and \(apps) in it will be deleted for good.", word: name)
        .ask(isAgreed: yes, context.console)
      try await context.client.deleteEnvironment(name)
      context.confirm("\(name) is deleted")
    }
  }
}
