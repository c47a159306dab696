/// What a frame between host and runner means. Raw values are on the wire: never reuse one.
public enum FrameKind: UInt8, Sendable, CaseIterable {
  // Host to runner.
  /// `LaunchSpec` as JSON; the first frame on a fresh runner's connection.
  case launch = 1
  /// `RequestHead`, then the body's bytes: starts a request on its stream.
  case request = 2
  /// Ends the stream's request early; no payload. The runner still answers, with status 499.
  case cancel = 3
  /// `UInt32`: the host takes that many more bytes of chunks on this stream.
  case credit = 4
  /// Finish what is in flight, run `teardown`, exit; no payload.
  case drain = 5
  /// Source text for a console runner; answered by `evaluated`.
  case evaluate = 6
  /// `HostAnswer` to the runner's `hostCall` on the same stream.
  case hostAnswer = 7
  /// Stops the evaluation on this stream; no payload.
  case interrupt = 8
  /// `RequestHead`, then the body's bytes: a health check. As `request`, but outside of the slots, so that a busy runner
  /// answers it too; one at a time.
  case check = 9
  /// `RequestHead`: opens a session on its stream, for an endpoint that answers message by message. The runner answers with
  /// `head`, or with `answer` where it refuses. `cancel` ends it; the runner confirms that with `end`.
  case session = 10
  /// `SessionMessage`: the next one of the session's client. A runner has at most `windowMax` that it has not dealt with.
  case message = 11

  // Runner to host.
  /// `ReadyReport` as JSON: requests may come.
  case ready = 64
  /// `FailureReport` as JSON: this runner will never be ready, and exits.
  case failed = 65
  /// `LogRecord`.
  case log = 66
  /// `AnswerHead`, then the whole body: the request is over.
  case answer = 67
  /// `AnswerHead`: chunks follow.
  case head = 68
  /// One event of a streamed answer (the JSON of its data).
  case chunk = 69
  /// The streamed answer is complete; no payload.
  case end = 70
  /// `AnswerHead` and body of the error that cut a streamed answer short.
  case abort = 71
  /// `HostCall`: a console or a hook asks the host for something.
  case hostCall = 72
  /// `Evaluation` as JSON.
  case evaluated = 73
  /// `drain` or SIGTERM was taken: no request starts any more; no payload.
  case draining = 74
  /// `SessionMessage`: one for the session's client. Takes credit, as `chunk` does.
  case reply = 75
  /// The oldest message of the session is dealt with; no payload.
  case handled = 76
}

/// The twelve bytes in front of every payload: length, kind, flags, stream. Integers are little-endian.
public struct FrameHeader: Sendable, Hashable {
  /// Bytes of a header on the wire.
  public static let size = 12
  /// The largest payload, header not counted: the largest request or answer body plus its head.
  public static let payloadMax = 64 * 1_048_576

  /// Bytes of the payload.
  public var length: Int
  public var kind: FrameKind
  /// The exchange this frame belongs to; 0 for the runner as a whole. Requests count up from 1, chosen by the side
  /// that starts the exchange (`hostCall` streams are the runner's own and live in a space of their own).
  public var stream: UInt32

  public init(length: Int, kind: FrameKind, stream: UInt32) {
    self.length = length
    self.kind = kind
    self.stream = stream
  }

  /// Reads the header at the start of `bytes`, which hold at least `size` bytes.
  public init(_ bytes: UnsafeRawBufferPointer) throws(FrameError) {
    var reader = ByteReader(bytes)
    let length = Int(try reader.integer(UInt32.self))
    guard length <= Self.payloadMax else { throw .tooLong(length) }
    let rawKind = try reader.integer(UInt8.self)
    guard let kind = FrameKind(rawValue: rawKind) else { throw .unknownKind(rawKind) }
    // Flags (one byte) and two spare bytes: zero in this version.
    guard try reader.integer(UInt8.self) == 0, try reader.integer(UInt16.self) == 0 else { throw .unknownFlags }
    self.init(length: length, kind: kind, stream: try reader.integer(UInt32.self))
  }

  public func write(to output: inout [UInt8]) {
    output.append(integer: UInt32(truncatingIfNeeded: length))
    output.append(kind.rawValue)
    output.append(0)
    output.append(integer: UInt16(0))
    output.append(integer: stream)
  }
}

/// Why bytes from the other side cannot be read. Always fatal to the connection.
public enum FrameError: Error, Hashable {
  case tooLong(Int)
  case unknownKind(UInt8)
  case unknownFlags
  /// A payload ends before its own fields do.
  case truncated
  /// A text field is not UTF-8.
  case notUTF8
  /// A frame of this kind may not come from that side, or not now.
  case unexpected(FrameKind)
}
