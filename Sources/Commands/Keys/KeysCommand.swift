import ArgumentParser
import ControlAPI

/// `apolune keys`
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make, list and revoke keys.",
    discussion: """
      EXAMPLES:
        apolune keys create --preset API --description "the web site"
        apolune keys list
        apolune keys revoke 0f8fad5b-d9cb-469f-a165-70867728950e

      \(ExitCodes.text)
      """,
    subcommands: [KeysCreateCommand.self, KeysListCommand.self, KeysRevokeCommand.self])
}

/// Keys as `keys list` shows them.
enum KeyTable {
  static func render(_ list: KeyList, _ time: TimeText, _ style: Style) -> String {
    var table = Table([
      .init("ID"), .init("User"), .init("Preset"), .init("Concurrency", .right), .init("Created"), .init("Expires"),
      .init("Description"),
    ])
    for key in list.keys {
      table.add([
        key.id, key.user, key.preset, key.concurrency.map { "\($0)" } ?? "-", time.moment(key.createdAt),
        key.expiresAt.map { time.moment($0) } ?? "never", key.description ?? "",
      ])
    }
    return table.render(style)
  }
}
