/// The limits of a gateway. Every buffer, queue and wait on the request path has its bound here.
public struct GatewayConfiguration: Sendable, Hashable {
  /// Bytes of a request's body for a Lua app. Bodies of command apps are streamed and have no limit.
  public var bodyMax = 10 * 1_048_576
  /// Bytes of all bodies that are held because they are not complete or wait for a runner. A queue of large requests must
  /// not take the machine's memory: what exceeds it is refused with 503.
  public var bodiesMax = 1024 * 1_048_576
  /// Bytes of one header, name and value.
  public var headerFieldMax = 16 * 1024
  /// Bytes of all headers of one request.
  public var headersMax = 64 * 1024
  /// Number of headers of one request.
  public var headerCountMax = 128
  /// Requests that may wait for a runner of one app; more are refused with 503.
  public var queueMax = 10_000
  /// Open client connections; more are closed at once. Bounds memory at some 8 KB each.
  public var connectionsMax = 16_384
  /// Connections that clients on this machine may have passed on to other hosts; more are refused with 503. Each takes two
  /// descriptors, and holds what one read gave.
  public var tunnelsMax = 256
  /// Seconds that a connection may be silent between two requests.
  public var idleSeconds = 75
  /// Seconds in which a request's head must be complete, and between two pieces of its body.
  public var readSeconds = 30
  /// Seconds in which a client must take some of what is written to it.
  public var writeSeconds = 60
  /// Seconds without a byte in either direction after which a websocket of a command app is closed. Common websocket
  /// libraries ping three times a minute.
  public var socketIdleSeconds = 600
  /// How long the last answers of a runner that has ended may take to be read, in milliseconds. Its connection is closed by
  /// then at the latest; the end of the stream usually comes at once.
  public var detachMilliseconds = 1_000
  /// Seconds in which a runner must confirm a cancel; after that it is taken for dead.
  public var cancelSeconds = 10
  /// Seconds beyond the app's own limit after which the gateway ends a request itself.
  public var requestSlackSeconds = 5
  /// The least time between two reports of unchanged urgency to `onDemand`, in milliseconds.
  public var demandMilliseconds = 100
  /// Bytes of a streamed answer that an in-process call collects.
  public var callAnswerMax = 32 * 1_048_576
  /// Seconds that an unused connection to a command app is kept; below the five seconds that common servers keep theirs.
  public var upstreamIdleSeconds = 4
  /// Time in which the program of a command app must take a connection, in milliseconds. It is on this machine and said to be
  /// ready, so that only one that is stuck needs so long.
  public var connectMilliseconds = 5_000
  /// Time from one health check of a ready runner to the next, in milliseconds; fal's 15 seconds.
  public var healthMilliseconds = 15_000
  /// Unix socket of an HTTP/1.1 server that answers everything below `/v1`: the control API. nil: there is none. No app is
  /// ever reached below `/v1`.
  public var controlSocket: String?
  /// Requests to the control API at the same time; more are refused with 503. Each may be a stream that stays open for
  /// hours, so that this bounds descriptors and memory, not load.
  public var controlMax = 1024

  public init() {}
}
