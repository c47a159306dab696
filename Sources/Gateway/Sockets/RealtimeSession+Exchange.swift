import NIOWebSocket

extension RealtimeSession: ExchangeClient {
  /// It was started by the connection that had it before.
  func exchangeStarted(_ exchange: Exchange, on link: RunnerLink) {}

  func exchangeAnswered(_ exchange: Exchange, _ part: AnswerPart) {
    switch part {
    case .reply(let message): reply(message)
    case .handled: handled()
    case .end: close(.normalClosure)
    case .abort(let head, _), .whole(let head, _):
      // A runner that is to go says so with 503: clients connect again, and get another one.
      close(head.status == 503 ? .goingAway : .unexpectedServerError, "The session was ended by its runner")
    case .head, .chunk: break
    }
  }

  func exchangeFailed(_ exchange: Exchange, _ fault: Fault) {
    close(.unexpectedServerError, error: fault.status == 504 ? "TIMEOUT" : "INTERNAL_ERROR", fault.detail)
  }
}
