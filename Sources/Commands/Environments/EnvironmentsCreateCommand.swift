import ArgumentParser
import ControlAPI

/// `apolune environments create NAME`
struct EnvironmentsCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Create an environment.",
    discussion: """
      EXAMPLES:
        apolune environments create staging --description "before main"

      \(ExitCodes.text)
      """)

  @Argument(help: "Its name.") var name: String
  @Option(help: "What it is for.") var description: String?
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let created = try await context.client.createEnvironment(EnvironmentCreation(name: name, description: description))
      try context.show(
        APIAnswer(created) { created, _ in
          "\(created.name) is there; deploy to it with 'apolune deploy app.lua --env \(created.name)'\n"
        })
    }
  }
}
