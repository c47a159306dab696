import NIOCore
public import RunnerProtocol

/// A connection to a console runner, which evaluates what a person types.
public final class ConsoleLink: Sendable {
  private let loop: any EventLoop
  private let session: NIOLoopBound<ConsoleSession>

  init(session: ConsoleSession, loop: any EventLoop) {
    self.loop = loop
    self.session = NIOLoopBound(session, eventLoop: loop)
  }

  /// Evaluates one piece of source; several run in the order in which the runner takes them.
  ///
  /// Cancelling the task interrupts this evaluation only.
  ///
  /// - Throws: `closed` when the runner goes away before it has answered.
  public func evaluate(_ source: String) async throws(GatewayError) -> Evaluation {
    let stream = NIOLoopBoundBox.makeBoxSendingValue(UInt32(0), eventLoop: loop)
    let result: Result<Evaluation, GatewayError> = await withTaskCancellationHandler {
      await withCheckedContinuation { done in
        loop.execute { [session] in
          stream.value = session.value.evaluate(source) { done.resume(returning: $0) }
        }
      }
    } onCancel: {
      loop.execute { [session] in session.value.interrupt(stream.value) }
    }
    return try result.get()
  }

  /// Stops whatever is being evaluated; each ends with an error.
  public func interrupt() { loop.execute { [session] in session.value.interruptAll() } }

  /// Ends the console; what is being evaluated ends with `closed`.
  public func close() { loop.execute { [session] in session.value.close() } }
}
