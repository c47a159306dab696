import AppModel
import EngineCore
import NIOCore
import NIOHTTP1

/// What the gateway needs to know of a request's head to read it to its end and to answer it.
struct RequestFacts {
  var id = ""
  var keepsAlive = false
  /// HTTP/1.0 knows no chunked answers: the end of one is the end of the connection.
  var isOldHTTP = false
  /// Whether it came over TLS.
  var isTLS = false
  var isHead = false
  /// Its last byte is read.
  var isComplete = true
  var contentLength: Int?
  var hasBody = false
  /// It asked to be told before it sends its body.
  var expectsContinue = false
  /// Its connection is asked to speak another protocol: after such a request the decoder reads no more.
  var wantsUpgrade = false
  var authorization: String?
  /// In the place of a key, for a websocket.
  var token: String?
  /// For a realtime endpoint.
  var realtime: RealtimeOpening?
  /// Who makes it, once it is admitted.
  var caller = Caller.anonymous
  /// Of the caller's key.
  var concurrencyMax: Int?
  var host: String?
  /// The value of `X-Fal-Request-Timeout`.
  var waitMax: String?
  /// The value of `X-Fal-Runner-Hint`.
  var hint: String?
  /// Why it is refused whatever it asks for.
  var flaw: Fault?
  var method = ""
  /// As the client wrote it, with the query.
  var target = ""
  /// The app that it is for, as far as there is one.
  var app: AppID?
  /// When its head was read, by the event loop's clock.
  var arrived: UInt64 = 0
  /// When a passed-through answer began; 0: not yet.
  var firstByte: UInt64 = 0
  /// Of bodies, where no exchange counts them.
  var bytesIn = 0
  var bytesOut = 0
  /// Of the answer, where no exchange knows it.
  var status = 0
  var errorType = ""
  /// Its record is made, or there is an exchange that makes it.
  var isRecorded = true
  /// Of a passed-through answer, once its head is written.
  var framing = BodyFraming.none
  var hasAnswerBegun = false

  init() {}

  /// How URLs begin that lead its client back here.
  var scheme: String { isTLS ? "https" : "http" }

  init(_ head: HTTPRequestHead, id: String) {
    self.id = id
    isComplete = false
    isRecorded = false
    method = head.method.rawValue
    target = head.uri
    arrived = NIODeadline.now().uptimeNanoseconds
    isHead = head.method == .HEAD
    isOldHTTP = head.version.minor == 0
    var flaw = RequestFlaw()
    for (name, value) in head.headers {
      switch HeaderKind(name) {
      case .contentLength: contentLength = flaw.contentLength(value)
      case .transferEncoding:
        flaw.transferEncoding(value)
        hasBody = true
      case .authorization: authorization = value
      case .upgrade: wantsUpgrade = true
      case .expect: expectsContinue = value.is("100-continue")
      case .requestTimeout: waitMax = value
      case .runnerHint: hint = value
      case .host:
        flaw.host(value, known: host)
        host = value
      case .passed, .hop, .platform, .connection: break
      }
    }
    flaw.headersEnded(head, host: host)
    self.flaw = flaw.fault
    hasBody = hasBody || (contentLength ?? 0) > 0
    keepsAlive = head.isKeepAlive && !wantsUpgrade && head.method != .CONNECT
  }
}

/// A request on its way in whose body is needed whole: for a Lua app, or for the queue of any.
struct LuaRequest {
  var desk: AppDesk
  var endpoint: String
  /// With its question mark, if there is one.
  var query: String
  var head: HTTPRequestHead
  var body: ByteBuffer
  /// For the app's queue.
  var submission: Submission?
}

/// Where a request goes.
enum Destination {
  case gatewayHealth
  /// `path` is as the client wrote it.
  case app(AppDesk, RoutedApp, path: String, query: String)
  /// `path` is how the server behind the control socket knows it, with the query.
  case control(path: String)
  /// `path` is what follows the app's name, without the query.
  case queue(key: String, path: String, query: String)
  case metrics
  case unknownApp(String)
  case nothing(path: String)
}
