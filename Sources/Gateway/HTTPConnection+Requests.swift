import AppModel
import EngineCore
import NIOCore
import NIOHTTP1
import RunnerProtocol

extension HTTPConnection {
  // MARK: Head

  func requestArrived(_ head: HTTPRequestHead) {
    request = RequestFacts(head, id: core.nextRequestID())
    request.isTLS = isTLS
    if core.isStopping { request.keepsAlive = false }
    if let flaw = request.flaw {
      request.keepsAlive = false
      return refuse(flaw)
    }
    if let authority = head.uri.authorityOfTarget { return requestArrived(head, at: authority) }
    routed(head)
  }

  /// A target that names its host itself: what `Host` says does not count.
  private func requestArrived(_ head: HTTPRequestHead, at authority: String) {
    guard !authority.isEmpty, authority.isAuthority else {
      request.keepsAlive = false
      return refuse(.malformed("The request's target names no host"))
    }
    var head = head
    head.headers.replaceOrAdd(name: "host", value: authority)
    request.host = authority
    routed(head)
  }

  private func routed(_ head: HTTPRequestHead) {
    if head.method == .CONNECT { return connectArrived(head) }
    switch destination(head.uri, HostRole(host: request.host)) {
    case .gatewayHealth: answerHealth(head, json: #"{"status":"ok"}"#)
    case .control(let path): controlArrived(head, path: path)
    case .queue(let key, let path, let query): queueCallArrived(head, key: key, path: path, query: query)
    case .metrics: controlArrived(head, path: "/metrics")
    case .unknownApp(let key): refuse(admission(to: nil).fault(key) ?? .unknownApp(key))
    case .nothing(let path): refuse(.unknownPath(path))
    case .app(let desk, let app, let path, var query):
      request.app = desk.app
      if request.wantsUpgrade, head.isWebSocketUpgrade { takeToken(&query) }
      if let fault = admission(to: app).fault(app.name) { return refuse(fault) }
      guard request.waitMax == nil || waitMax != nil else {
        return refuse(.malformed("X-Fal-Request-Timeout must be a number of seconds above 0"))
      }
      switch app.route.definition.program {
      case .endpoints: luaRequestArrived(head, desk, app, path: path, query: query)
      case .command: proxyArrived(head, desk, path: path + query)
      }
    }
  }

  private func destination(_ uri: String, _ role: HostRole) -> Destination {
    if let remembered, remembered.routesVersion == core.routesVersion, remembered.role == role, remembered.uri == uri {
      return remembered.destination
    }
    let destination = find(uri, role)
    if uri.utf8.count <= Self.rememberedMax {
      remembered = RememberedTarget(uri: uri, role: role, routesVersion: core.routesVersion, destination: destination)
    }
    return destination
  }

  private func find(_ uri: String, _ role: HostRole) -> Destination {
    let target = RequestTarget(uri, role: role)
    switch target.place {
    case .gatewayHealth: return .gatewayHealth
    case .nothing(let path): return .nothing(path: path)
    case .control(let path): return .control(path: path + target.query)
    case .rest(let path): return .control(path: "/rest\(path)\(target.query)")
    case .files(let path): return .control(path: "/cdn\(path)\(target.query)")
    case .queue(let key, let path): return .queue(key: key, path: path, query: target.query)
    case .metrics: return .metrics
    case .app(let key, let path):
      guard let desk = core.desk(key: key), let app = desk.routed else { return .unknownApp(key) }
      return .app(desk, app, path: path, query: target.query)
    }
  }

  /// How long the caller lets the request wait for a runner.
  var waitMax: Duration? {
    guard let text = request.waitMax, let seconds = Double(text), seconds > 0, seconds < 1e9 else { return nil }
    return .seconds(seconds)
  }

  // MARK: Lua apps

  private func luaRequestArrived(
    _ head: HTTPRequestHead, _ desk: AppDesk, _ app: RoutedApp, path: String, query: String
  ) {
    let path = path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/") ? String(path.dropLast()) : path
    let isHealth = path == AppDefinition.healthPath && (head.method == .GET || head.method == .HEAD)
    if isHealth, !app.route.definition.answersHealthByHook { return answerHealth(head, version: app.route.definition.version) }
    let endpoint = desk.endpoints?[path]
    guard isHealth || endpoint != nil else { return refuse(.unknownPath(path)) }
    if let endpoint, let realtime = endpoint.realtime {
      return realtimeArrived(head, desk, endpoint, realtime, query: query)
    }
    if head.method == .OPTIONS { return answerPreflight(head) }
    guard isHealth || head.method == .POST else { return refuse(.methodNotAllowed("POST, OPTIONS")) }
    receive(LuaRequest(desk: desk, endpoint: path, query: query, head: head, body: ByteBuffer()))
  }

  /// Its body comes next.
  func receive(_ incoming: LuaRequest) {
    if let length = request.contentLength, length > core.configuration.bodyMax {
      return refuse(.bodyTooLarge(core.configuration.bodyMax))
    }
    self.incoming = incoming
    state = .receiving
    if request.expectsContinue { write { $0.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") } }
  }

  func bodyArrived(_ bytes: ByteBuffer) {
    request.bytesIn += bytes.readableBytes
    switch state {
    case .receiving: collect(bytes)
    case .discarding(let left):
      state = .discarding(bytesLeft: left - bytes.readableBytes)
      if left < bytes.readableBytes { end(.linger) }
    case .proxying(let session): session.bodyArrived(bytes)
    case .idle, .answering, .streaming, .asking, .watching, .sending, .ending, .closed: break
    }
  }

  private func collect(_ bytes: ByteBuffer) {
    let held = incomingBytes
    let count = bytes.readableBytes
    let isTooLarge = held + count > core.configuration.bodyMax
    guard !isTooLarge, core.bodyBytes + count <= core.configuration.bodiesMax else {
      _ = takeIncoming()
      return refuse(isTooLarge ? .bodyTooLarge(core.configuration.bodyMax) : .bodiesFull)
    }
    incomingBytes += count
    core.bodyBytes += count
    if held == 0 {
      incoming?.body = bytes
    } else {
      if let length = request.contentLength { incoming?.body.reserveCapacity(length) }
      incoming?.body.writeImmutableBuffer(bytes)
    }
  }

  func requestCompleted() {
    request.isComplete = true
    if let connecting { return connect(to: connecting) }
    switch state {
    case .receiving:
      guard let desk = incoming?.desk else { return }
      if let submission = incoming?.submission { return submit(submission, to: desk) }
      let exchange = Exchange(
        requestID: requestID, desk: desk, client: self, waitMax: waitMax,
        trace: trace(request.realtime == nil ? .direct : .websocket))
      exchange.hint = request.hint
      guard takePlace(for: exchange) else {
        _ = takeIncoming()
        return answer(.concurrencyReached)
      }
      request.isRecorded = true
      state = .answering(exchange)
      desk.arrived(exchange)
    case .discarding: becomeIdle()
    case .proxying(let session): session.bodyCompleted()
    case .idle, .answering, .streaming, .asking, .watching, .sending, .ending, .closed: break
    }
  }

  /// What a Lua app gets to see of the request's headers.
  func headers(of incoming: LuaRequest) -> [RequestHead.Header] {
    var headers: [RequestHead.Header] = []
    for (name, value) in incoming.head.headers {
      switch HeaderKind(name) {
      case .passed: headers.append(.init(name.lowercased(), value))
      case .authorization where passesAuthorization(incoming.desk): headers.append(.init("authorization", value))
      case .authorization, .hop, .platform, .contentLength, .transferEncoding, .connection, .upgrade, .expect, .host,
        .requestTimeout, .runnerHint:
        break
      }
    }
    return headers
  }

  /// A key of this platform is never shown to an app; credentials that a public app asked for itself are.
  func passesAuthorization(_ desk: AppDesk) -> Bool {
    desk.routed?.route.auth == .public && request.caller.key.isEmpty && request.authorization?.begins("key ") == false
  }

  // MARK: Command apps

  private func proxyArrived(_ head: HTTPRequestHead, _ desk: AppDesk, path: String) {
    var upstream = ProxyRequest(
      head, path: path, requestID: requestID, caller: request.caller, passesAuthorization: passesAuthorization(desk))
    if head.isWebSocketUpgrade { upstream.askForWebSocket() }
    let session = ProxySession(request: upstream, downstream: self)
    let exchange = Exchange(
      requestID: requestID, desk: desk, client: session, waitMax: waitMax,
      trace: trace(upstream.isWebSocket ? .websocket : .direct))
    exchange.hint = request.hint
    guard takePlace(for: exchange) else { return refuse(.concurrencyReached) }
    request.isRecorded = true
    state = .proxying(session)
    if request.expectsContinue { write { $0.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") } }
    session.begin(exchange)
  }

  // MARK: Control API

  private func controlArrived(_ head: HTTPRequestHead, path: String) {
    guard let control = core.control else { return refuse(.unknownPath(path)) }
    if let grant = grant() { request.caller = grant.caller }
    let session = ProxySession(
      request: ProxyRequest(head, path: path, requestID: requestID, scheme: request.scheme), downstream: self)
    guard let passage = control.enter(session) else { return refuse(.controlBusy) }
    state = .proxying(session)
    if request.expectsContinue { write { $0.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") } }
    session.begin(through: passage)
  }
}

extension HTTPConnection: ExchangeClient {
  func exchangeStarted(_ exchange: Exchange, on link: RunnerLink) {
    guard let incoming = takeIncoming() else { return exchange.fail(.runnerDisconnected) }
    let head = RequestHead(
      requestID: exchange.requestID, method: incoming.head.method.rawValue, path: incoming.endpoint,
      query: String(incoming.query.dropFirst()), callerID: request.caller.id, headers: headers(of: incoming))
    if request.realtime != nil { return link.beginSession(exchange, head: head) }
    link.begin(exchange, head: head, body: incoming.body)
  }

  func exchangeAnswered(_ exchange: Exchange, _ part: AnswerPart) {
    switch part {
    case .whole(let head, let body): answer(head, body: body)
    case .head(let head):
      if let opening = request.realtime { return sessionOpened(exchange, opening) }
      beginStream(exchange, head)
    // A session's client has them.
    case .reply, .handled: break
    case .chunk(let data): writeEvent(exchange, data)
    case .end: endStream()
    case .abort(_, let body):
      writeErrorEvent(body)
      endStream()
    }
  }

  func exchangeFailed(_ exchange: Exchange, _ fault: Fault) {
    _ = takeIncoming()
    switch state {
    case .streaming:
      writeErrorEvent(ByteBuffer(bytes: fault.json))
      endStream()
    case .answering, .receiving: answer(fault)
    case .idle, .proxying, .asking, .watching, .sending, .discarding, .ending, .closed: break
    }
  }
}
