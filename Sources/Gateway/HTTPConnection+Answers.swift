import NIOCore
import NIOHTTP1
import RunnerProtocol

extension HTTPConnection {
  // MARK: Whole answers

  /// Answers a request whose body is of no interest any more.
  ///
  /// A short body is read and dropped, so that the connection lives on. Nobody waits for a long one.
  func refuse(_ fault: Fault) {
    let isLong = (request.contentLength ?? 0) > Self.discardMax || (request.expectsContinue && request.hasBody)
    if isLong { request.keepsAlive = false }
    answer(fault)
  }

  /// The bytes are not HTTP: what follows them cannot be understood either. A request that came whole before them still
  /// gets its answer, the last one on this connection.
  func malformed(_ fault: Fault) {
    switch state {
    case .idle:
      request = RequestFacts()
      request.id = core.nextRequestID()
      request.isComplete = false
      request.isRecorded = false
      request.arrived = NIODeadline.now().uptimeNanoseconds
      answer(fault)
    case .receiving:
      _ = takeIncoming()
      request.keepsAlive = false
      answer(fault)
    case .proxying(let session) where !request.isComplete:
      request.keepsAlive = false
      session.bodyFailed(fault)
    case .answering, .streaming, .proxying, .asking, .watching, .sending: request.keepsAlive = false
    case .discarding: end(.linger)
    case .ending, .closed: break
    }
  }

  func answer(_ fault: Fault) {
    let body = fault.json
    answering(fault.status, fault.errorType, bytes: request.isHead ? 0 : body.count)
    write { out in
      out.writeAnswerFront(status: fault.status, requestID: requestID)
      if let errorType = fault.errorType { out.writeHeader("x-fal-error-type", errorType) }
      if fault.deadlineIsCallers { out.writeStaticString("x-fal-request-timeout-type: user\r\n") }
      if let allowed = fault.allowedMethods { out.writeHeader("allow", allowed) }
      if fault.isTransient { out.writeStaticString("retry-after: 1\r\n") }
      if fault.status == 429 { out.writeStaticString("x-fal-needs-retry: 1\r\n") }
      if fault.status == 401 { out.writeStaticString("www-authenticate: Key\r\n") }
      if fault.status == 404 || fault.status == 413 { out.writeStaticString("x-fal-billable-units: 0\r\n") }
      out.writeStaticString("content-type: application/json\r\n")
      writeEndOfHead(&out, bodyCount: body.count)
      if !request.isHead { out.writeBytes(body) }
    }
    answered()
  }

  func answer(_ head: AnswerHead, body: ByteBuffer) {
    answering(Int(head.status), head.errorType, bytes: body.readableBytes)
    writeHead(head, bodyCount: body.readableBytes)
    write(bytes: body)
    answered()
  }

  func writeHead(_ head: AnswerHead, bodyCount: Int) {
    write { out in
      out.writeAnswerFront(status: Int(head.status), requestID: requestID)
      if !head.errorType.isEmpty { out.writeHeader("x-fal-error-type", head.errorType) }
      if !writeAppHeaders(head.headers, to: &out) { out.writeStaticString("content-type: application/json\r\n") }
      writeEndOfHead(&out, bodyCount: bodyCount)
    }
  }

  /// For an app that has nothing else to say of its health.
  func answerHealth(_ head: HTTPRequestHead, version: String?) {
    var json = Array(#"{"version":"#.utf8)
    json.append(jsonText: version ?? "unknown")
    json.append(UInt8(ascii: "}"))
    answerHealth(head, json: String(decoding: json, as: UTF8.self))
  }

  func answerHealth(_ head: HTTPRequestHead, json: String) {
    guard head.method == .GET || head.method == .HEAD else { return refuse(.methodNotAllowed("GET, HEAD")) }
    answering(200, bytes: request.isHead ? 0 : json.utf8.count)
    write { out in
      out.writeAnswerFront(status: 200, requestID: requestID)
      out.writeStaticString("content-type: application/json\r\n")
      writeEndOfHead(&out, bodyCount: json.utf8.count)
      if !request.isHead { out.writeString(json) }
    }
    answered()
  }

  /// A browser asks whether it may send a request; it may.
  func answerPreflight(_ head: HTTPRequestHead) {
    answering(200, bytes: 0)
    write { out in
      out.writeAnswerFront(status: 200, requestID: requestID)
      out.writeStaticString("access-control-allow-methods: POST, OPTIONS\r\naccess-control-max-age: 600\r\n")
      out.writeHeader("access-control-allow-headers", head.headers.first(name: "access-control-request-headers") ?? "*")
      writeEndOfHead(&out, bodyCount: 0)
    }
    answered()
  }

  /// Writes the headers that an app set; whether its content type was among them.
  private func writeAppHeaders(_ headers: [RequestHead.Header], to out: inout ByteBuffer) -> Bool {
    var hasContentType = false
    var room = [RequestHead.Header].answerMax
    for header in headers {
      guard AnswerHeaderKind(header.name) == .passed, !header.name.is("access-control-allow-origin"),
        !header.name.is("date")
      else { continue }
      room -= header.name.utf8.count + header.value.utf8.count
      guard room >= 0 else { break }
      if header.name.is("content-type") { hasContentType = true }
      out.writeHeader(header.name, header.value)
    }
    return hasContentType
  }

  private func writeEndOfHead(_ out: inout ByteBuffer, bodyCount: Int) {
    out.writeContentLength(bodyCount)
    writeCommonHeaders(&out)
    out.writeStaticString("\r\n")
  }

  /// What every answer has, whoever wrote it.
  ///
  /// - Parameter isDated: it says already when it was made.
  func writeCommonHeaders(_ out: inout ByteBuffer, isDated: Bool = false) {
    if !isDated { out.writeBytes(core.date.bytes) }
    if !request.keepsAlive {
      out.writeStaticString("connection: close\r\n")
    } else if request.isOldHTTP {
      out.writeStaticString("connection: keep-alive\r\n")
    }
  }

  /// The last byte of the answer is written.
  func answered() {
    creditOwed = 0
    recordUnlessTraced()
    if !request.keepsAlive { return end(request.isComplete ? .close : .linger) }
    if request.isComplete { return becomeIdle() }
    state = .discarding(bytesLeft: Self.discardMax)
    resumeReading()
  }

  // MARK: Streamed answers

  func beginStream(_ exchange: Exchange, _ head: AnswerHead) {
    state = .streaming(exchange)
    creditOwed = 0
    writeStreamHead(head)
  }

  func writeStreamHead(_ head: AnswerHead) {
    answering(Int(head.status), bytes: 0)
    request.firstByte = NIODeadline.now().uptimeNanoseconds
    if request.isOldHTTP { request.keepsAlive = false }
    write { out in
      out.writeAnswerFront(status: Int(head.status), requestID: requestID)
      if !writeAppHeaders(head.headers, to: &out) {
        out.writeStaticString("content-type: text/event-stream; charset=utf-8\r\n")
      }
      out.writeStaticString("cache-control: no-cache\r\n")
      if !request.isOldHTTP { out.writeStaticString("transfer-encoding: chunked\r\n") }
      writeCommonHeaders(&out)
      out.writeStaticString("\r\n")
    }
  }

  func writeEvent(_ exchange: Exchange, _ data: ByteBuffer) {
    creditOwed += data.readableBytes
    writeEvent(data)
  }

  func writeEvent(_ data: ByteBuffer) {
    request.bytesOut += data.readableBytes
    writeChunk(size: ByteBuffer.eventSize(data)) { $0.writeEvent(data) }
  }

  /// An error in the middle of a stream is its last event: of type `error`, with the JSON that an answer's body would
  /// have been. Clients that look at data only, as fal's do, find `detail` there.
  func writeErrorEvent(_ body: ByteBuffer) {
    let name: StaticString = "event: error\n"
    writeChunk(size: name.utf8CodeUnitCount + ByteBuffer.eventSize(body)) { out in
      out.writeStaticString(name)
      out.writeEvent(body)
    }
  }

  private func writeChunk(size: Int, _ body: (inout ByteBuffer) -> Void) {
    write { out in
      if request.isOldHTTP { return body(&out) }
      out.writeChunkSize(size)
      body(&out)
      out.writeStaticString("\r\n")
    }
  }

  func endStream() {
    if !request.isOldHTTP { write { $0.writeStaticString("0\r\n\r\n") } }
    answered()
  }

  /// The client has taken what was written: the runner may send as much again. Small amounts wait, for a frame each
  /// would cost more than it gains.
  func grantCredit(_ exchange: Exchange) {
    guard case .running(_, let link) = exchange.phase, creditOwed >= link.launch.streamCredit / 4 else { return }
    link.grant(exchange, bytes: creditOwed)
    creditOwed = 0
  }
}
