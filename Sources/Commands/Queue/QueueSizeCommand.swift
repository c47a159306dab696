import ArgumentParser
import ControlAPI

/// `apolune queue size APP`
struct QueueSizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "size",
    abstract: "How many requests wait in the queue of an app.",
    discussion: """
      EXAMPLES:
        apolune queue size words
        apolune queue size ada/words --by-user --env staging

      \(ExitCodes.text)
      """)

  @Argument(help: "The app.") var app: AppReference
  @Flag(help: "Also by who sent them.") var byUser = false
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let size = try await context.app(app, environment).queue()
      try context.show(APIAnswer(size) { [byUser] size, style in Self.text(size, byUser: byUser, style) })
    }
  }

  static func text(_ size: QueueInfo, byUser: Bool, _ style: Style) -> String {
    let line = "\(size.size) \(size.size == 1 ? "waits" : "wait"), \(size.running) in progress\n"
    guard byUser, !size.byUser.isEmpty else { return line }
    var table = Table([.init("User"), .init("Waiting", .right)])
    for entry in size.byUser { table.add([entry.user.isEmpty ? "(no key)" : entry.user, "\(entry.size)"]) }
    return line + table.render(style)
  }
}
