/// Reads fields from a payload, checking every bound.
public struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  public var remaining: Int { bytes.count - offset }

  public mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(FrameError) -> Value {
    let size = MemoryLayout<Value>.size
    guard remaining >= size else { throw .truncated }
    defer { offset += size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// The next `count` bytes, as a view into the payload.
  public mutating func bytes(_ count: Int) throws(FrameError) -> UnsafeRawBufferPointer {
    guard count >= 0, remaining >= count else { throw .truncated }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  /// Text behind its 16-bit length.
  public mutating func shortText() throws(FrameError) -> String {
    try text(Int(try integer(UInt16.self)))
  }

  public mutating func text(_ count: Int) throws(FrameError) -> String {
    let raw = try bytes(count)
    guard let text = String(validating: raw, as: UTF8.self) else { throw .notUTF8 }
    return text
  }

  /// Everything that is left, as a view into the payload.
  public mutating func rest() -> UnsafeRawBufferPointer {
    defer { offset = bytes.count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset...])
  }
}

extension [UInt8] {
  /// Appends `value` in little-endian order.
  public mutating func append<Value: FixedWidthInteger>(integer value: Value) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends `text` behind its 16-bit length, cut at a character so that it fits.
  public mutating func append(shortText text: String) {
    let fitting = text.utf8.count <= Int(UInt16.max) ? text : text.truncated(toUTF8: Int(UInt16.max))
    append(integer: UInt16(fitting.utf8.count))
    append(contentsOf: fitting.utf8)
  }

  /// Appends a whole frame; `payload` appends its bytes.
  ///
  /// - Parameter bodyCount: bytes of the payload that the caller sends itself right behind, from where they are.
  public mutating func append(
    frame kind: FrameKind, stream: UInt32 = 0, bodyCount: Int = 0, payload: (inout [UInt8]) throws -> Void = { _ in }
  ) rethrows {
    let start = count
    FrameHeader(length: 0, kind: kind, stream: stream).write(to: &self)
    do {
      try payload(&self)
    } catch {
      removeSubrange(start...)
      throw error
    }
    let length = UInt32(truncatingIfNeeded: count - start - FrameHeader.size + bodyCount).littleEndian
    withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: start, as: UInt32.self) }
  }
}

extension String {
  fileprivate func truncated(toUTF8 limit: Int) -> String {
    var end = utf8.index(utf8.startIndex, offsetBy: limit)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
