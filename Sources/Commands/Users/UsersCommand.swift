import ArgumentParser
import ControlAPI

/// `apolune users`
struct UsersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "users",
    abstract: "Let others have keys of their own: they may call shared apps.",
    discussion: """
      EXAMPLES:
        apolune users create bob
        apolune keys create --user bob --preset API
        apolune users delete bob

      \(ExitCodes.text)
      """,
    subcommands: [UsersListCommand.self, UsersCreateCommand.self, UsersDeleteCommand.self])
}

/// Users as `users list` shows them.
enum UserTable {
  static func render(_ list: UserList, _ time: TimeText, _ style: Style) -> String {
    var table = Table([.init("Name"), .init("Keys", .right), .init("Created")])
    for user in list.users { table.add([user.name, "\(user.keys)", time.moment(user.createdAt)]) }
    return table.render(style)
  }
}
