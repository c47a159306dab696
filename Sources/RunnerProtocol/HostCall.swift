/// A question from a runner to its host: `call`, `runners`, `logs`, … of the console.
///
/// Wire: name · arguments (the rest, a JSON array).
public struct HostCall: Sendable, Hashable {
  public var name: String
  public var arguments: [UInt8]

  public init(name: String, arguments: [UInt8]) {
    self.name = name
    self.arguments = arguments
  }

  public init(from reader: inout ByteReader) throws(FrameError) {
    name = try reader.shortText()
    arguments = Array(reader.rest())
  }

  public func write(to output: inout [UInt8]) {
    output.append(shortText: name)
    output.append(contentsOf: arguments)
  }
}

/// The host's answer to a `HostCall`.
///
/// Wire: 1 for success, 0 for an error (`UInt8`) · JSON value or the error's text (the rest).
public struct HostAnswer: Sendable, Hashable {
  public var succeeded: Bool
  /// JSON of the result, or the message of the error that the script sees.
  public var payload: [UInt8]

  public init(succeeded: Bool, payload: [UInt8]) {
    self.succeeded = succeeded
    self.payload = payload
  }

  public init(from reader: inout ByteReader) throws(FrameError) {
    succeeded = try reader.integer(UInt8.self) == 1
    payload = Array(reader.rest())
  }

  public func write(to output: inout [UInt8]) {
    output.append(succeeded ? UInt8(1) : 0)
    output.append(contentsOf: payload)
  }
}
