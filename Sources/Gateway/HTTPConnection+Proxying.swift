import NIOCore
import NIOHTTP1

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
      for (name, value) in head.headers where AnswerHeaderKind(name) == .passed { out.writeHeader(name, value) }
      out.writeHeader("x-fal-request-id", requestID)
      if let length, head.status != .noContent { out.writeHeader("content-length", length) }
      if request.framing == .chunked { out.writeStaticString("transfer-encoding: chunked\r\n") }
      writeConnectionHeader(&out)
      out.writeStaticString("\r\n")
    }
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
