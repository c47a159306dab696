import Lua
import RunnerProtocol

// The methods of `request`. They find the exchange by the task that calls, so that `send` works from nested coroutines.
extension EndpointRole {
  /// A handler may set this many headers, and they share the 16 KB that fal allows.
  private static let headersMax = 32
  private static let headerBytesMax = 16 * 1024

  /// Makes `invoke`, which calls a handler with its `request` object.
  func makeInvoke(_ libraries: ScriptLibraries) throws -> LuaFunction {
    let state = libraries.state
    let send = try state.function("send") { [unowned self] call in try self.send(call) }
    let header = try state.function("header") { [unowned self] call in try self.setHeader(call) }
    let cancelled = try state.function("cancelled") { call in
      try call.returns((call.task?.context as? Exchange)?.ending != nil)
    }
    guard case .function(let invoke) = try libraries.run(RequestObject.source, name: "request", [send, header, cancelled]) else {
      throw LibraryError.unavailable("the request library does not load")
    }
    return invoke
  }

  private func exchange(of call: borrowing LuaCall, _ name: String) throws -> Exchange {
    guard let exchange = call.task?.context as? Exchange else {
      throw LibraryError.invalid("\(name) works only while its request is handled")
    }
    return exchange
  }

  /// `request:send(event)`: waits while the client is behind.
  private func send(_ call: borrowing LuaCall) throws -> LuaReturn {
    let exchange = try exchange(of: call, "request:send")
    if let session = exchange.session {
      try send(call, in: session, of: exchange)
    } else {
      try sendEvent(call, of: exchange)
    }
    guard exchange.credit <= 0 || runner.isCongested else { return call.returns() }
    return try call.suspend { [unowned self] suspension in
      exchange.sender = suspension
      suspension.onCancel = { exchange.sender = nil }
      if exchange.credit > 0 { runner.whenDrained { [weak self] in self?.resumeSender(exchange) } }
    }
  }

  private func sendEvent(_ call: borrowing LuaCall, of exchange: Exchange) throws {
    guard exchange.isStreaming else {
      throw LibraryError.invalid("request:send works in endpoints declared with { stream = true } or { realtime = true }")
    }
    let event = try call.json(at: 2, limit: spec.answerMax)
    startStream(exchange)
    runner.send(.chunk, stream: exchange.stream) { $0 += event }
    exchange.credit -= event.count
  }

  func startStream(_ exchange: Exchange) {
    guard !exchange.hasStarted else { return }
    exchange.hasStarted = true
    let head = AnswerHead(status: 200, headers: exchange.headers)
    runner.send(.head, stream: exchange.stream) { head.write(to: &$0) }
  }

  /// The host took chunks, or the output is written: a handler that waits goes on when neither holds it back.
  func resumeSender(_ exchange: Exchange) {
    guard let sender = exchange.sender, exchange.credit > 0 else { return }
    guard !runner.isCongested else { return runner.whenDrained { [weak self] in self?.resumeSender(exchange) } }
    exchange.sender = nil
    sender.resume()
  }

  /// `request:header(name, value)`: a header of the answer.
  private func setHeader(_ call: borrowing LuaCall) throws -> LuaReturn {
    let exchange = try exchange(of: call, "request:header")
    let name = try call.string(2).lowercased()
    let value = try call.string(3)
    try HeaderRule.check(name, value)
    guard !exchange.hasStarted else { throw LibraryError.invalid("request:header: the answer has begun") }
    guard !["content-length", "transfer-encoding", "connection", "content-type"].contains(name) else {
      throw LibraryError.invalid("request:header: '\(name)' is set by the gateway")
    }
    exchange.headers.removeAll { $0.name == name }
    let bytes = exchange.headers.reduce(name.utf8.count + value.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    guard exchange.headers.count < Self.headersMax, bytes <= Self.headerBytesMax else {
      throw LibraryError.invalid("request:header: more than \(Self.headersMax) headers or \(Self.headerBytesMax) bytes")
    }
    exchange.headers.append(.init(name, value))
    return call.returns()
  }
}
