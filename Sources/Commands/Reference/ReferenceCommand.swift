import ArgumentParser

/// `apolune reference`
struct ReferenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Show what a script may say, and what is spoken over HTTP.",
    discussion: """
      What is said of scripts comes from the schema that 'apolune check' holds them to, so the two cannot disagree.

      EXAMPLES:
        apolune reference
        apolune reference keep_alive
        apolune reference http
        apolune reference --markdown > reference.md
      """)

  @Argument(help: "Show only what has this in its name.") var name: String?

  @Flag(help: "Print as JSON.") var json = false

  @Flag(help: "Print as Markdown.") var markdown = false

  func validate() throws {
    if json, markdown { throw ValidationError("--json and --markdown exclude each other") }
  }

  func run() async throws {
    let answer = ReferenceAnswer(matching: name)
    if let name, answer.isEmpty {
      throw CommandError(
        "unknown-name", "no option, hook, machine type or part of HTTP has '\(PlainText.escaped(name))' in its name",
        fix: "see all of them with 'apolune reference'")
    }
    try Console().show(answer, as: json ? .json : markdown ? .markdown : .text)
  }
}
