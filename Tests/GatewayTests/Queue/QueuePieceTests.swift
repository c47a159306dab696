import AppModel
import EngineCore
import NIOHTTP1
import Queueing
import RunnerProtocol
import Testing

@testable import Gateway

@Suite struct QueuePieceTests {
  static let id = "0a1b2c3d-0000-4000-8000-0123456789ab"

  @Test(
    arguments: [
      (.POST, "/", .submit(path: "/")),
      (.POST, "/deep/path", .submit(path: "/deep/path")),
      (.POST, "/requests/of/mine", .submit(path: "/requests/of/mine")),
      (.POST, "/requests", .submit(path: "/requests")),
      (.GET, "/", .methodNotAllowed(allowed: "POST")),
      (.PUT, "/deep", .methodNotAllowed(allowed: "POST")),
      (.GET, "/requests/\(id)", .result(id: id)),
      (.GET, "/requests/\(id)/", .result(id: id)),
      (.GET, "/requests/\(id)/response", .result(id: id)),
      (.GET, "/requests/\(id)/status", .status(id: id)),
      (.GET, "/requests/\(id)/status/", .status(id: id)),
      (.GET, "/requests/\(id)/status/stream", .statusStream(id: id)),
      (.PUT, "/requests/\(id)/cancel", .cancel(id: id)),
      (.POST, "/requests/\(id)/cancel", .methodNotAllowed(allowed: "PUT")),
      (.GET, "/requests/\(id)/cancel", .methodNotAllowed(allowed: "PUT")),
      (.DELETE, "/requests/\(id)", .methodNotAllowed(allowed: "GET")),
      (.POST, "/requests/\(id)/status", .methodNotAllowed(allowed: "GET")),
      (.GET, "/requests/\(id)/nonsense", .unknownRequest),
      (.GET, "/requests/nonsense/status", .unknownRequest),
      (.GET, "/requests/..%2f..%2fetc/status", .unknownRequest),
      (.GET, "/requests/\(id.uppercased())", .unknownRequest),
    ] as [(HTTPMethod, String, QueueCall)])
  func methodAndPathSayWhatACallIsAbout(method: HTTPMethod, path: String, call: QueueCall) {
    #expect(QueueCall(method, path: path) == call)
  }

  @Test func aQueryIsTakenApartAndPutTogether() {
    let fields = QueryFields("?a=1&fal_webhook=http%3A%2F%2Fx%2F%3Fy%3D1&b=c+d&flag&bad=%zz&a=2")
    #expect(fields["a"] == "1")
    #expect(fields["fal_webhook"] == "http://x/?y=1")
    #expect(fields["b"] == "c d")
    #expect(fields["flag"] == "")
    #expect(fields["bad"] == "%zz")
    #expect(fields["missing"] == nil)
    #expect(fields.without(["fal_webhook"]) == "?a=1&b=c+d&flag&bad=%zz&a=2")
    #expect(fields.without(["a", "fal_webhook", "b", "flag", "bad"]) == "")
    #expect(QueryFields("").fields.isEmpty)
  }

  private func submission(_ headers: HTTPHeaders, query: String = "") throws(Fault) -> Submission {
    try Submission(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: headers), path: "/run", query: query)
  }

  @Test func aSubmitSaysWhatItWants() throws {
    let plain = try submission([:])
    #expect(plain == (try submission([:], query: "?")))
    #expect(plain.path == "/run" && plain.priority == .normal && plain.isKept && plain.retries == nil)
    let full = try submission(
      [
        "X-Fal-Queue-Priority": "low", "X-Fal-Store-IO": "0", "Idempotency-Key": "k",
        "X-Fal-Retry-Config": #"{"timeout":{"retries":2}}"#,
      ], query: "?fal_webhook=https://me.example/x&fal_max_queue_length=7&size=3")
    #expect(full.path == "/run" && full.query == "?size=3")
    #expect(full.webhook == "https://me.example/x")
    #expect(full.lengthMax == 7)
    #expect(full.priority == .low && !full.isKept && full.idempotencyKey == "k")
    #expect(full.retries?.retries == ["timeout": 2])
    let never = try submission(["X-Fal-Retry-Config": #"{"timeout":{"retries":2}}"#, "X-Fal-No-Retry": "true"])
    #expect(RetryCondition.allCases.allSatisfy { never.retries?.retries(for: $0) == 0 })
  }

  @Test(
    arguments: [
      (["X-Fal-Queue-Priority": "high"], "", "normal or low"),
      (["X-Fal-No-Retry": "maybe"], "", "1 or 0"),
      (["X-Fal-Retry-Config": "{"], "", "JSON like"),
      (["X-Fal-Retry-Config": #"{"weather":{"retries":1}}"#], "", "server_error"),
      (["X-Fal-Retry-Config": #"{"timeout":{"retries":-1}}"#], "", "JSON like"),
      (["Idempotency-Key": ""], "", "255"),
      (["Idempotency-Key": String(repeating: "k", count: 256)], "", "255"),
      ([:], "?fal_webhook=ftp://x/", "fal_webhook"),
      ([:], "?fal_webhook=", "fal_webhook"),
      ([:], "?fal_max_queue_length=many", "whole number"),
      ([:], "?fal_max_queue_length=-1", "whole number"),
    ] as [([String: String], String, String)])
  func aSubmitThatIsWrongSaysHowToMendIt(headers: [String: String], query: String, word: String) throws {
    do throws(Fault) {
      _ = try submission(HTTPHeaders(headers.map { ($0.key, $0.value) }), query: query)
      Issue.record("it was taken")
    } catch {
      #expect(error.status == 400)
      #expect(error.detail.contains(word), "\(error.detail)")
    }
  }

  @Test func addressesLeadBackTheWayTheClientCame() {
    let byPath = QueueAddress(id: Self.id, scheme: "http", host: "box:8080", role: .run, key: "me/app")
    #expect(byPath.status == "http://box:8080/queue/me/app/requests/\(Self.id)/status")
    let byHost = QueueAddress(id: Self.id, scheme: "https", host: "queue.fal.run", role: .queue, key: "me/app--dev")
    #expect(byHost.response == "https://queue.fal.run/me/app--dev/requests/\(Self.id)")
    #expect(byHost.cancel.hasSuffix("/cancel"))
  }

  @Test func momentsAreWrittenAsISO8601() {
    #expect(Moment(nanoseconds: 0).iso8601 == "1970-01-01T00:00:00.000000+00:00")
    #expect(Moment(nanoseconds: 1_767_225_599_000_001_999).iso8601 == "2025-12-31T23:59:59.000001+00:00")
  }
}
