import ArgumentParser
import ControlAPI
import Glibc
import Host

/// `apolune server stop`
struct ServerStopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop the server that runs; its runners live on, unless --runners is said.",
    discussion: """
      EXAMPLES:
        apolune server stop
        apolune server stop --runners

      \(ExitCodes.text)
      """)

  /// The longest that the end may take: runners finish what they serve.
  private static let endMax = Duration.seconds(120)
  /// Time between two looks: there is no event for the end of a process that is no child.
  private static let lookEvery = Duration.milliseconds(20)

  @Flag(help: "End the runners too, when they have finished what they serve.") var runners = false
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let status = try await context.client.status()
      try await context.client.stop(ServerStop(stopsRunners: runners))
      if context.client.location.isOwn { try await waitForEnd(of: status.pid) }
      let rest = runners ? "and its runners with it" : "its runners (\(status.runners)) live on for the next one"
      context.confirm("the server at \(status.url) has ended, \(rest)")
    }
  }

  private func waitForEnd(of pid: Int32) async throws {
    let end = ContinuousClock.now + Self.endMax
    while ContinuousClock.now < end {
      guard ProcessState.isAlive(pid) else { return }
      try await Task.sleep(for: Self.lookEvery)
    }
    throw CommandError(
      "server-not-ended", "the server's process \(pid) has not ended within \(Int(Self.endMax.components.seconds)) s",
      fix: "end it with 'kill \(pid)'; its runners live on")
  }
}
