/// The front of a request on its way to a Lua runner; the body follows it in the same frame.
///
/// Wire: deadline in ms (`UInt32`, 0 for none) · request id · path · caller id · header count (`UInt16`) · name and value of each.
/// Texts stand behind their 16-bit length. Method and query, where they are not the usual ones, are headers of names that no
/// client can send (`:method`, `:query`): a runner of an earlier version reads such a head as well.
public struct RequestHead: Sendable, Hashable {
  public var requestID: String
  public var method: String
  /// Path of the endpoint, as the definition has it.
  public var path: String
  /// As in the URL, without the question mark; empty when there is none.
  public var query: String
  /// Id of the user who calls; empty when unknown.
  public var callerID: String
  /// Time the request may take, in milliseconds from now; 0: the app's own limit.
  public var timeLimit: UInt32
  public var headers: [Header]

  public struct Header: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    requestID: String, method: String = "POST", path: String, query: String = "", callerID: String = "",
    timeLimit: UInt32 = 0, headers: [Header] = []
  ) {
    self.requestID = requestID
    self.method = method
    self.path = path
    self.query = query
    self.callerID = callerID
    self.timeLimit = timeLimit
    self.headers = headers
  }

  public init(from reader: inout ByteReader) throws(FrameError) {
    timeLimit = try reader.integer(UInt32.self)
    requestID = try reader.shortText()
    path = try reader.shortText()
    callerID = try reader.shortText()
    headers = try .init(from: &reader)
    method = "POST"
    query = ""
    while let own = headers.first, own.name.utf8.first == UInt8(ascii: ":") {
      if own.name == Self.methodName { method = own.value }
      if own.name == Self.queryName { query = own.value }
      headers.removeFirst()
    }
  }

  private static let methodName = ":method"
  private static let queryName = ":query"

  private var ownHeaders: [Header] {
    (method == "POST" ? [] : [Header(Self.methodName, method)]) + (query.isEmpty ? [] : [Header(Self.queryName, query)])
  }

  public func write(to output: inout [UInt8]) {
    output.append(integer: timeLimit)
    output.append(shortText: requestID)
    output.append(shortText: path)
    output.append(shortText: callerID)
    if method == "POST", query.isEmpty { return headers.write(to: &output) }
    (ownHeaders + headers).write(to: &output)
  }
}

extension [RequestHead.Header] {
  init(from reader: inout ByteReader) throws(FrameError) {
    let count = Int(try reader.integer(UInt16.self))
    self = []
    // Each header takes four bytes at least, so that a lying count cannot reserve much.
    reserveCapacity(Swift.min(count, reader.remaining / 4))
    for _ in 0..<count { append(.init(try reader.shortText(), try reader.shortText())) }
  }

  func write(to output: inout [UInt8]) {
    let fitting = prefix(Int(UInt16.max))
    output.append(integer: UInt16(fitting.count))
    for header in fitting {
      output.append(shortText: header.name)
      output.append(shortText: header.value)
    }
  }
}
