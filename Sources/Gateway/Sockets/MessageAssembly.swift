import NIOCore
import NIOWebSocket
import RunnerProtocol

/// Makes messages of a client's frames, by the rules of RFC 6455. Pure, but for the bytes that it holds: one message's at most.
struct MessageAssembly {
  enum Outcome: Equatable {
    /// More frames are needed.
    case incomplete
    case message(SessionMessage.Kind, ByteBuffer)
    case ping(ByteBuffer)
    case pong
    /// The client closes; the code that it gave.
    case close(WebSocketErrorCode?)
    /// The connection is to be closed with this code.
    case failure(WebSocketErrorCode)
  }

  private let bytesMax: Int
  /// Of the message whose first frame has come.
  private var kind: SessionMessage.Kind?
  private var bytes = ByteBuffer()

  init(bytesMax: Int) { self.bytesMax = bytesMax }

  mutating func arrived(_ frame: WebSocketFrame) -> Outcome {
    // No extension was agreed to; and a client masks, always.
    guard !frame.rsv1, !frame.rsv2, !frame.rsv3, frame.maskKey != nil else { return .failure(.protocolError) }
    switch frame.opcode {
    case .text: return begin(.text, frame)
    case .binary: return begin(.binary, frame)
    case .continuation:
      guard let kind else { return .failure(.protocolError) }
      return add(frame, to: kind)
    case .ping: return .ping(frame.unmaskedData)
    case .pong: return .pong
    case .connectionClose: return Self.close(frame.unmaskedData)
    default: return .failure(.protocolError)
    }
  }

  private mutating func begin(_ kind: SessionMessage.Kind, _ frame: WebSocketFrame) -> Outcome {
    guard self.kind == nil else { return .failure(.protocolError) }
    self.kind = kind
    return add(frame, to: kind)
  }

  private mutating func add(_ frame: WebSocketFrame, to kind: SessionMessage.Kind) -> Outcome {
    guard bytes.readableBytes + frame.length <= bytesMax else { return .failure(.messageTooLarge) }
    bytes.writeImmutableBuffer(frame.unmaskedData)
    guard frame.fin else { return .incomplete }
    let whole = bytes
    self.kind = nil
    bytes = ByteBuffer()
    guard kind != .text || whole.isUTF8 else { return .failure(.dataInconsistentWithMessage) }
    return .message(kind, whole)
  }

  private static func close(_ payload: ByteBuffer) -> Outcome {
    var payload = payload
    guard payload.readableBytes > 0 else { return .close(nil) }
    guard let number = payload.readInteger(as: UInt16.self), payload.isUTF8 else { return .failure(.protocolError) }
    switch number {
    case 1000...1003, 1007...1014, 3000...4999: return .close(WebSocketErrorCode(codeNumber: Int(number)))
    default: return .failure(.protocolError)
    }
  }
}

extension ByteBuffer {
  fileprivate var isUTF8: Bool { withUnsafeReadableBytes { String(validating: $0, as: UTF8.self) != nil } }
}
