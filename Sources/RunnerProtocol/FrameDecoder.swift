/// Cuts a byte stream into frames. Holds at most one incomplete frame.
public struct FrameDecoder: ~Copyable {
  private var buffer: [UInt8] = []
  private var start = 0

  public init() {}

  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if start > 0 {
      buffer.removeSubrange(..<start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// Calls `body` with the next complete frame; false when there is none yet. The payload is valid during the call.
  public mutating func next(_ body: (FrameHeader, UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
    let available = buffer.count - start
    guard available >= FrameHeader.size else { return false }
    let from = start
    var consumed = 0
    let found = try buffer.withUnsafeBytes { raw in
      let header = try FrameHeader(UnsafeRawBufferPointer(rebasing: raw[from...]))
      let end = FrameHeader.size + header.length
      guard available >= end else { return false }
      consumed = end
      try body(header, UnsafeRawBufferPointer(rebasing: raw[from + FrameHeader.size..<from + end]))
      return true
    }
    start += consumed
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptCapacityMax)
      start = 0
    }
    return found
  }

  /// A buffer that one large frame made bigger than this is given back.
  private static let keptCapacityMax = 256 * 1024
}
