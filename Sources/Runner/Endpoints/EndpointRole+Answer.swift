import Lua
import RunnerProtocol

// What becomes of a handler's outcome.
extension EndpointRole {
  func finished(_ exchange: Exchange, _ outcome: borrowing LuaOutcome) {
    exchange.limit?.cancel()
    exchange.task = nil
    exchange.sender = nil
    exchanges[exchange.stream] = nil
    if exchange.isCheck { checksOpen -= 1 }
    if let error = outcome.error {
      refuse(exchange, problem(for: error, exchange))
      replaceIfExhausted(error)
    } else if exchange.isStreaming {
      startStream(exchange)
      runner.send(.end, stream: exchange.stream) { _ in }
    } else {
      answer(exchange, outcome)
    }
    finishDrainIfIdle()
  }

  private func answer(_ exchange: Exchange, _ outcome: borrowing LuaOutcome) {
    do {
      let body = outcome.count == 0 ? Array("null".utf8) : try outcome.json(at: 1, limit: spec.answerMax)
      let head = AnswerHead(status: 200, headers: exchange.headers)
      runner.send(.answer, stream: exchange.stream) {
        head.write(to: &$0)
        $0 += body
      }
    } catch {
      refuse(exchange, problem(encoding: error, exchange))
    }
  }

  /// Sends `problem` instead of an answer, or cuts the answer short that has begun.
  func refuse(_ exchange: Exchange, _ problem: Problem) {
    runner.send(exchange.hasStarted ? .abort : .answer, stream: exchange.stream) { problem.write(to: &$0) }
  }

  func problem(encoding error: any Error, _ exchange: Exchange) -> Problem {
    log(.error, exchange, "the answer of \(exchange.path) cannot be sent: \(Self.text(of: error))")
    return Self.isTooLarge(error) ? .tooLarge(limit: spec.answerMax) : .internalError
  }

  private static func isTooLarge(_ error: any Error) -> Bool {
    let cause = (error as? LuaError)?.underlying ?? error
    return (cause as? LuaDataError)?.code == .limit
  }

  func problem(for error: LuaError, _ exchange: Exchange) -> Problem {
    switch exchange.ending {
    case .cancelled: return .cancelled
    case .timedOut(let seconds): return timedOut(exchange, seconds: seconds)
    case .stopped: return .draining
    case nil: break
    }
    if let failure = error.underlying as? FailError {
      var problem = Problem(failure.status, json: failure.detail)
      problem.headers = exchange.headers
      return problem
    }
    switch error.kind {
    case .timeLimit: return timedOut(exchange, seconds: spec.requestTimeoutSeconds)
    case .memoryLimit:
      log(.error, exchange, "\(exchange.path) ran out of memory (\(spec.memoryMax) bytes): \(Self.text(of: error))")
      return .outOfMemory
    case .syntax, .runtime, .interrupted, .cancelled, .host, .data:
      log(.error, exchange, Self.text(of: error))
      return .internalError
    }
  }

  private func timedOut(_ exchange: Exchange, seconds: Double) -> Problem {
    log(.error, exchange, "\(exchange.path) was stopped after \(seconds.withoutZeroFraction) s (request_timeout)")
    return .timedOut(seconds: seconds)
  }

  func log(_ level: LogRecord.Level, _ exchange: Exchange, _ message: String) {
    runner.log(level, request: exchange.requestID, message)
  }

  /// Message and traceback.
  static func text(of error: any Error) -> String {
    guard let error = error as? LuaError else { return "\(error)" }
    // A table says nothing of itself as text.
    let message = error.json.map { "error " + String(decoding: $0, as: UTF8.self) } ?? error.message
    return error.traceback.map { "\(message)\n\($0)" } ?? message
  }
}
