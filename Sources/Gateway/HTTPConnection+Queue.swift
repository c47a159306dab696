import AppModel
import EngineCore
import NIOCore
import NIOHTTP1
import Queueing
import RunnerProtocol

extension HTTPConnection {
  func queueCallArrived(_ head: HTTPRequestHead, key: String, path: String, query: String) {
    guard core.queue != nil else { return refuse(.unknownPath("/queue/\(key)\(path)")) }
    guard let desk = core.desk(key: key), let route = desk.route else {
      return refuse(admission(to: nil).fault(key) ?? .unknownApp(key))
    }
    request.app = desk.app
    if let fault = admission(to: desk.routed).fault(key) { return refuse(fault) }
    switch QueueCall(head.method, path: path) {
    case .submit(let path): submitArrived(head, desk, route, path: path, query: query)
    case .status(let id): tellStatus(of: id, desk, logs: Self.asksForLogs(query))
    case .statusStream(let id): watch(id, desk, logs: Self.asksForLogs(query))
    case .result(let id): tellResult(of: id, desk)
    case .cancel(let id): cancel(id, desk)
    case .methodNotAllowed(let allowed): refuse(.methodNotAllowed(allowed))
    case .unknownRequest: answerUnknownRequest()
    }
  }

  private static func asksForLogs(_ query: String) -> Bool { QueryFields(query)["logs"]?.saysYes ?? false }

  private func address(_ id: String, _ desk: AppDesk) -> QueueAddress {
    let host = request.host ?? "localhost"
    return QueueAddress(
      id: id, scheme: request.scheme, host: host, role: HostRole(host: request.host), key: desk.app.description)
  }

  // MARK: Submit

  private func submitArrived(_ head: HTTPRequestHead, _ desk: AppDesk, _ route: AppRoute, path: String, query: String) {
    guard request.waitMax == nil || waitMax != nil else {
      return refuse(.malformed("X-Fal-Request-Timeout must be a number of seconds above 0"))
    }
    do throws(Fault) {
      var submission = try Submission(head, path: path, query: query)
      if let endpoints = desk.endpoints {
        let endpoint = path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/") ? String(path.dropLast()) : path
        guard let found = endpoints[endpoint] else { throw .unknownPath(endpoint) }
        guard found.realtime == nil else { throw .realtimeOnly(endpoint) }
        submission.path = endpoint
      }
      if let max = submission.lengthMax, let count = desk.queue?.backlog.count, count >= max { throw .queueTooLong(count) }
      guard let queue = core.queue, queue.count < GatewayQueue.requestsMax else { throw .queueBusy }
      receive(
        LuaRequest(
          desk: desk, endpoint: submission.path, query: submission.query, head: head, body: ByteBuffer(),
          submission: submission))
    } catch {
      refuse(error)
    }
  }

  /// The body is whole: on the disk with it, then the answer.
  func submit(_ submission: Submission, to desk: AppDesk) {
    guard let queue = core.queue, let incoming else { return }
    let queued = queuedRequest(submission, incoming, desk)
    state = .asking
    _ = takeIncoming()
    queue.submit(queued, incoming.body) { [weak self] result in
      switch result {
      case .success(let (id, place)):
        // Also where the client has gone: it is promised to the disk.
        if let place { desk.openQueue()?.arrived(queued, place: place) }
        self?.answerSubmitted(id, desk)
      case .failure(let failure): self?.answerIfAsking(failure)
      }
    }
  }

  private func queuedRequest(_ submission: Submission, _ incoming: LuaRequest, _ desk: AppDesk) -> QueuedRequest {
    let now = Moment.now
    var queued = QueuedRequest(
      id: requestID, app: desk.app, path: submission.path + submission.query, caller: request.caller, submittedAt: now)
    queued.headers = headers(of: incoming)
    queued.priority = submission.priority
    queued.startLimitIsCallers = waitMax != nil
    queued.startBy = (waitMax ?? desk.route?.definition.timeouts.requestStart?.wrappedValue).map { now + $0 }
    queued.retries = submission.retries
    queued.webhook = submission.webhook
    queued.idempotencyKey = submission.idempotencyKey
    queued.hint = request.hint
    queued.isKept = submission.isKept
    return queued
  }

  private func answerSubmitted(_ id: String, _ desk: AppDesk) {
    guard case .asking = state else { return }
    var json = JSONObject()
    json.add("status", "IN_QUEUE")
    json.add("queue_position", raw: "\(desk.queue?.backlog.position(of: id) ?? 0)")
    json.add("gateway_request_id", requestID)
    json.add(address(id, desk))
    answer(200, json.bytes, requestID: id)
  }

  // MARK: Status

  private func tellStatus(of id: String, _ desk: AppDesk, logs: Bool) {
    find(id, desk) { connection, status, _ in
      connection.answer(status.httpStatus, status.json(connection.address(id, desk), logs: logs), requestID: id)
    }
  }

  private func watch(_ id: String, _ desk: AppDesk, logs: Bool) {
    find(id, desk) { connection, status, _ in
      guard let queue = desk.openQueue() else { return connection.answerUnknownRequest() }
      let watch = QueueWatch(connection.address(id, desk), logs: logs, of: queue, to: connection)
      connection.request.id = id
      connection.state = .watching(watch)
      connection.writeStreamHead(AnswerHead(status: 200))
      switch status {
      case .waiting, .running:
        watch.begin()
        watch.changed()
      case .ended(let outcome): watch.ended(outcome)
      }
    }
  }

  func writeWatched(_ json: [UInt8]) { writeEvent(ByteBuffer(bytes: json)) }

  func watchEnded(_ watch: QueueWatch) {
    guard case .watching(let current) = state, current === watch else { return }
    endStream()
  }

  private func tellResult(of id: String, _ desk: AppDesk) {
    find(id, desk, bodyMax: ResultSender.partMax) { connection, status, size in
      guard case .ended(let outcome) = status else {
        return connection.answer(status.httpStatus, status.json(connection.address(id, desk), logs: false), requestID: id)
      }
      connection.request.id = id
      let head = AnswerHead(status: UInt16(outcome.status), errorType: outcome.errorType, headers: outcome.headers)
      connection.answering(outcome.status, outcome.errorType, bytes: size)
      guard size > ResultSender.partMax, let queue = connection.core.queue else {
        return connection.answer(head, body: ByteBuffer(bytes: outcome.body))
      }
      let sender = ResultSender(id, size: size, from: queue, to: connection)
      connection.state = .sending(sender)
      connection.writeHead(head, bodyCount: size)
      sender.pump()
    }
  }

  func send(_ part: [UInt8], of sender: ResultSender) {
    guard case .sending(let current) = state, current === sender else { return }
    write(bytes: ByteBuffer(bytes: part))
  }

  func resultSent(_ sender: ResultSender, isWhole: Bool) {
    guard case .sending(let current) = state, current === sender else { return }
    if isWhole { answered() } else { end(.close) }
  }

  /// Calls `then` with where the request is, in memory or on the disk; answers where it is unknown.
  ///
  /// - Parameters:
  ///   - bodyMax: a longer body of a result is left out.
  ///   - then: gets the size of the body besides.
  private func find(
    _ id: String, _ desk: AppDesk, bodyMax: Int = 0, then: @escaping (HTTPConnection, QueueStatus, Int) -> Void
  ) {
    if let (request, status) = desk.queue?.status(of: id) {
      return mayKnow(request, desk) ? then(self, status, 0) : answerUnknownRequest()
    }
    state = .asking
    core.queue?.ended(id, bodyMax: bodyMax) { [weak self] result in
      guard let self, case .asking = state else { return }
      switch result {
      case .success(let found?) where mayKnow(found.request, desk): then(self, .ended(found.outcome), found.bodySize)
      case .success: answerUnknownRequest()
      case .failure(let failure): answerIfAsking(failure)
      }
    }
  }

  /// Requests are their caller's, and the owner's of the app. To all others they do not exist.
  private func mayKnow(_ queued: QueuedRequest, _ desk: AppDesk) -> Bool {
    guard queued.app == desk.app else { return false }
    let owner = queued.caller.id
    // Without a user the id, which nobody can guess, is all that there is to know.
    return owner.isEmpty || request.caller.id == owner || request.caller.id == desk.app.owner
  }

  // MARK: Cancel

  private func cancel(_ id: String, _ desk: AppDesk) {
    guard let queue = desk.queue, let (request, _) = queue.status(of: id) else {
      return find(id, desk) { connection, _, _ in
        connection.answer(400, Array(#"{"status":"ALREADY_COMPLETED"}"#.utf8), requestID: id)
      }
    }
    guard mayKnow(request, desk) else { return answerUnknownRequest() }
    state = .asking
    queue.cancel(id) { [weak self] result in
      guard let self, case .asking = state else { return }
      switch result {
      case .success(.done): answer(202, Array(#"{"status":"CANCELLATION_REQUESTED"}"#.utf8), requestID: id)
      case .success(.alreadyEnded), .success(.existing), .success(.unknown):
        answer(400, Array(#"{"status":"ALREADY_COMPLETED"}"#.utf8), requestID: id)
      case .failure(let failure): answerIfAsking(failure)
      }
    }
  }

  // MARK: Answers

  private func answer(_ status: Int, _ json: [UInt8], requestID: String) {
    request.id = requestID
    answering(status, bytes: json.count)
    answer(AnswerHead(status: UInt16(status)), body: ByteBuffer(bytes: json))
  }

  private func answerUnknownRequest() {
    answer(404, Array(#"{"status":"NOT_FOUND","detail":"Request not found"}"#.utf8), requestID: requestID)
  }

  private func answerIfAsking(_ failure: QueueFailure) {
    guard case .asking = state else { return }
    answer(failure.code == "queue-busy" ? .queueBusy : .queueUnwritable)
  }
}
