import ArgumentParser
import ControlAPI

/// `apolune users create NAME`
struct UsersCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Create a user; make a key next.",
    discussion: """
      EXAMPLES:
        apolune users create bob

      \(ExitCodes.text)
      """)

  @Argument(help: "The user's name: a-z, 0-9, - and _.") var name: String
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let created = try await context.client.createUser(UserCreation(name: name))
      try context.show(
        APIAnswer(created) { created, _ in
          "\(created.name) is there; make a key with 'apolune keys create --user \(created.name) --preset API'\n"
        })
    }
  }
}
