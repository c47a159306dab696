/// One line that an app, its program or its runner wrote.
///
/// Wire: nanoseconds since 1970 (`UInt64`) · level (`UInt8`) · source (`UInt8`) · request id · message (the rest).
public struct LogRecord: Sendable, Hashable {
  public enum Level: UInt8, Sendable, Hashable, CaseIterable {
    case debug = 0
    case info = 1
    case warning = 2
    case error = 3
  }

  public enum Source: UInt8, Sendable, Hashable, CaseIterable {
    /// `log.*` and `print` of a script.
    case script = 0
    /// Standard output of a command app.
    case output = 1
    /// Standard error of a command app.
    case errors = 2
    /// The runner itself.
    case runner = 3
  }

  /// A longer message is cut.
  public static let messageMax = 64 * 1024

  public var nanoseconds: UInt64
  public var level: Level
  public var source: Source
  /// Empty outside of a request.
  public var requestID: String
  public var message: String

  public init(nanoseconds: UInt64, level: Level, source: Source, requestID: String = "", message: String) {
    self.nanoseconds = nanoseconds
    self.level = level
    self.source = source
    self.requestID = requestID
    self.message = message
  }

  public init(from reader: inout ByteReader) throws(FrameError) {
    nanoseconds = try reader.integer(UInt64.self)
    level = Level(rawValue: try reader.integer(UInt8.self)) ?? .info
    source = Source(rawValue: try reader.integer(UInt8.self)) ?? .runner
    requestID = try reader.shortText()
    // What a program prints need not be UTF-8; the message is repaired, never refused.
    message = String(decoding: reader.rest(), as: UTF8.self)
  }

  public func write(to output: inout [UInt8]) {
    output.append(integer: nanoseconds)
    output.append(level.rawValue)
    output.append(source.rawValue)
    output.append(shortText: requestID)
    output.append(contentsOf: message.utf8.prefix(Self.messageMax))
  }
}
