import RunnerProtocol
import Testing

@testable import Commands

/// What a call says to a person.
@Suite struct CallWordsTests {
  @Test(
    arguments: [
      (500, nil, #"{"detail":"Internal Server Error"}"#, "status-500", "ada/words answered 500: Internal Server Error"),
      (504, "request_timeout", #"{"detail":"late"}"#, "request_timeout", "ada/words answered 504 (request_timeout): late"),
      (503, nil, #"{"detail":"gone","error_type":"runner_disconnected"}"#, "runner_disconnected", "(runner_disconnected): gone"),
      (502, nil, "<html>", "status-502", "ada/words answered 502:\n<html>"),
      (500, nil, "", "status-500", "ada/words answered 500"),
      (
        422, nil,
        #"{"detail":[{"loc":["body","size","width"],"msg":"Field required","type":"missing","input":{}},{"loc":["body"],"msg":"odd"}]}"#,
        "status-422", "ada/words does not take this input (422)\nsize[width]: Field required (missing)\nodd"
      ),
      (422, nil, #"{"detail":"text is missing"}"#, "status-422", "ada/words answered 422: text is missing"),
      (422, nil, #"{"detail":[]}"#, "status-422", "ada/words answered 422:\n{\"detail\":[]}"),
      (nil, nil, #"{"detail":"late"}"#, "stream-failed", "ada/words ended its stream with an error: late"),
      (422, nil, #"{"detail":[{"loc":["body","l",2],"msg":"no"}]}"#, "status-422", "l[2]: no"),
    ] as [(Int?, String?, String, String, String)])
  func whatTheAppSaysIsSaid(status: Int?, type: String?, body: String, code: String, message: String) {
    let failure = CallFailure(app: "ada/words", status: status, errorType: type, requestID: nil, body: Array(body.utf8))
    #expect(failure.error.code == code)
    #expect(failure.error.message.contains(message), "\(failure.error.message)")
  }

  @Test func aFailedCallNamesItsRequest() {
    let failure = CallFailure(app: "a/b", status: 500, errorType: nil, requestID: "r-1", body: [])
    #expect(failure.error.render(.plain) == "error: a/b answered 500\n  request r-1\n")
  }

  @Test func anUnknownAppMayBeAnEndpoint() {
    let body = Array(#"{"detail":"Application \"words/stream\" not found"}"#.utf8)
    let failure = CallFailure(app: "words/stream", status: 404, errorType: nil, requestID: nil, body: body)
    #expect(failure.error.fix?.contains("'apolune call words --path /stream'") == true)
  }

  private static func status(_ phase: QueueStatus.Phase, position: Int? = nil, logs: [String]? = nil) -> QueueStatus {
    var status = QueueStatus(phase)
    status.position = position
    status.logs = logs?.map { .init(timestamp: "2026-01-01T00:00:01.500000+00:00", level: "WARNING", message: $0) }
    return status
  }

  private static let failed: QueueStatus = {
    var status = QueueStatus(.completed)
    status.error = "no"
    return status
  }()

  @Test func theQueueIsFollowedInWords() {
    var progress = QueueProgress(app: "ada/words")
    #expect(progress.phase == "ada/words: submitted")
    let phases = [
      (Self.status(.waiting, position: 2), "ada/words: in the queue, 2 before it"),
      (Self.status(.waiting, position: 1), "ada/words: in the queue, 1 before it"),
      (Self.status(.waiting, position: 0), "ada/words: in the queue, next"),
      (Self.status(.running), "ada/words: in progress"), (Self.status(.completed), "ada/words: completed"),
    ]
    for (status, words) in phases + [(Self.failed, "ada/words: failed")] {
      _ = progress.take(status)
      #expect(progress.phase == words)
    }
  }

  @Test func eachLogIsShownOnceThoughTheWholeIsGivenAgain() {
    var progress = QueueProgress(app: "a/b")
    func take(_ logs: [String]?) -> [String] { progress.take(Self.status(.running, logs: logs)).map(\.message) }
    // A stream gives what is new.
    #expect(take(["a", "b"]) == ["a", "b"])
    #expect(take(nil) == [])
    #expect(take(["b"]) == ["b"])
    // Another begins from the first on, and so does each status.
    progress.restart()
    #expect(take(["a", "b", "b", "c"]) == ["c"])
    progress.restart()
    #expect(take(["a", "b"]) == [])
  }

  @Test func aLogKeepsItsTimeAndItsLevel() {
    let record = LogRecord(.init(timestamp: "1970-01-01T00:00:01.500000+00:00", level: "WARNING", message: "x"))
    #expect(record.nanoseconds == 1_500_000_000)
    #expect(record.level == .warning)
    #expect(LogRecord(.init(timestamp: "?", level: nil, message: "x")).level == .info)
  }

  @Test(arguments: [(40, "ada/words: in the queue, next … 1.5s"), (20, "ada/words: i … 1.5s"), (3, " … 1.5s")])
  func theLastLineNeverWraps(columns: Int, line: String) {
    #expect(CallDisplay.line("ada/words: in the queue, next", since: .milliseconds(1500), columns: columns) == line)
  }

  @Test func aRequestIsNamedWithTheWayBackToIt() throws {
    var status = Self.status(.waiting, position: 0)
    status.statusURL = "http://h/queue/a/b/requests/r/status"
    let text = QueueText.submitted(status, "r", "a/b", .plain)
    #expect(text == "r\n  status  http://h/queue/a/b/requests/r/status\n  wait    apolune call a/b --result r\n")
    #expect(QueueText.status(status, "r") == "r is in the queue, next\n")
    #expect(QueueText.status(Self.status(.running), "r") == "r is in progress\n")
    var failed = Self.status(.completed)
    #expect(QueueText.status(failed, "r") == "r is completed\n")
    (failed.error, failed.errorType) = ("no", "runner_server_error")
    #expect(QueueText.status(failed, "r") == "r has failed (runner_server_error): no\n")
  }
}
