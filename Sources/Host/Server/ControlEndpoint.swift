import Glibc
import Hummingbird
import Logging
import NIOCore

/// The control API as an HTTP server on a Unix socket, behind the gateway.
struct ControlEndpoint: Sendable {
  /// Bytes that the path of a Unix socket may have, without the zero at its end.
  private static let pathMax = 107
  /// Time after which a connection is closed on which nothing happens; the gateway lets go of its idle ones long before.
  private static let idleMax = TimeAmount.hours(24)

  private let serving: Task<Void, any Error>

  /// Returns once it takes connections, from this user's processes alone.
  static func start(_ socket: String, _ responder: DoorResponder) async throws -> ControlEndpoint {
    guard socket.utf8.count <= pathMax else {
      throw ServerFailure(
        code: "data-folder-path-too-long", message: "the path \(socket) is too long for a socket",
        fix: "give a folder with a shorter path with --data-dir")
    }
    let (running, isRunning) = AsyncStream<Void>.makeStream()
    // What Hummingbird has to say of its own is for its developers.
    var logger = Logger(label: "apolune.control", factory: { _ in SwiftLogNoOpLogHandler() })
    logger.logLevel = .critical
    let application = Application(
      responder: responder, server: .http1(configuration: .init(idleTimeout: idleMax)),
      configuration: ApplicationConfiguration(address: .unixDomainSocket(path: socket)),
      onServerRunning: { _ in
        // Its folder is this user's alone already; so is the socket.
        chmod(socket, 0o600)
        isRunning.yield()
        isRunning.finish()
      },
      // NIO's own: Hummingbird's channels still ask for a turn of their loop after they were closed, so that a loop of
      // this server's must not end with it.
      eventLoopGroupProvider: .singleton, logger: logger)
    let serving = Task {
      defer { isRunning.finish() }
      try await application.run()
    }
    for await _ in running { return ControlEndpoint(serving: serving) }
    try await serving.value
    throw ServerFailure(code: "control-socket", message: "the control API did not start on \(socket)")
  }

  func stop() async {
    serving.cancel()
    // It ends by being cancelled, which is what was wanted.
    _ = await serving.result
  }
}
