import AppModel
import EngineCore
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct SmallPartsTests {
  @Test(
    arguments: [
      ("/health", .gatewayHealth, ""),
      ("/health?x=1", .gatewayHealth, "?x=1"),
      ("/me/words", .app(key: "me/words", path: "/"), ""),
      ("/me/words/", .app(key: "me/words", path: "/"), ""),
      ("/me/words/a/b?q=/x", .app(key: "me/words", path: "/a/b"), "?q=/x"),
      ("/me/words--dev/a", .app(key: "me/words--dev", path: "/a"), ""),
      ("http://host:1/me/words/a", .app(key: "me/words", path: "/a"), ""),
      ("http://host", .nothing(path: "/"), ""),
      ("/v1", .control(path: "/v1"), ""),
      ("/v1/", .control(path: "/v1/"), ""),
      ("/v1/apps/me?x=1", .control(path: "/v1/apps/me"), "?x=1"),
      ("http://host/v1/status", .control(path: "/v1/status"), ""),
      ("/v12/app", .app(key: "v12/app", path: "/"), ""),
      ("/", .nothing(path: "/"), ""),
      ("/me", .nothing(path: "/me"), ""),
      ("/me/", .nothing(path: "/me/"), ""),
      ("//words", .nothing(path: "//words"), ""),
      ("*", .nothing(path: "*"), ""),
      ("", .nothing(path: ""), ""),
      ("/queue/me/words", .queue(key: "me/words", path: "/"), ""),
      ("/queue/me/words/requests/1/status?logs=1", .queue(key: "me/words", path: "/requests/1/status"), "?logs=1"),
      ("/queue", .nothing(path: "/queue"), ""),
      ("/queue/me", .nothing(path: "/queue/me"), ""),
      ("/queues/words", .app(key: "queues/words", path: "/"), ""),
      ("/files/upload?x=1", .files(path: "/files/upload"), "?x=1"),
      ("/.well-known/jwks.json", .rest(path: "/.well-known/jwks.json"), ""),
      ("/metrics", .metrics, ""),
      ("/metrics/x", .nothing(path: "/metrics/x"), ""),
    ] as [(String, RequestTarget.Place, String)])
  func aTargetIsTakenApart(uri: String, place: RequestTarget.Place, query: String) {
    let target = RequestTarget(uri)
    #expect(target.place == place)
    #expect(target.query == query)
  }

  @Test(
    arguments: [
      ("queue.fal.run", "/me/words/requests/1", .queue(key: "me/words", path: "/requests/1")),
      ("QUEUE.localhost:8443", "/me/words", .queue(key: "me/words", path: "/")),
      ("queue.localhost", "/v1/status", .queue(key: "v1/status", path: "/")),
      ("rest.fal.ai", "/storage/upload/initiate", .rest(path: "/storage/upload/initiate")),
      ("v3.fal.media", "/files/upload", .files(path: "/files/upload")),
      ("files.localhost:8090", "/files/a/b.png", .files(path: "/files/a/b.png")),
      ("fal.run", "/me/words", .app(key: "me/words", path: "/")),
      ("127.0.0.1:8090", "/v1/status", .control(path: "/v1/status")),
      (nil, "/me/words", .app(key: "me/words", path: "/")),
    ] as [(String?, String, RequestTarget.Place)])
  func theHostSaysWhatAPathIsAbout(host: String?, uri: String, place: RequestTarget.Place) {
    #expect(RequestTarget(uri, role: HostRole(host: host)).place == place)
  }

  @Test(
    arguments: [
      ("Host", .host), ("X-Custom", .passed), ("Connection", .connection), ("TE", .hop), ("Keep-Alive", .hop),
      ("proxy-authorization", .hop), ("Transfer-Encoding", .transferEncoding), ("CONTENT-LENGTH", .contentLength),
      ("Authorization", .authorization), ("x-fal-caller-user-id", .platform), ("X-Fal-Request-Timeout", .requestTimeout),
      ("X-Fal-Object-Lifecycle-Preference", .passed), ("x-app-fal-upload-policy", .passed), ("Expect", .expect),
      ("Upgrade", .upgrade), ("x-fal-", .platform), ("x-fals", .passed), ("", .passed),
    ] as [(String, HeaderKind)]) func aRequestHeaderIsToldByItsName(name: String, kind: HeaderKind)
  {
    #expect(HeaderKind(name) == kind)
  }

  @Test(
    arguments: [
      ("Content-Type", .passed), ("x-fal-billable-units", .passed), ("X-Fal-Needs-Retry", .platform),
      ("x-fal-stop-runner", .platform), ("x-fal-runner-health-check", .platform), ("Content-Length", .hop),
      ("connection", .hop), ("x-fal-request-id", .hop), ("Transfer-Encoding", .hop),
    ] as [(String, AnswerHeaderKind)]) func anAnswerHeaderIsToldByItsName(name: String, kind: AnswerHeaderKind)
  {
    #expect(AnswerHeaderKind(name) == kind)
  }

  @Test(
    arguments: [
      ("Key id:secret", true), ("key id:secret", true), ("Bearer id:secret", true), ("Key id:secreT", false),
      ("Key id:secret1", false), ("Key id:secre", false), ("Key ", false), ("id:secret", false), ("Basic id:secret", false),
      (nil, false), ("", false), ("Key id:secretid:secret", false),
    ] as [(String?, Bool)]) func aKeyOpensOnlyInOneForm(header: String?, opens: Bool)
  {
    let grant = KeyAuthenticator(key: "id:secret", user: "me").grant(authorization: header)
    #expect((grant?.caller == Caller(id: "me", key: "id")) == opens)
    #expect(KeyAuthenticator(key: "", user: "me").grant(authorization: "Key ") == nil)
  }

  @Test func aFaultIsJSONWhateverItSays() throws {
    let text = "a \"b\" \\ \n \u{1} ä🌙"
    let body = try JSONDecoder().decode([String: String].self, from: Data(Fault(500, "internal_error", text).json))
    #expect(body == ["detail": text, "error_type": "internal_error"])
    let untyped = try JSONDecoder().decode([String: String].self, from: Data(Fault(404, nil, "x").json))
    #expect(untyped == ["detail": "x"])
  }

  @Test(arguments: [
    (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
  ]) func datesAreWrittenAsHTTPWantsThem(seconds: Int, text: String) {
    #expect(DateLine.text(secondsSince1970: seconds) == text)
  }

  @Test(arguments: [("/", "/cancel"), ("/a", "/a/cancel"), ("/a/b?c=/d", "/a/b/cancel"), ("/a/?x", "/a/cancel")])
  func aCancelHasAPathBelowItsRequests(uri: String, path: String) { #expect(ProgramCancel.path(uri) == path) }

  @Test(
    arguments: [
      (IOError(errnoCode: ECONNREFUSED, reason: "connect"), .refused), (IOError(errnoCode: ENOENT, reason: "connect"), .refused),
      (IOError(errnoCode: ETIMEDOUT, reason: "connect"), .timeout), (ChannelError.connectTimeout(.seconds(1)), .timeout),
      (IOError(errnoCode: EADDRNOTAVAIL, reason: "connect"), .own), (IOError(errnoCode: EMFILE, reason: "socket"), .own),
      (ChannelError.ioOnClosedChannel, .own),
    ] as [(any Error, ConnectFailure)])
  func onlyARefusalSpeaksAgainstTheProgram(error: any Error, failure: ConnectFailure) {
    #expect(ConnectFailure(error) == failure)
  }

  @Test func requestIDsAreUUIDsInTheOrderOfTime() throws {
    var ids = RequestIDs()
    let made = (0..<1_000).map { _ in ids.next() }
    #expect(Set(made).count == made.count)
    for id in made {
      #expect(UUID(uuidString: id) != nil)
      #expect(id.prefix(13) >= made[0].prefix(13))
      #expect(Array(id)[14] == "7" && "89ab".contains(Array(id)[19]))
    }
  }

  @Test(arguments: [
    ("{}", "data: {}\n\n"), ("", "data: \n\n"), ("a\nb", "data: a\ndata: b\n\n"), ("a\n", "data: a\ndata: \n\n"),
  ]) func eventsKeepTheFormatWithLineBreaksInTheirData(data: String, event: String) {
    var out = ByteBuffer()
    out.writeEvent(ByteBuffer(string: data))
    #expect(String(buffer: out) == event)
    #expect(ByteBuffer.eventSize(ByteBuffer(string: data)) == event.utf8.count)
  }

  @Test(arguments: [0, 7, 10, 200, 65_536, Int.max]) func numbersAreWrittenInDecimal(number: Int) {
    var out = ByteBuffer()
    out.writeDecimal(number)
    #expect(String(buffer: out) == "\(number)")
  }

  @Test func demandIsReportedOnceAnIntervalAndNeverLost() {
    var pace = DemandPace()
    let answers = [
      pace.changed(), pace.changed(), pace.intervalPassed(whileWaiting: false), pace.intervalPassed(whileWaiting: false),
      pace.changed(), pace.intervalPassed(whileWaiting: true), pace.intervalPassed(whileWaiting: true),
      pace.intervalPassed(whileWaiting: false), pace.changed(),
    ]
    #expect(answers == [true, false, true, false, true, true, true, false, true])
  }

  @Test func aProxiedRequestLosesWhatIsAboutTheConnection() {
    let original = HTTPRequestHead(
      version: .http1_1, method: .PUT, uri: "/me/app/x?y",
      headers: [
        "Host": "h", "Connection": "close, X-Private", "X-Private": "1", "Upgrade": "h2c", "Expect": "100-continue",
        "X-Fal-Caller-User-Id": "root", "Authorization": "Key a:b", "Accept": "*/*", "Transfer-Encoding": "chunked",
      ])
    let request = ProxyRequest(
      original, path: "/x?y", requestID: "id", caller: Caller(id: "me"), passesAuthorization: false)
    #expect(request.hasBody)
    #expect(request.head.uri == "/x?y")
    let headers = Dictionary(request.head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $0 + $1 })
    #expect(
      headers == [
        "host": "h", "accept": "*/*", "transfer-encoding": "chunked", "x-fal-request-id": "id",
        "x-fal-caller-user-id": "me", "x-fal-endpoint": "/x",
      ])
  }
}
