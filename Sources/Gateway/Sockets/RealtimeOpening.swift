import AppModel
import NIOHTTP1

/// A client's wish to talk with a realtime endpoint, until a runner has taken it on.
struct RealtimeOpening {
  /// `Sec-WebSocket-Accept`.
  var accept: String
  /// Messages that wait at most, and newer ones take the place of older ones; nil: the client is held back.
  var maxBuffering: Int?
  /// Seconds that a session may go without a message.
  var sessionTimeout: Int

  init(_ realtime: Realtime, accept: String, asked: Int?) {
    self.accept = accept
    let asked = asked.map { min(max($0, Realtime.bufferingRange.lowerBound), Realtime.bufferingRange.upperBound) }
    maxBuffering = asked ?? realtime.maxBuffering
    let timeout = realtime.sessionTimeout?.wrappedValue ?? Realtime.sessionTimeoutStandard
    sessionTimeout = max(1, Int(timeout.inSeconds.rounded(.up)))
  }
}

extension Fault {
  /// An endpoint that speaks websocket was asked in another way.
  static func realtimeOnly(_ path: String) -> Fault {
    Fault(426, "bad_request", "\(path) is a realtime endpoint: connect to it with a websocket")
  }
}
