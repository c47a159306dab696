public import RunnerProtocol

/// Headers in one piece of memory, as they stand on the wire to a runner: a queue of a hundred thousand requests has them all,
/// and as texts of their own they would take four times as much.
public struct PackedHeaders: Sendable, Hashable {
  public let bytes: [UInt8]

  public init(_ headers: [RequestHead.Header]) {
    var bytes: [UInt8] = []
    RequestHead(requestID: "", path: "", headers: headers).write(to: &bytes)
    self.bytes = bytes
  }

  /// Throws for what was not packed here.
  public init(bytes: [UInt8]) throws(FrameError) {
    _ = try Self.unpacked(bytes)
    self.bytes = bytes
  }

  public var headers: [RequestHead.Header] {
    do throws(FrameError) {
      return try Self.unpacked(bytes)
    } catch {
      // Both ways to make one have shown that it can be read.
      preconditionFailure("headers that were packed cannot be read: \(error)")
    }
  }

  private static func unpacked(_ bytes: [UInt8]) throws(FrameError) -> [RequestHead.Header] {
    let result: Result<[RequestHead.Header], FrameError> = bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      return Result { () throws(FrameError) in try RequestHead(from: &reader).headers }
    }
    return try result.get()
  }
}
