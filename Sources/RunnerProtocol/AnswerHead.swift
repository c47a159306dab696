/// The front of an answer on its way from a Lua runner; the body, JSON, follows it in the same frame.
///
/// Wire: status (`UInt16`) · error type · header count (`UInt16`) · name and value of each.
public struct AnswerHead: Sendable, Hashable {
  public var status: UInt16
  /// fal's error type (`request_timeout`, …); empty when the status says it all.
  public var errorType: String
  public var headers: [RequestHead.Header]

  public init(status: UInt16, errorType: String = "", headers: [RequestHead.Header] = []) {
    self.status = status
    self.errorType = errorType
    self.headers = headers
  }

  public init(from reader: inout ByteReader) throws(FrameError) {
    status = try reader.integer(UInt16.self)
    errorType = try reader.shortText()
    headers = try .init(from: &reader)
  }

  public func write(to output: inout [UInt8]) {
    output.append(integer: status)
    output.append(shortText: errorType)
    headers.write(to: &output)
  }
}
