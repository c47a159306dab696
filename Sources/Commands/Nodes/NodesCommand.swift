import ArgumentParser

/// `apolune nodes`
struct NodesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nodes",
    abstract: "Show machines: what they have, who holds what, and what is enforced.",
    discussion: """
      EXAMPLES:
        apolune nodes
        apolune nodes --json

      \(ExitCodes.text)
      """)

  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try context.show(
        APIAnswer(try await context.client.nodes()) { list, style in
          list.nodes.isEmpty
            ? "no nodes: the server has not looked at its machines yet\n"
            : list.nodes.map { NodeText.render($0, style) }.joined(separator: "\n")
        })
    }
  }
}
