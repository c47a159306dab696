import ArgumentParser

/// `apolune version`
struct VersionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

  @Flag(help: "Print as JSON.") var json = false

  func run() async throws {
    try Console().show(VersionAnswer(version: Version.text), as: json ? .json : .text)
  }
}

struct VersionAnswer: CommandAnswer {
  var version: String

  func text(_ style: Style) -> String { "apolune \(version)\n" }
}
