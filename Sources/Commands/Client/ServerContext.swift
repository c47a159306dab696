import Host

/// What a command has at hand that speaks to a server.
struct ServerContext: Sendable {
  let console: Console
  let folder: DataFolder
  let format: OutputFormat
  let client: ControlClient

  func show(_ answer: some CommandAnswer) throws { try console.show(answer, as: format) }

  /// Something that was done, for a person; programs that asked for JSON get the exit code.
  func confirm(_ text: String) {
    if format == .text { console.say(text) }
  }

  /// The server's own owner, for apps that are named without one.
  func owner(of app: AppReference) async throws -> String {
    if let owner = app.owner { return owner }
    // Every key may ask this, also one that may only call.
    return try await client.whoAmI().serverOwner
  }
}
