import NIOCore
public import RunnerProtocol

extension Gateway {
  /// Connects to a console runner and waits until it is ready.
  ///
  /// - Parameters:
  ///   - events: its logs, mainly; called on the gateway's event loop.
  ///   - handler: answers what the console asks of its host (`call`, `runners`, …).
  /// - Throws: `unreachable`, `launchFailed`, or `closed` when it went away.
  public func openConsole(
    socket: String, launch: LaunchSpec, events: @escaping @Sendable (RunnerLinkEvent) -> Void = { _ in },
    handler: @escaping @Sendable (HostCall) async -> HostAnswer
  ) async throws(GatewayError) -> ConsoleLink {
    let result: Result<ConsoleLink, GatewayError> = await withCheckedContinuation { done in
      let isAccepted = perform { [loop] core in
        let link = NIOLoopBoundBox.makeEmptyBox(valueType: ConsoleLink.self, eventLoop: loop)
        let session = ConsoleSession(launch: launch, core: core, events: events, handler: handler) { error in
          guard error == nil, let link = link.value else { return done.resume(returning: .failure(error ?? .closed)) }
          done.resume(returning: .success(link))
        }
        link.value = ConsoleLink(session: session, loop: loop)
        session.connect(to: socket)
      }
      if !isAccepted { done.resume(returning: .failure(.closed)) }
    }
    return try result.get()
  }
}
