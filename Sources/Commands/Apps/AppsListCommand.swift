import ArgumentParser
import ControlAPI

/// `apolune apps list`
struct AppsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List apps with the settings in force.",
    discussion: """
      EXAMPLES:
        apolune apps list --filter word
        apolune apps list --env staging --json

      \(ExitCodes.text)
      """)

  @Option(help: "Only apps whose name has this text.") var filter: String?
  @Flag(help: "Those with most runners first.") var sortByRunners = false
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let name = environment.name(context.console.environment)
      let apps = chosen(try await context.client.apps(environment: name).apps)
      try context.show(
        APIAnswer(AppList(apps: apps)) { [filter] list, style in
          guard list.apps.isEmpty else { return AppTable.render(list.apps, style) }
          let which = filter.map { " whose name has '\(PlainText.escaped($0))'" } ?? ""
          return "no apps\(which) in \(name); deploy one with 'apolune deploy app.lua'\n"
        })
    }
  }

  func chosen(_ apps: [AppInfo]) -> [AppInfo] {
    let apps = filter.map { text in apps.filter { $0.name.lowercased().contains(text.lowercased()) } } ?? apps
    return sortByRunners ? apps.sorted { ($1.runners, $0.name) < ($0.runners, $1.name) } : apps
  }
}
