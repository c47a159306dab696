import NIOCore
import NIOHTTP1
import RunnerProtocol

/// How the end of a passed-through body is told to the client.
enum BodyFraming {
  /// There is none: answers to HEAD, 204, 304.
  case none
  /// By `Content-Length`.
  case counted
  case chunked
  /// By closing the connection: for HTTP/1.0.
  case untilClose
}

extension HTTPConnection: ProxyDownstream {
  var isDrained: Bool { context?.channel.isWritable ?? false }

  func proxyBegan(_ head: HTTPResponseHead) {
    let length = head.headers.first(name: "content-length")
    if request.isHead || head.status == .noContent || head.status == .notModified {
      request.framing = .none
    } else if length != nil {
      request.framing = .counted
    } else if request.isOldHTTP {
      request.framing = .untilClose
      request.keepsAlive = false
    } else {
      request.framing = .chunked
    }
    request.hasAnswerBegun = true
    request.firstByte = NIODeadline.now().uptimeNanoseconds
    request.status = Int(head.status.code)
    write { out in
      out.writeStatusLine(Int(head.status.code))
      let isDated = writeProgramHeaders(head.headers, to: &out)
      out.writeHeader("x-fal-request-id", requestID)
      if let length, head.status != .noContent { out.writeHeader("content-length", length) }
      if request.framing == .chunked { out.writeStaticString("transfer-encoding: chunked\r\n") }
      writeCommonHeaders(&out, isDated: isDated)
      out.writeStaticString("\r\n")
    }
  }

  /// Whether a date was among them.
  private func writeProgramHeaders(_ headers: HTTPHeaders, to out: inout ByteBuffer) -> Bool {
    var isDated = false
    var room = [RequestHead.Header].answerMax
    for (name, value) in headers where AnswerHeaderKind(name) == .passed {
      room -= name.utf8.count + value.utf8.count
      guard room >= 0 else { break }
      if name.is("date") { isDated = true }
      out.writeHeader(name, value)
    }
    return isDated
  }

  func proxyBody(_ bytes: ByteBuffer) {
    guard bytes.readableBytes > 0 else { return }
    request.bytesOut += bytes.readableBytes
    switch request.framing {
    case .none: break
    case .counted, .untilClose: write(bytes: bytes)
    case .chunked:
      write { $0.writeChunkSize(bytes.readableBytes) }
      write(bytes: bytes)
      write { $0.writeStaticString("\r\n") }
    }
  }

  func proxyEnded() {
    if request.framing == .chunked { write { $0.writeStaticString("0\r\n\r\n") } }
    answered()
  }

  /// An answer that has begun can only be cut: the client sees that its end is missing.
  func proxyFailed(_ fault: Fault) {
    guard case .proxying = state else { return }
    if request.hasAnswerBegun { end(.close) } else { refuse(fault) }
  }
}
