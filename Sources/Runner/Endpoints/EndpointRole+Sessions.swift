import Lua
import RunnerProtocol

// Sessions: an endpoint that answers its client's messages, one after the other, each with a task of its own.
extension EndpointRole {
  // MARK: Beginning

  func startSession(_ stream: UInt32, _ payload: UnsafeRawBufferPointer) throws {
    var reader = ByteReader(payload)
    let head = try RequestHead(from: &reader)
    guard exchanges[stream] == nil else { throw FrameError.unexpected(.session) }
    let exchange = Exchange(stream: stream, head: head, isStreaming: false, credit: spec.streamCredit)
    guard isServing else { return refuse(exchange, .draining) }
    guard exchanges.count < spec.maxMultiplexing + checksOpen else { return refuse(exchange, .busy) }
    guard let handler = realtimeHandler(head.path), let lua else { return refuse(exchange, .notFound(head.path)) }
    do {
      let json = RequestObject.json(head)
      guard case .table(let request) = try json.withUnsafeBytes({ try lua.value(json: $0) }), let invoke else {
        return refuse(exchange, .internalError)
      }
      // Gives the table its methods.
      _ = try invoke.call(arguments: [try lua.function("request") { $0.returns() }, false, request])
      exchange.session = Session(handler: handler, request: request)
    } catch {
      return refuse(exchange, problem(starting: error, exchange))
    }
    exchanges[stream] = exchange
    exchange.hasStarted = true
    runner.send(.head, stream: stream) { AnswerHead(status: 101).write(to: &$0) }
  }

  // MARK: Messages

  func messageArrived(_ stream: UInt32, _ payload: UnsafeRawBufferPointer) throws {
    var reader = ByteReader(payload)
    guard let kind = SessionMessage.Kind(rawValue: try reader.integer(UInt8.self)) else { throw FrameError.unexpected(.message) }
    // One that is over: the frames crossed.
    guard let exchange = exchanges[stream] else { return }
    let message = Session.Message(kind: kind, bytes: Array(reader.rest()))
    guard let session = exchange.session, session.arrived(message) else { throw FrameError.unexpected(.message) }
    handleNext(exchange, session)
  }

  private func handleNext(_ exchange: Exchange, _ session: Session) {
    guard exchanges[exchange.stream] === exchange, let message = session.next() else { return }
    exchange.messageBegan()
    do {
      guard let lua, let invoke else { return handled(exchange, session) }
      let task = try lua.task(
        invoke,
        { arguments in
          try arguments.push(session.handler)
          try message.push(to: &arguments)
          try arguments.push(session.request)
          try arguments.push(true)
        }, context: exchange,
        onFinish: { [unowned self] outcome in finished(exchange, session, outcome) })
      begin(exchange, task)
    } catch {
      conclude(exchange, session, saying: unreadable(error) ?? problem(starting: error, exchange))
    }
  }

  /// nil when it is not the message that is wrong.
  private func unreadable(_ error: any Error) -> Problem? {
    let cause = (error as? LuaError)?.underlying ?? error
    guard let cause = cause as? LuaDataError, cause.code != .memory else { return nil }
    return Problem(422, "The message cannot be read: \(cause)")
  }

  private func begin(_ exchange: Exchange, _ task: LuaTask) {
    let seconds = spec.requestTimeoutSeconds
    task.timeLeft = .seconds(seconds)
    exchange.task = task
    exchange.limit = runner.loop.after(.seconds(seconds)) { exchange.end(.timedOut(seconds: seconds)) }
    task.start()
  }

  private func finished(_ exchange: Exchange, _ session: Session, _ outcome: borrowing LuaOutcome) {
    exchange.limit?.cancel()
    exchange.task = nil
    exchange.sender = nil
    guard let error = outcome.error else { return answer(exchange, session, outcome) }
    replaceIfExhausted(error)
    if exchange.ending != nil, !exchange.isTimedOut { return handled(exchange, session) }
    conclude(exchange, session, saying: problem(for: error, exchange))
  }

  /// What the handler returned, unless it is nil: then there is nothing to say.
  private func answer(_ exchange: Exchange, _ session: Session, _ outcome: borrowing LuaOutcome) {
    do {
      guard !outcome.isNil(1) else { return handled(exchange, session) }
      let bytes =
        switch session.kind {
        case .text: try outcome.json(at: 1, limit: spec.answerMax)
        case .binary: try outcome.messagePack(at: 1, limit: spec.answerMax)
        }
      conclude(exchange, session, Session.Message(kind: session.kind, bytes: bytes))
    } catch {
      conclude(exchange, session, saying: problem(encoding: error, exchange))
    }
  }

  /// Tells the client of an error in fal's words; the session goes on.
  private func conclude(_ exchange: Exchange, _ session: Session, saying problem: Problem) {
    conclude(exchange, session, Session.Message(kind: .text, bytes: problem.realtimeError))
  }

  /// Sends the last word on a message as soon as the host takes it.
  private func conclude(_ exchange: Exchange, _ session: Session, _ word: Session.Message) {
    guard exchange.credit > 0 else { return session.last = word }
    reply(exchange, word.kind, word.bytes)
    handled(exchange, session)
  }

  /// The host takes more.
  func concludeSession(_ exchange: Exchange) {
    guard exchange.credit > 0, let session = exchange.session, let word = session.last else { return }
    session.last = nil
    conclude(exchange, session, word)
  }

  /// The message is dealt with; the next one has its turn once this one's task is gone.
  private func handled(_ exchange: Exchange, _ session: Session) {
    session.handled()
    if let ending = exchange.ending, !exchange.isTimedOut { return close(exchange, ending) }
    runner.send(.handled, stream: exchange.stream) { _ in }
    if session.isLeaving { return leave(exchange) }
    runner.loop.atEndOfTick { [unowned self] in handleNext(exchange, session) }
  }

  // MARK: Answers

  /// `request:send(value)` of a session.
  func send(_ call: borrowing LuaCall, in session: Session, of exchange: Exchange) throws {
    let bytes =
      switch session.kind {
      case .text: try call.json(at: 2, limit: spec.answerMax)
      case .binary: try call.messagePack(at: 2, limit: spec.answerMax)
      }
    reply(exchange, session.kind, bytes)
  }

  private func reply(_ exchange: Exchange, _ kind: SessionMessage.Kind, _ bytes: [UInt8]) {
    exchange.credit -= bytes.count + 1
    runner.send(.reply, stream: exchange.stream) {
      $0.append(kind.rawValue)
      $0 += bytes
    }
  }

  // MARK: End

  /// It is over at once, or when the message is that is being dealt with.
  func end(_ exchange: Exchange, _ session: Session, _ ending: Exchange.Ending) {
    session.forget()
    // One that only waits for its last word to be taken is done.
    guard session.isBusy, exchange.task != nil else { return close(exchange, ending) }
    exchange.end(ending)
  }

  /// The runner is to end: a session has until its present message is dealt with.
  func leaveSessions() {
    for exchange in exchanges.values {
      guard let session = exchange.session else { continue }
      session.isLeaving = true
      if !session.isBusy { leave(exchange) }
    }
  }

  private func leave(_ exchange: Exchange) {
    exchanges[exchange.stream] = nil
    refuse(exchange, .draining)
    finishDrainIfIdle()
  }

  private func close(_ exchange: Exchange, _ ending: Exchange.Ending) {
    exchanges[exchange.stream] = nil
    switch ending {
    case .cancelled, .timedOut: runner.send(.end, stream: exchange.stream) { _ in }
    case .stopped: refuse(exchange, .draining)
    }
    finishDrainIfIdle()
  }
}

extension Session.Message {
  fileprivate func push(to arguments: inout LuaArguments) throws {
    switch kind {
    case .text: try arguments.push(json: bytes)
    case .binary: try bytes.withUnsafeBytes { try arguments.push(messagePack: $0) }
    }
  }
}

extension Problem {
  /// `{"type": "x-fal-error", "error": …, "reason": …, "status": …}`: what realtime clients of fal know.
  fileprivate var realtimeError: [UInt8] {
    var output = Array(#"{"type":"x-fal-error","error":"#.utf8)
    output += status == 504 ? #""TIMEOUT","reason":"#.utf8 : #""INTERNAL_ERROR","reason":"#.utf8
    output += detail
    output += #","status":\#(status)}"#.utf8
    return output
  }
}
